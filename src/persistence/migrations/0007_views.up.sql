-- The public face of the tables, as in the assessment. security_invoker: a plain view would read as its owner and show
-- everybody's rows. Soft-deleted rows are left out.
CREATE VIEW public.ticket_tiers WITH (security_invoker = true) AS
SELECT id, event_id, name, description, price_cents, quantity, reserved_quantity, issued_quantity, withheld_quantity,
  quantity - reserved_quantity - issued_quantity - withheld_quantity AS available, buyer_limit, pool_id, position,
  version, created_at, updated_at
FROM ticketing.ticket_tiers WHERE deleted_at IS NULL;

CREATE VIEW public.orders WITH (security_invoker = true) AS
SELECT id, user_id, event_id, status, stripe_session_id, stripe_payment_intent_id, subtotal_cents, fees_cents, total_cents,
  currency, expires_at, paid_at, cancelled_at, refunded_at, version, created_at, updated_at
FROM ticketing.orders WHERE deleted_at IS NULL;

CREATE VIEW public.tickets WITH (security_invoker = true) AS
SELECT id, order_id, order_item_id, ordinal, tier_id, event_id, owner_user_id, status, generation, qr_code, issued_at,
  redeemed_at, voided_at, version, created_at, updated_at
FROM ticketing.tickets WHERE deleted_at IS NULL;

CREATE VIEW public.ticket_holds WITH (security_invoker = true) AS
SELECT id, tier_id, event_id, user_id, quantity, unit_price_cents, status, paying, expires_at, extensions, order_id,
  ended_at, version, created_at, updated_at
FROM ticketing.ticket_holds WHERE deleted_at IS NULL;

GRANT SELECT ON public.ticket_tiers, public.orders, public.tickets, public.ticket_holds
  TO holdfast_app, holdfast_worker, holdfast_readonly, holdfast_backup;

-- How many units are live, per tier, next to what the counter says. A hold counts until it is ended, due or not.
CREATE VIEW ticketing.tier_accounts WITH (security_invoker = true) AS
SELECT t.id AS tier_id, t.event_id, t.pool_id, t.quantity, t.reserved_quantity, t.issued_quantity, t.withheld_quantity,
  coalesce(h.units, 0) AS held_units, coalesce(h.due_units, 0) AS due_units, coalesce(k.units, 0) AS ticket_units
FROM ticketing.ticket_tiers t
LEFT JOIN LATERAL (
  SELECT sum(quantity) AS units, sum(quantity) FILTER (WHERE NOT paying AND expires_at <= now()) AS due_units
  FROM ticketing.ticket_holds WHERE tier_id = t.id AND status = 'active'
) h ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS units FROM ticketing.tickets WHERE tier_id = t.id AND status <> 'void'
) k ON true;

-- Lines of paid orders that have fewer tickets than were bought. Void ones count: they were issued.
CREATE VIEW ticketing.missing_tickets WITH (security_invoker = true) AS
SELECT o.event_id, o.id AS order_id, i.id AS order_item_id, i.tier_id, i.quantity, coalesce(k.issued, 0) AS issued
FROM ticketing.orders o
JOIN ticketing.order_items i ON i.order_id = o.id
LEFT JOIN LATERAL (SELECT count(*) AS issued FROM ticketing.tickets WHERE order_item_id = i.id) k ON true
WHERE o.status IN ('paid', 'partially_refunded', 'disputed') AND coalesce(k.issued, 0) < i.quantity;

-- Pending orders nobody waits for any more. Stripe keeps a session for 24 hours at most.
CREATE VIEW ticketing.stale_orders WITH (security_invoker = true) AS
SELECT event_id, id AS order_id, coalesce(expires_at, created_at + interval '24 hours') AS due_at
FROM ticketing.orders
WHERE status = 'pending' AND coalesce(expires_at, created_at + interval '24 hours') <= now();

-- The health of the records in one row; every number but the last should be 0. The ghosts that Redis would show are a
-- metric (holdfast_ghosts): this is what the tables say. health_score counts the numbers that are not 0.
CREATE VIEW public.ticketing_health WITH (security_invoker = true) AS
WITH accounts AS (
  SELECT
    coalesce(sum(abs(reserved_quantity - held_units) + due_units), 0) AS ghost_reservations,
    coalesce(sum(abs(issued_quantity - ticket_units)), 0) AS issued_drift,
    count(*) FILTER (WHERE quantity - reserved_quantity - issued_quantity - withheld_quantity < 0
      OR ticket_units > quantity) AS oversold_tiers
  FROM ticketing.tier_accounts
), numbers AS (
  SELECT accounts.*,
    (SELECT count(DISTINCT order_id) FROM ticketing.missing_tickets) AS paid_orders_without_tickets,
    (SELECT count(*) FROM ticketing.stale_orders) AS stale_pending_orders,
    (SELECT count(*) FROM ticketing.journal_heads WHERE frozen_at IS NOT NULL) AS frozen_events,
    (SELECT count(*) FROM ticketing.inventory_commands
      WHERE done_at IS NULL AND requested_at < now() - interval '1 minute') AS late_commands,
    (SELECT coalesce(sum(row_count), 0) FROM ticketing.default_partition_rows) AS rows_in_default_partitions
  FROM accounts
)
SELECT numbers.*,
  (ghost_reservations > 0)::int + (issued_drift > 0)::int + (oversold_tiers > 0)::int
    + (paid_orders_without_tickets > 0)::int + (stale_pending_orders > 0)::int + (frozen_events > 0)::int
    + (late_commands > 0)::int + (rows_in_default_partitions > 0)::int AS health_score,
  now() AS checked_at
FROM numbers;

GRANT SELECT ON ticketing.tier_accounts, ticketing.missing_tickets, ticketing.stale_orders, public.ticketing_health
  TO holdfast_worker, holdfast_readonly;

-- Owned by the worker, who refreshes it and whose policy lets it see every ticket (the owner of the tables sees none).
-- Materialized views know no row-level security, so this one is never granted to the app.
GRANT CREATE ON SCHEMA ticketing TO holdfast_worker;
SET LOCAL ROLE holdfast_worker;
CREATE MATERIALIZED VIEW ticketing.sales_velocity AS
SELECT
  event_id,
  date_trunc('hour', created_at, 'UTC') AS hour,
  count(*) AS tickets_sold,
  sum(count(*)) OVER (PARTITION BY event_id ORDER BY date_trunc('hour', created_at, 'UTC')) AS cumulative_sold
FROM ticketing.tickets
GROUP BY event_id, date_trunc('hour', created_at, 'UTC');
-- Needed for REFRESH MATERIALIZED VIEW CONCURRENTLY.
CREATE UNIQUE INDEX sales_velocity_event_hour ON ticketing.sales_velocity (event_id, hour);
GRANT SELECT ON ticketing.sales_velocity TO holdfast_readonly, holdfast_backup;
SET LOCAL ROLE holdfast_owner;
REVOKE CREATE ON SCHEMA ticketing FROM holdfast_worker;
