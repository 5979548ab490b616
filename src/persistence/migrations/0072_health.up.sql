-- Incidents come with a later migration, and this view is older: it looks for their table when it is asked.
CREATE FUNCTION ticketing.open_incidents() RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  open bigint := 0;
BEGIN
  IF to_regclass('ticketing.incidents') IS NOT NULL THEN
    EXECUTE 'SELECT count(*) FROM ticketing.incidents WHERE resolved_at IS NULL' INTO open;
  END IF;
  RETURN open;
END
$$;
REVOKE EXECUTE ON FUNCTION ticketing.open_incidents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticketing.open_incidents TO holdfast_worker, holdfast_readonly;

-- Three numbers more, at the end: when the records were last reconciled, what that left open, and what people have to decide.
-- A reconciliation that is 26 hours late counts, and so does one that never was, 26 hours after the first migration.
CREATE OR REPLACE VIEW public.ticketing_health WITH (security_invoker = true) AS
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
), reconciled AS (
  SELECT
    (SELECT finished_at FROM ticketing.last_reconciliation) AS last_reconciliation_at,
    coalesce((SELECT open_findings FROM ticketing.last_reconciliation), 0) AS open_findings,
    ticketing.open_incidents() AS open_incidents
)
SELECT numbers.*,
  (ghost_reservations > 0)::int + (issued_drift > 0)::int + (oversold_tiers > 0)::int
    + (paid_orders_without_tickets > 0)::int + (stale_pending_orders > 0)::int + (frozen_events > 0)::int
    + (late_commands > 0)::int + (rows_in_default_partitions > 0)::int
    + (open_findings > 0)::int + (open_incidents > 0)::int
    + (coalesce(last_reconciliation_at, (SELECT min(applied_at) FROM holdfast.schema_migrations))
        < now() - interval '26 hours')::int AS health_score,
  now() AS checked_at, last_reconciliation_at, open_findings, open_incidents
FROM numbers, reconciled;
