DROP FUNCTION public.cleanup_expired_ticket_holds;
DROP FUNCTION public.complete_order_atomic;
DROP FUNCTION ticketing.cleanup_expired_ticket_holds;
DROP FUNCTION ticketing.expire_stale_orders;
DROP FUNCTION ticketing.complete_order_atomic;
DROP FUNCTION ticketing.order_shortage;
DROP FUNCTION ticketing.expire_due_holds;
DROP FUNCTION ticketing.queue_command;
