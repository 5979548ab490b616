DROP VIEW ticketing.last_reconciliation;
DROP INDEX ticketing.idx_inventory_commands_done, ticketing.idx_stripe_events_settled, ticketing.idx_refund_log_open,
  ticketing.idx_orders_paid_at, ticketing.idx_orders_pending_id;
DROP TABLE ticketing.reconciliation_payments, ticketing.reconciliation_findings, ticketing.reconciliations;
