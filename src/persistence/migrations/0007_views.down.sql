DROP MATERIALIZED VIEW ticketing.sales_velocity;
DROP VIEW public.ticketing_health;
DROP VIEW ticketing.stale_orders;
DROP VIEW ticketing.missing_tickets;
DROP VIEW ticketing.tier_accounts;
DROP VIEW public.ticket_holds;
DROP VIEW public.tickets;
DROP VIEW public.orders;
DROP VIEW public.ticket_tiers;
