-- A refund is a row before the provider is asked, and names the tickets it is of. What it asks for counts against what was
-- captured from that moment on, so no two of them can promise the same money.
ALTER TABLE ticketing.refund_log
  ADD COLUMN kind text NOT NULL DEFAULT 'payment',
  ADD COLUMN refund_key text,
  ADD COLUMN forced boolean NOT NULL DEFAULT false,
  ADD COLUMN asked_at timestamptz,
  ADD COLUMN provider_state text,
  ADD COLUMN failure text,
  ADD CONSTRAINT refund_log_order_key UNIQUE (order_id, refund_key),
  ADD CONSTRAINT check_refund_kind CHECK (kind IN ('payment', 'tickets', 'amount', 'elsewhere', 'chargeback')),
  ADD CONSTRAINT check_refund_provider_state CHECK (provider_state IN ('pending', 'succeeded', 'failed'));
COMMENT ON COLUMN ticketing.refund_log.kind IS
  'tickets: they become void. amount: a part of the price, no ticket. payment: all of one that bought nothing. elsewhere: made in the provider''s own dashboard. chargeback: taken by the bank.';
COMMENT ON COLUMN ticketing.refund_log.refund_key IS 'Names the intention within its order: the same one is one refund.';
COMMENT ON COLUMN ticketing.refund_log.asked_at IS 'When the provider was first asked: from then on its list is read before it is asked again.';

CREATE TABLE ticketing.refund_tickets (
  refund_id uuid NOT NULL REFERENCES ticketing.refund_log (id),
  ticket_id uuid NOT NULL REFERENCES ticketing.tickets (id),
  share_cents bigint NOT NULL,
  was text NOT NULL,
  PRIMARY KEY (refund_id, ticket_id),
  CONSTRAINT check_refund_ticket CHECK (share_cents >= 0 AND was IN ('issued', 'transferred', 'redeemed', 'suspended'))
);
COMMENT ON COLUMN ticketing.refund_tickets.was IS 'What the ticket becomes again when the refund fails.';
CREATE INDEX idx_refund_tickets_ticket ON ticketing.refund_tickets (ticket_id);

-- Money that a bank has taken back, or may take.
CREATE TABLE ticketing.disputes (
  id text PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES ticketing.orders (id),
  user_id uuid,
  payment_intent text,
  amount_cents bigint NOT NULL,
  currency char(3) NOT NULL,
  state text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT check_dispute_state CHECK (state IN ('open', 'won', 'lost')),
  CONSTRAINT check_dispute_decided CHECK ((state = 'open') = (decided_at IS NULL)),
  CONSTRAINT check_dispute_amount CHECK (amount_cents >= 0)
);
COMMENT ON COLUMN ticketing.disputes.id IS 'What the provider calls it.';
CREATE INDEX idx_disputes_order ON ticketing.disputes (order_id);

CREATE TABLE ticketing.dispute_tickets (
  dispute_id text NOT NULL REFERENCES ticketing.disputes (id),
  ticket_id uuid NOT NULL REFERENCES ticketing.tickets (id),
  was text NOT NULL,
  PRIMARY KEY (dispute_id, ticket_id),
  CONSTRAINT check_dispute_ticket CHECK (was IN ('issued', 'transferred', 'redeemed'))
);
CREATE INDEX idx_dispute_tickets_ticket ON ticketing.dispute_tickets (ticket_id);

-- An event that does not take place: every order of it that was paid, or is paid yet, is refunded by jobs.
CREATE TABLE ticketing.event_cancellations (
  event_id uuid PRIMARY KEY REFERENCES events.events (id),
  actor text NOT NULL,
  reason text NOT NULL DEFAULT '',
  return_to text NOT NULL DEFAULT 'house',
  requested_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT check_cancellation_return_to CHECK (return_to IN ('public', 'house', 'none'))
);

GRANT SELECT, INSERT, UPDATE ON ticketing.disputes TO holdfast_worker;
GRANT SELECT, INSERT ON ticketing.refund_tickets, ticketing.dispute_tickets, ticketing.event_cancellations TO holdfast_worker;
GRANT SELECT ON ticketing.refund_tickets, ticketing.disputes, ticketing.dispute_tickets, ticketing.event_cancellations
  TO holdfast_readonly, holdfast_backup;
GRANT SELECT ON ticketing.refund_tickets TO holdfast_app;

ALTER TABLE ticketing.refund_tickets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.disputes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.dispute_tickets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_refund_tickets ON ticketing.refund_tickets FOR SELECT TO holdfast_app
  USING (EXISTS (SELECT FROM ticketing.refund_log r
    WHERE r.id = refund_id AND r.user_id = (SELECT ticketing.current_uid())));
CREATE POLICY worker_all ON ticketing.refund_tickets TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON ticketing.disputes TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_all ON ticketing.dispute_tickets TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY readonly_all ON ticketing.refund_tickets FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY readonly_all ON ticketing.disputes FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY readonly_all ON ticketing.dispute_tickets FOR SELECT TO holdfast_readonly USING (true);
