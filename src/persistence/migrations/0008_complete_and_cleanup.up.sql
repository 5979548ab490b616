-- Functions for people who only have SQL (a cron job, an RPC). They run as whoever calls them, who must be the worker.
--
-- On an event whose inventory_authority is postgres they act, under row locks taken in one order everywhere:
-- event (shared) -> tiers by id -> pools by id -> holds -> order. On one that Redis decides they touch no counter: they
-- queue a command for the worker. The shared lock on the event keeps it from being opened in the middle.
--
-- The locks on stock are FOR NO KEY UPDATE: they exclude each other and every counter update, and let foreign-key checks
-- pass. FOR UPDATE would deadlock with a transaction that inserts a hold and then updates its tier.
--
-- No counter is clamped at zero: one that would go negative is refused by its CHECK, because clamping hides a double release.

CREATE FUNCTION ticketing.queue_command(event uuid, kind text, payload jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql SET search_path = pg_catalog
BEGIN ATOMIC
  INSERT INTO ticketing.inventory_commands (event_id, kind, payload) VALUES (queue_command.event, queue_command.kind,
    queue_command.payload) ON CONFLICT DO NOTHING;
END;

-- Ends due holds of a tier whose lock (and whose pool's) the caller has, at most batch_max of them, and gives their units
-- back. Holds somebody else has locked are skipped: that transaction may be waiting for the tier.
CREATE FUNCTION ticketing.expire_due_holds(tier uuid, batch_max integer, spared uuid[] DEFAULT '{}',
  OUT holds integer, OUT units integer)
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  due uuid[];
BEGIN
  SELECT array_agg(id) INTO due FROM (
    SELECT h.id FROM ticketing.ticket_holds h
    WHERE h.tier_id = tier AND h.status = 'active' AND NOT h.paying AND h.expires_at <= now() AND h.id <> ALL (spared)
    LIMIT batch_max FOR UPDATE SKIP LOCKED
  ) found;
  -- By array: a join would let the planner read whole partitions for these few.
  WITH ended AS (
    UPDATE ticketing.ticket_holds h
    SET status = 'expired', ended_at = now(), updated_at = now(), version = h.version + 1
    WHERE h.id = ANY (due) AND h.tier_id = tier
    RETURNING h.quantity
  )
  SELECT count(*), coalesce(sum(quantity), 0) INTO holds, units FROM ended;
  IF holds = 0 THEN
    RETURN;
  END IF;
  UPDATE ticketing.ticket_tiers t
  SET reserved_quantity = t.reserved_quantity - units, updated_at = now(), version = t.version + 1 WHERE t.id = tier;
  UPDATE ticketing.inventory_pools p
  SET reserved_quantity = p.reserved_quantity - units, updated_at = now(), version = p.version + 1
  WHERE p.id = (SELECT pool_id FROM ticketing.ticket_tiers WHERE id = tier);
END
$$;

-- What an order needs that stock cannot give, per tier and pool, as [{line, requested, available}]; null when all fits.
CREATE FUNCTION ticketing.order_shortage(wanted jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog
BEGIN ATOMIC
  WITH need AS (
    SELECT tier_id, demand, own FROM jsonb_to_recordset(wanted) AS w (tier_id uuid, demand integer, own integer)
  ), lines AS (
    SELECT t.id, need.demand - need.own AS extra, need.demand,
      t.quantity - t.reserved_quantity - t.issued_quantity - t.withheld_quantity - t.spoken_for AS available
    FROM need JOIN ticketing.ticket_tiers t ON t.id = need.tier_id
    UNION ALL
    SELECT p.id, sum(need.demand - need.own), sum(need.demand),
      p.quantity - p.reserved_quantity - p.issued_quantity - p.withheld_quantity - p.spoken_for
    FROM need JOIN ticketing.ticket_tiers t ON t.id = need.tier_id JOIN ticketing.inventory_pools p ON p.id = t.pool_id
    GROUP BY p.id
  )
  SELECT jsonb_agg(jsonb_build_object('line', id, 'requested', demand, 'available', available + demand - extra) ORDER BY id)
  FROM lines WHERE extra > 0 AND available < extra;
END;

-- Pays an order: holds completed, tickets issued, counters moved; all of it or nothing, free orders too, and as often as
-- one likes. A paid order that lacks tickets gets those it lacks. When its holds are gone the stock is taken again if it is
-- free (late). Returns {success, status, order_id, tickets_created}: status is completed, replayed, queued, or why not:
-- order_unknown, order_empty, order_not_payable, tier_sold_out (with conflicts).
CREATE FUNCTION ticketing.complete_order_atomic(order_id uuid) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  target CONSTANT uuid := complete_order_atomic.order_id;
  reply jsonb := jsonb_build_object('success', true, 'order_id', target, 'tickets_created', 0);
  bought ticketing.orders;
  authority text;
  lines uuid[];
  line uuid;
  own_holds uuid[];
  wanted jsonb;
  conflicts jsonb;
  created integer;
BEGIN
  SELECT * INTO bought FROM ticketing.orders WHERE id = target AND deleted_at IS NULL;
  IF NOT FOUND THEN
    RETURN reply || '{"success": false, "status": "order_unknown"}';
  END IF;
  SELECT inventory_authority INTO authority FROM events.events WHERE id = bought.event_id FOR SHARE;

  -- The tiers of the order and of its hold, and all that share a pool with them: their due holds may be in the way.
  SELECT array_agg(id ORDER BY id) INTO lines FROM ticketing.ticket_tiers t
  WHERE t.event_id = bought.event_id AND (
    t.id IN (SELECT tier_id FROM ticketing.order_items WHERE order_id = target)
    OR t.id IN (SELECT tier_id FROM ticketing.ticket_holds WHERE id = bought.hold_id)
    OR t.pool_id IN (SELECT s.pool_id FROM ticketing.order_items i JOIN ticketing.ticket_tiers s ON s.id = i.tier_id
      WHERE i.order_id = target)
  );
  IF NOT EXISTS (SELECT FROM ticketing.order_items WHERE order_id = target) THEN
    RETURN reply || '{"success": false, "status": "order_empty"}';
  END IF;
  IF authority = 'postgres' THEN
    PERFORM FROM ticketing.ticket_tiers WHERE id = ANY (lines) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM ticketing.inventory_pools WHERE id IN (SELECT pool_id FROM ticketing.ticket_tiers WHERE id = ANY (lines))
      ORDER BY id FOR NO KEY UPDATE;
  END IF;

  -- A cart of the assessment's shape is tied to its order by person, tier and quantity only.
  SELECT coalesce(array_agg(id), '{}') INTO own_holds FROM (
    SELECT h.id FROM ticketing.ticket_holds h WHERE h.id = bought.hold_id AND h.status = 'active'
    UNION ALL
    SELECT * FROM (SELECT DISTINCT ON (h.tier_id) h.id FROM ticketing.ticket_holds h
      JOIN ticketing.order_items i ON i.order_id = target AND i.tier_id = h.tier_id AND i.quantity = h.quantity
      WHERE bought.hold_id IS NULL AND h.user_id = bought.user_id AND h.status = 'active' AND h.order_id IS NULL
      ORDER BY h.tier_id, h.held_at) cart
  ) own;
  IF authority = 'postgres' THEN
    PERFORM FROM ticketing.ticket_holds WHERE id = ANY (own_holds) ORDER BY id, tier_id FOR UPDATE;
    SELECT * INTO bought FROM ticketing.orders WHERE id = target FOR UPDATE;
  END IF;

  IF bought.status NOT IN ('pending', 'expired', 'paid', 'partially_refunded') THEN
    RETURN reply || jsonb_build_object('success', false, 'status', 'order_not_payable', 'order_status', bought.status);
  END IF;
  SELECT jsonb_agg(jsonb_build_object('tier_id', tier_id, 'demand', demand, 'own', own)) INTO wanted FROM (
    SELECT tier_id, sum(demand) AS demand, sum(own) AS own FROM (
      SELECT i.tier_id, i.quantity - (SELECT count(*) FROM ticketing.tickets k WHERE k.order_item_id = i.id) AS demand, 0 AS own
      FROM ticketing.order_items i WHERE i.order_id = target
      UNION ALL
      SELECT h.tier_id, 0, h.quantity FROM ticketing.ticket_holds h WHERE h.id = ANY (own_holds) AND h.status = 'active'
    ) parts GROUP BY tier_id
  ) sums WHERE demand > 0 OR own > 0;
  IF wanted IS NULL AND bought.status IN ('paid', 'partially_refunded') THEN
    RETURN reply || '{"status": "replayed"}';
  END IF;
  IF authority = 'redis' THEN
    PERFORM ticketing.queue_command(bought.event_id, 'confirm', jsonb_build_object('order', target));
    RETURN reply || '{"status": "queued"}';
  END IF;

  wanted := coalesce(wanted, '[]');
  conflicts := ticketing.order_shortage(wanted);
  -- No order is refused for want of stock while an expired hold still sits on it.
  FOREACH line IN ARRAY lines LOOP
    WHILE conflicts IS NOT NULL AND (SELECT holds > 0 FROM ticketing.expire_due_holds(line, 1000, own_holds)) LOOP
      conflicts := ticketing.order_shortage(wanted);
    END LOOP;
  END LOOP;
  IF conflicts IS NOT NULL THEN
    RETURN reply || jsonb_build_object('success', false, 'status', 'tier_sold_out', 'conflicts', conflicts);
  END IF;

  UPDATE ticketing.ticket_holds
  SET status = 'completed', paying = false, order_id = target, ended_at = now(), updated_at = now(), version = version + 1
  WHERE id = ANY (own_holds) AND status = 'active';
  WITH issued AS (
    INSERT INTO ticketing.tickets (id, order_id, order_item_id, ordinal, tier_id, event_id, owner_user_id, buyer)
    SELECT ticketing.uuid_v7(), target, i.id, n, i.tier_id, bought.event_id, bought.user_id, bought.buyer
    FROM ticketing.order_items i, generate_series(1, i.quantity) AS n WHERE i.order_id = target
    ON CONFLICT (order_item_id, ordinal) DO NOTHING
    RETURNING id
  ), told AS (
    INSERT INTO ticketing.ticket_events (ticket_id, event_type, actor_user_id, metadata)
    SELECT id, 'created', bought.user_id, jsonb_build_object('order', target) FROM issued
  )
  SELECT count(*) INTO created FROM issued;
  IF created <> (SELECT coalesce(sum(w.demand), 0) FROM jsonb_to_recordset(wanted) AS w (demand integer)) THEN
    RAISE EXCEPTION 'tickets of order % were issued by somebody who holds no lock', target USING ERRCODE = 'serialization_failure';
  END IF;
  UPDATE ticketing.ticket_tiers t
  SET reserved_quantity = t.reserved_quantity - w.own, issued_quantity = t.issued_quantity + w.demand,
    updated_at = now(), version = t.version + 1
  FROM jsonb_to_recordset(wanted) AS w (tier_id uuid, demand integer, own integer) WHERE t.id = w.tier_id;
  UPDATE ticketing.inventory_pools p
  SET reserved_quantity = p.reserved_quantity - s.own, issued_quantity = p.issued_quantity + s.demand,
    updated_at = now(), version = p.version + 1
  FROM (SELECT t.pool_id, sum(w.own)::integer AS own, sum(w.demand)::integer AS demand
    FROM jsonb_to_recordset(wanted) AS w (tier_id uuid, demand integer, own integer)
    JOIN ticketing.ticket_tiers t ON t.id = w.tier_id GROUP BY t.pool_id) s
  WHERE p.id = s.pool_id;
  UPDATE ticketing.orders
  SET status = CASE WHEN status IN ('pending', 'expired') THEN 'paid' ELSE status END,
    paid_at = coalesce(paid_at, now()), updated_at = now(), version = version + 1,
    late = late OR (status <> 'paid' AND EXISTS (
      SELECT FROM jsonb_to_recordset(wanted) AS w (demand integer, own integer) WHERE w.demand > w.own))
  WHERE id = target;
  RETURN reply || jsonb_build_object('status', 'completed', 'tickets_created', created);
END
$$;

-- Pending orders nobody waits for and that own no live hold, at most batch_max; of one event or of all postgres ones.
CREATE FUNCTION ticketing.expire_stale_orders(batch_max integer, only_event uuid DEFAULT NULL) RETURNS integer
LANGUAGE sql SET search_path = pg_catalog
BEGIN ATOMIC
  WITH stale AS (
    SELECT o.id FROM ticketing.orders o JOIN events.events e ON e.id = o.event_id
    WHERE o.id IN (SELECT order_id FROM ticketing.stale_orders) AND o.status = 'pending'
      AND e.inventory_authority = 'postgres' AND (only_event IS NULL OR o.event_id = only_event)
      AND NOT EXISTS (SELECT FROM ticketing.ticket_holds h WHERE h.id = o.hold_id AND h.status = 'active')
    LIMIT batch_max FOR UPDATE OF o SKIP LOCKED FOR SHARE OF e SKIP LOCKED
  ), ended AS (
    UPDATE ticketing.orders o SET status = 'expired', updated_at = now(), version = o.version + 1
    FROM stale WHERE o.id = stale.id RETURNING o.id
  )
  SELECT count(*)::integer FROM ended;
END;

-- Ends what is due, a bounded batch a call (call again while "more" is true). Whatever somebody else is working on is
-- skipped, never waited for. A tier whose counter does not cover its holds is left as it is and counted in refused_tiers:
-- reconcile_event_tickets says what is wrong with it.
CREATE FUNCTION ticketing.cleanup_expired_ticket_holds(batch_max integer DEFAULT 1000) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  tier uuid;
  pool uuid;
  batch record;
  holds integer := 0;
  units integer := 0;
  refused integer := 0;
  orders integer;
  queued integer;
BEGIN
  FOR tier IN
    -- EXISTS, because with 100,000 holds due DISTINCT takes longer than the whole batch.
    SELECT t.id FROM ticketing.ticket_tiers t JOIN events.events e ON e.id = t.event_id
    WHERE e.inventory_authority = 'postgres' AND EXISTS (SELECT FROM ticketing.ticket_holds h
      WHERE h.tier_id = t.id AND h.status = 'active' AND NOT h.paying AND h.expires_at <= now())
    ORDER BY t.id
  LOOP
    EXIT WHEN holds >= batch_max;
    SELECT t.pool_id INTO pool FROM ticketing.ticket_tiers t JOIN events.events e ON e.id = t.event_id
    WHERE t.id = tier AND e.inventory_authority = 'postgres'
    FOR NO KEY UPDATE OF t SKIP LOCKED FOR SHARE OF e SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    IF pool IS NOT NULL THEN
      PERFORM FROM ticketing.inventory_pools WHERE id = pool FOR NO KEY UPDATE SKIP LOCKED;
      CONTINUE WHEN NOT FOUND;
    END IF;
    BEGIN
      batch := ticketing.expire_due_holds(tier, batch_max - holds);
      holds := holds + batch.holds;
      units := units + batch.units;
    EXCEPTION WHEN check_violation THEN
      refused := refused + 1;
    END;
  END LOOP;
  orders := ticketing.expire_stale_orders(batch_max);

  WITH due AS (
    SELECT e.id AS event_id FROM events.events e
    WHERE e.inventory_authority = 'redis' AND EXISTS (SELECT FROM ticketing.ticket_holds h
      WHERE h.event_id = e.id AND h.status = 'active' AND NOT h.paying AND h.expires_at <= now())
  ), asked AS (
    INSERT INTO ticketing.inventory_commands (event_id, kind) SELECT event_id, 'reclaim' FROM due
    ON CONFLICT DO NOTHING
  )
  SELECT count(*) INTO queued FROM due;
  RETURN jsonb_build_object('expired_holds', holds, 'released_tickets', units, 'expired_orders', orders,
    'queued_events', queued, 'refused_tiers', refused, 'more', holds >= batch_max);
END
$$;

CREATE FUNCTION public.complete_order_atomic(order_id uuid) RETURNS jsonb
LANGUAGE sql RETURN ticketing.complete_order_atomic(order_id);
CREATE FUNCTION public.cleanup_expired_ticket_holds() RETURNS jsonb
LANGUAGE sql RETURN ticketing.cleanup_expired_ticket_holds();

GRANT EXECUTE ON FUNCTION ticketing.queue_command, ticketing.expire_due_holds, ticketing.order_shortage,
  ticketing.complete_order_atomic, ticketing.expire_stale_orders, ticketing.cleanup_expired_ticket_holds,
  public.complete_order_atomic, public.cleanup_expired_ticket_holds TO holdfast_worker;
