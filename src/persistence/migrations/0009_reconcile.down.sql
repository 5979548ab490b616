DROP FUNCTION public.reconcile_all_events;
DROP FUNCTION public.reconcile_event_tickets;
DROP FUNCTION ticketing.reconcile_all_events;
DROP FUNCTION ticketing.reconcile_event_tickets;
