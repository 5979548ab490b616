-- What the provider told, and what is left to be done about it.
ALTER TABLE ticketing.stripe_events
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN source text NOT NULL DEFAULT 'webhook',
  ADD COLUMN order_id uuid,
  ADD COLUMN ref_kind text,
  ADD COLUMN ref text,
  ADD COLUMN intent text,
  ADD COLUMN dispute jsonb,
  ADD COLUMN look_at timestamptz NOT NULL DEFAULT now() + interval '30 seconds',
  ADD CONSTRAINT check_stripe_event_source CHECK (source IN ('webhook', 'poll')),
  ADD CONSTRAINT check_stripe_event_ref CHECK ((ref IS NULL) = (ref_kind IS NULL) AND ref_kind IN ('session', 'intent'));
COMMENT ON COLUMN ticketing.stripe_events.created_at IS 'When it happened, as the provider says.';
COMMENT ON COLUMN ticketing.stripe_events.order_id IS 'As the payment names it; there may be no such order.';
COMMENT ON COLUMN ticketing.stripe_events.look_at IS 'When it is looked at again while it is open, whatever became of its job.';
COMMENT ON COLUMN ticketing.stripe_events.settled_at IS 'Set once its order is out of pending here, or when it concerns none.';
CREATE INDEX idx_stripe_events_look ON ticketing.stripe_events (look_at) WHERE settled_at IS NULL;
CREATE INDEX idx_stripe_events_order ON ticketing.stripe_events (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX idx_stripe_events_received ON ticketing.stripe_events (received_at);

-- Every payment that was seen for an order, as it was seen last. The provider has the truth; this is what we knew.
CREATE TABLE ticketing.payments (
  ref text PRIMARY KEY,
  kind text NOT NULL,
  order_id uuid NOT NULL REFERENCES ticketing.orders (id),
  intent text,
  attempt integer,
  state text NOT NULL,
  asked_cents bigint NOT NULL,
  received_cents bigint NOT NULL DEFAULT 0,
  refunded_cents bigint NOT NULL DEFAULT 0,
  currency text NOT NULL,
  livemode boolean NOT NULL,
  begun_at timestamptz NOT NULL,
  outcome text,
  settled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT check_payment_kind CHECK (kind IN ('session', 'intent')),
  CONSTRAINT check_payment_state CHECK (state IN ('open', 'processing', 'authorised', 'closed', 'paid')),
  CONSTRAINT check_payment_amounts CHECK (asked_cents >= 0 AND received_cents >= 0 AND refunded_cents >= 0)
);
COMMENT ON COLUMN ticketing.payments.ref IS 'What the provider calls it: a checkout session, or an intent of its own.';
COMMENT ON COLUMN ticketing.payments.settled_at IS 'Nothing is left to be done with it: closed, given back, or the one that paid its order.';
CREATE INDEX idx_payments_order ON ticketing.payments (order_id);
CREATE INDEX idx_payments_intent ON ticketing.payments (intent) WHERE intent IS NOT NULL;

-- Orders about whose payment something is left to be done, and when somebody looks again if nothing else makes one look.
CREATE TABLE ticketing.settlements (
  order_id uuid PRIMARY KEY REFERENCES ticketing.orders (id),
  due_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  found text
);
COMMENT ON COLUMN ticketing.settlements.found IS 'What was the matter when it was looked at last.';
CREATE INDEX idx_settlements_due ON ticketing.settlements (due_at);

-- How far the provider's own list of events was read.
CREATE TABLE ticketing.payment_cursors (
  name text PRIMARY KEY,
  at timestamptz NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE ticketing.refund_log ADD COLUMN payment_intent text;
COMMENT ON COLUMN ticketing.refund_log.payment_intent IS 'The payment it is taken from; null for the one that paid the order.';

GRANT SELECT, INSERT, UPDATE ON ticketing.payments, ticketing.payment_cursors TO holdfast_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticketing.settlements TO holdfast_worker;
GRANT SELECT ON ticketing.payments, ticketing.settlements, ticketing.payment_cursors TO holdfast_readonly, holdfast_backup;
-- Everything of an event but its payload, which carries personal data.
GRANT SELECT (id, type, livemode, received_at, created_at, source, order_id, ref_kind, ref, intent, dispute, attempts,
  settled_at, outcome) ON ticketing.stripe_events TO holdfast_readonly;
ALTER TABLE ticketing.payments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON ticketing.payments TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY readonly_all ON ticketing.payments FOR SELECT TO holdfast_readonly USING (true);
