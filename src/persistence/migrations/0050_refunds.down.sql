DROP TABLE ticketing.event_cancellations, ticketing.dispute_tickets, ticketing.disputes, ticketing.refund_tickets;
ALTER TABLE ticketing.refund_log
  DROP COLUMN failure, DROP COLUMN provider_state, DROP COLUMN asked_at, DROP COLUMN forced, DROP COLUMN refund_key,
  DROP COLUMN kind;
