-- One row per hold and tier. That its tier is of its event is kept by the one statement that writes it, which joins them
-- (docs/decisions/0008): a foreign key is checked row by row, and this is the busiest table of all. Range-partitioned by id: a UUIDv7-shaped id begins with its time, so a month is a range.
CREATE TABLE ticketing.ticket_holds (
  id uuid NOT NULL,
  tier_id uuid NOT NULL,
  event_id uuid NOT NULL,
  buyer uuid,
  user_id uuid,
  quantity integer NOT NULL,
  unit_price_cents integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'active',
  paying boolean NOT NULL DEFAULT false,
  held_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL DEFAULT now() + interval '15 minutes',
  ttl_ms integer NOT NULL DEFAULT 900000,
  extensions integer NOT NULL DEFAULT 0,
  order_id uuid REFERENCES ticketing.orders (id),
  ended_at timestamptz,
  held_version bigint,
  ended_version bigint,
  lives integer NOT NULL DEFAULT 1,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (id, tier_id),
  CONSTRAINT check_hold_quantity_positive CHECK (quantity > 0),
  CONSTRAINT check_hold_price_not_negative CHECK (unit_price_cents >= 0),
  CONSTRAINT check_hold_status CHECK (status IN ('active', 'completed', 'expired', 'released', 'unfulfilled')),
  CONSTRAINT check_hold_paying_is_active CHECK (NOT paying OR status = 'active'),
  CONSTRAINT check_hold_ended_has_time CHECK ((status = 'active') = (ended_at IS NULL)),
  CONSTRAINT check_hold_counts CHECK (ttl_ms > 0 AND extensions >= 0 AND lives > 0)
) PARTITION BY RANGE (id);
COMMENT ON COLUMN ticketing.ticket_holds.paying IS 'Pinned to an order: no deadline ends it, only its payment does.';
COMMENT ON COLUMN ticketing.ticket_holds.buyer IS 'The pseudonym the ledger knows this person by, within this event.';
COMMENT ON COLUMN ticketing.ticket_holds.lives IS 'How many times this id was held: the same key again, long after its end, is a new life.';
CREATE TABLE ticketing.ticket_holds_default PARTITION OF ticketing.ticket_holds DEFAULT;
CREATE INDEX idx_ticket_holds_tier_status_expires ON ticketing.ticket_holds (tier_id, status, expires_at);
CREATE INDEX idx_holds_user_expires ON ticketing.ticket_holds (user_id, expires_at);
-- For the rebuild (every live hold of an event) and for whoever asks what of an event is due; it holds live rows only.
CREATE INDEX idx_ticket_holds_live ON ticketing.ticket_holds (event_id, expires_at) WHERE status = 'active';

CREATE TABLE ticketing.refund_log (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES ticketing.orders (id),
  ticket_id uuid REFERENCES ticketing.tickets (id),
  user_id uuid,
  op text,
  amount_cents bigint NOT NULL,
  currency char(3) NOT NULL DEFAULT 'USD',
  status text NOT NULL DEFAULT 'requested',
  return_to text NOT NULL DEFAULT 'public',
  reason text NOT NULL DEFAULT '',
  actor text NOT NULL DEFAULT '',
  stripe_refund_id text,
  requested_at timestamptz NOT NULL DEFAULT now(),
  refunded_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT refund_log_stripe_refund UNIQUE (stripe_refund_id),
  CONSTRAINT check_refund_amount_not_negative CHECK (amount_cents >= 0),
  CONSTRAINT check_refund_status CHECK (status IN ('requested', 'done', 'failed')),
  CONSTRAINT check_refund_return_to CHECK (return_to IN ('public', 'house', 'none'))
);
CREATE INDEX idx_refund_log_order ON ticketing.refund_log (order_id);

CREATE TABLE ticketing.ticket_events (
  id uuid PRIMARY KEY DEFAULT ticketing.uuid_v7(),
  ticket_id uuid NOT NULL REFERENCES ticketing.tickets (id),
  event_type text NOT NULL,
  actor_user_id uuid,
  metadata jsonb NOT NULL DEFAULT '{}',
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT check_ticket_event_type CHECK (event_type IN (
    'created', 'transferred', 'redeemed', 'refunding', 'refunded', 'voided', 'suspended', 'reinstated', 'viewed'
  ))
) PARTITION BY RANGE (id);
COMMENT ON TABLE ticketing.ticket_events IS 'What happened to a ticket and who did it or looked at it.';
CREATE TABLE ticketing.ticket_events_default PARTITION OF ticketing.ticket_events DEFAULT;
CREATE INDEX idx_ticket_events_ticket ON ticketing.ticket_events (ticket_id);
