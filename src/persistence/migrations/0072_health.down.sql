DROP VIEW public.ticketing_health;
DROP FUNCTION ticketing.open_incidents;

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
GRANT SELECT ON public.ticketing_health TO holdfast_worker, holdfast_readonly;
