ALTER TABLE ticketing.refund_log DROP COLUMN payment_intent;
DROP TABLE ticketing.payment_cursors;
DROP TABLE ticketing.settlements;
DROP TABLE ticketing.payments;
REVOKE SELECT (id, type, livemode, received_at, attempts, settled_at, outcome) ON ticketing.stripe_events FROM holdfast_readonly;
ALTER TABLE ticketing.stripe_events
  DROP COLUMN created_at, DROP COLUMN source, DROP COLUMN order_id, DROP COLUMN ref_kind, DROP COLUMN ref,
  DROP COLUMN intent, DROP COLUMN dispute, DROP COLUMN look_at;
DROP INDEX ticketing.idx_stripe_events_received;
