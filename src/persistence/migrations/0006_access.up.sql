-- Least privilege. The worker is the only writer of counters, holds, tickets, order states and the ledger.
GRANT USAGE ON SCHEMA events, ticketing TO holdfast_app, holdfast_worker, holdfast_readonly, holdfast_backup;
GRANT EXECUTE ON FUNCTION ticketing.uuid_v7 TO holdfast_app, holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.create_partitions TO holdfast_worker;

GRANT SELECT ON ALL TABLES IN SCHEMA events, ticketing TO holdfast_backup;

-- Worker.
GRANT SELECT, INSERT, UPDATE ON
  events.events, ticketing.inventory_pools, ticketing.ticket_tiers, ticketing.orders, ticketing.order_items,
  ticketing.tickets, ticketing.ticket_holds, ticketing.refund_log, ticketing.journal_heads,
  ticketing.journal_watermarks, ticketing.partition_health, ticketing.inventory_operations,
  ticketing.inventory_commands, ticketing.stripe_events
TO holdfast_worker;
GRANT SELECT, INSERT ON ticketing.ticket_events, ticketing.inventory_journal, ticketing.journal_commits TO holdfast_worker;
GRANT UPDATE (user_id) ON ticketing.inventory_journal TO holdfast_worker;
-- What is kept for a time only: operations and finished commands, remembered replies, settled webhooks.
GRANT SELECT, DELETE ON
  ticketing.inventory_operations, ticketing.inventory_commands, ticketing.idempotency_keys, ticketing.stripe_events
TO holdfast_worker;
GRANT SELECT ON ticketing.default_partition_rows, ticketing.ticket_holds_default, ticketing.ticket_events_default,
  ticketing.inventory_journal_default TO holdfast_worker, holdfast_readonly;

-- App: names, texts and settings of events; tiers as they are created; pending orders; its own bookkeeping.
GRANT SELECT ON
  events.events, ticketing.inventory_pools, ticketing.ticket_tiers, ticketing.orders, ticketing.order_items,
  ticketing.tickets, ticketing.ticket_holds, ticketing.refund_log, ticketing.ticket_events, ticketing.journal_heads,
  ticketing.journal_commits, ticketing.journal_watermarks, ticketing.inventory_operations
TO holdfast_app;
-- The ledger without user_id: it names people by pseudonym only.
GRANT SELECT (event_id, version, at, partition, epoch, entry, position, kind, hold_id, order_id, op, body)
  ON ticketing.inventory_journal TO holdfast_app;
GRANT INSERT ON events.events TO holdfast_app;
GRANT UPDATE (name, venue, start_at, time_zone, currency, status, inventory_authority, partition, sale_state, opens_at,
  closes_at, hold_ttl_ms, buyer_limit, extensions_max, extension_ms, extension_window_ms, version, updated_at, deleted_at)
  ON events.events TO holdfast_app;
GRANT INSERT (id, event_id, name, quantity, position, created_at, updated_at)
  ON ticketing.inventory_pools TO holdfast_app;
GRANT UPDATE (name, position, version, updated_at, deleted_at) ON ticketing.inventory_pools TO holdfast_app;
GRANT INSERT (id, event_id, name, description, price_cents, quantity, buyer_limit, pool_id, position, created_at, updated_at)
  ON ticketing.ticket_tiers TO holdfast_app;
GRANT UPDATE (name, description, position, version, updated_at, deleted_at) ON ticketing.ticket_tiers TO holdfast_app;
GRANT INSERT (id, event_id, user_id, buyer, hold_id, origin, stripe_session_id, stripe_payment_intent_id, subtotal_cents,
  fees_cents, total_cents, currency, expires_at, created_at, updated_at)
  ON ticketing.orders TO holdfast_app;
GRANT UPDATE (stripe_session_id, stripe_payment_intent_id, expires_at, version, updated_at) ON ticketing.orders TO holdfast_app;
GRANT INSERT ON ticketing.order_items TO holdfast_app;
GRANT INSERT (id, order_id, ticket_id, user_id, op, amount_cents, currency, return_to, reason, actor)
  ON ticketing.refund_log TO holdfast_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticketing.idempotency_keys TO holdfast_app;
GRANT SELECT, INSERT ON ticketing.stripe_events TO holdfast_app;
GRANT UPDATE (attempts, settled_at, outcome) ON ticketing.stripe_events TO holdfast_app;

-- Readonly: everything about the sale, nothing of the webhooks' payloads or remembered replies, which carry personal data.
GRANT SELECT ON
  events.events, ticketing.inventory_pools, ticketing.ticket_tiers, ticketing.orders, ticketing.order_items,
  ticketing.tickets, ticketing.ticket_holds, ticketing.refund_log, ticketing.ticket_events, ticketing.inventory_journal,
  ticketing.journal_commits, ticketing.journal_heads, ticketing.journal_watermarks, ticketing.partition_health,
  ticketing.inventory_operations, ticketing.inventory_commands
TO holdfast_readonly;

-- Rows of people. The setting reads '' and not NULL once a session has used it, hence NULLIF: no uid, no rows.
CREATE FUNCTION ticketing.current_uid() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.uid', true), '')::uuid;
GRANT EXECUTE ON FUNCTION ticketing.current_uid TO PUBLIC;

ALTER TABLE ticketing.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.order_items ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.tickets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.ticket_holds ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.refund_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.ticket_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.ticket_holds_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.ticket_events_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY own_orders ON ticketing.orders TO holdfast_app
  USING (user_id = (SELECT ticketing.current_uid())) WITH CHECK (user_id = (SELECT ticketing.current_uid()));
CREATE POLICY own_order_items ON ticketing.order_items TO holdfast_app
  USING (EXISTS (SELECT FROM ticketing.orders o WHERE o.id = order_id AND o.user_id = (SELECT ticketing.current_uid())));
CREATE POLICY own_tickets ON ticketing.tickets TO holdfast_app
  USING (owner_user_id = (SELECT ticketing.current_uid()));
CREATE POLICY own_holds ON ticketing.ticket_holds TO holdfast_app
  USING (user_id = (SELECT ticketing.current_uid()));
CREATE POLICY own_refunds ON ticketing.refund_log TO holdfast_app
  USING (user_id = (SELECT ticketing.current_uid())) WITH CHECK (user_id = (SELECT ticketing.current_uid()));
CREATE POLICY own_ticket_events ON ticketing.ticket_events FOR SELECT TO holdfast_app
  USING (EXISTS (SELECT FROM ticketing.tickets t
    WHERE t.id = ticket_id AND t.owner_user_id = (SELECT ticketing.current_uid())));

-- The worker acts for everybody; readonly reads for operators and never in answer to a buyer.
CREATE POLICY worker_all ON ticketing.orders TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON ticketing.order_items TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON ticketing.tickets TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON ticketing.ticket_holds TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON ticketing.refund_log TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON ticketing.ticket_events TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY readonly_all ON ticketing.orders FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY readonly_all ON ticketing.order_items FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY readonly_all ON ticketing.tickets FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY readonly_all ON ticketing.ticket_holds FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY readonly_all ON ticketing.refund_log FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY readonly_all ON ticketing.ticket_events FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY count_rows ON ticketing.ticket_holds_default FOR SELECT TO holdfast_worker, holdfast_readonly USING (true);
CREATE POLICY count_rows ON ticketing.ticket_events_default FOR SELECT TO holdfast_worker, holdfast_readonly USING (true);
