-- The tables of the assessment, by its names. Money is integer minor units. Nothing is deleted: deleted_at.
-- Foreign keys do not cascade: a parent with children cannot be deleted at all, so nothing is orphaned and nothing lost.

CREATE TABLE ticketing.inventory_pools (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events.events (id),
  name text NOT NULL DEFAULT '',
  quantity integer NOT NULL,
  reserved_quantity integer NOT NULL DEFAULT 0,
  issued_quantity integer NOT NULL DEFAULT 0,
  withheld_quantity integer NOT NULL DEFAULT 0,
  spoken_for integer NOT NULL DEFAULT 0,
  drain_target integer,
  position integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT inventory_pools_id_event UNIQUE (id, event_id),
  CONSTRAINT check_pool_not_negative CHECK (
    quantity >= 0 AND reserved_quantity >= 0 AND issued_quantity >= 0 AND withheld_quantity >= 0
    AND spoken_for >= 0 AND drain_target >= 0
  ),
  CONSTRAINT check_pool_total_not_exceeded CHECK (reserved_quantity + issued_quantity + withheld_quantity <= quantity)
) WITH (fillfactor = 50);
COMMENT ON TABLE ticketing.inventory_pools IS 'Capacity that several tiers draw on: each of their units counts here too.';
CREATE INDEX idx_inventory_pools_event ON ticketing.inventory_pools (event_id);

CREATE TABLE ticketing.ticket_tiers (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events.events (id),
  name text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  price_cents integer NOT NULL,
  quantity integer NOT NULL,
  reserved_quantity integer NOT NULL DEFAULT 0,
  issued_quantity integer NOT NULL DEFAULT 0,
  withheld_quantity integer NOT NULL DEFAULT 0,
  spoken_for integer NOT NULL DEFAULT 0,
  drain_target integer,
  price_version integer NOT NULL DEFAULT 1,
  buyer_limit integer NOT NULL DEFAULT 0,
  pool_id uuid,
  position integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT ticket_tiers_id_event UNIQUE (id, event_id),
  CONSTRAINT ticket_tiers_pool FOREIGN KEY (pool_id, event_id) REFERENCES ticketing.inventory_pools (id, event_id),
  CONSTRAINT check_quantity_not_negative CHECK (quantity >= 0),
  CONSTRAINT check_reserved_not_negative CHECK (reserved_quantity >= 0),
  CONSTRAINT check_issued_not_negative CHECK (issued_quantity >= 0),
  CONSTRAINT check_withheld_not_negative CHECK (withheld_quantity >= 0),
  CONSTRAINT check_price_not_negative CHECK (price_cents >= 0),
  CONSTRAINT check_tier_settings CHECK (spoken_for >= 0 AND drain_target >= 0 AND buyer_limit >= 0 AND price_version >= 0),
  CONSTRAINT check_capacity_not_exceeded CHECK (issued_quantity <= quantity),
  CONSTRAINT check_total_not_exceeded CHECK (reserved_quantity + issued_quantity + withheld_quantity <= quantity)
) WITH (fillfactor = 50);
COMMENT ON TABLE ticketing.ticket_tiers IS 'available = quantity - reserved_quantity - issued_quantity - withheld_quantity, and is never stored.';
COMMENT ON COLUMN ticketing.ticket_tiers.spoken_for IS 'Units of the available ones that are promised to the standby line.';
COMMENT ON COLUMN ticketing.ticket_tiers.drain_target IS 'The quantity this tier is shrinking to as holds end, or null.';
CREATE INDEX idx_ticket_tiers_event ON ticketing.ticket_tiers (event_id);

CREATE TABLE ticketing.orders (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events.events (id),
  user_id uuid,
  buyer uuid,
  hold_id uuid,
  origin text NOT NULL DEFAULT 'checkout',
  status text NOT NULL DEFAULT 'pending',
  stripe_session_id text,
  stripe_payment_intent_id text,
  subtotal_cents bigint NOT NULL DEFAULT 0,
  fees_cents bigint NOT NULL DEFAULT 0,
  total_cents bigint NOT NULL DEFAULT 0,
  currency char(3) NOT NULL DEFAULT 'USD',
  late boolean NOT NULL DEFAULT false,
  expires_at timestamptz,
  paid_at timestamptz,
  cancelled_at timestamptz,
  refunded_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT orders_stripe_session UNIQUE (stripe_session_id),
  CONSTRAINT orders_stripe_payment_intent UNIQUE (stripe_payment_intent_id),
  CONSTRAINT check_order_origin CHECK (origin IN ('checkout', 'journal', 'import')),
  CONSTRAINT check_order_status CHECK (status IN (
    'pending', 'paid', 'expired', 'cancelled', 'refunded_unfulfilled', 'partially_refunded', 'refunded', 'disputed'
  )),
  CONSTRAINT check_order_amounts CHECK (
    subtotal_cents >= 0 AND fees_cents >= 0 AND total_cents >= 0
  ),
  CONSTRAINT check_order_currency CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON COLUMN ticketing.orders.user_id IS 'Who is logged in; null for a sale the journal knows and no checkout row does (origin journal).';
COMMENT ON COLUMN ticketing.orders.buyer IS 'The pseudonym the ledger knows this person by, within this event.';
COMMENT ON COLUMN ticketing.orders.expires_at IS 'The payment deadline.';
COMMENT ON COLUMN ticketing.orders.late IS 'The hold was gone when the money came, and its basket was acquired again.';
CREATE INDEX idx_orders_event_status_created ON ticketing.orders (event_id, status, created_at);
CREATE INDEX idx_orders_user_status ON ticketing.orders (user_id, status);

CREATE TABLE ticketing.order_items (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES ticketing.orders (id),
  tier_id uuid NOT NULL REFERENCES ticketing.ticket_tiers (id),
  quantity integer NOT NULL,
  unit_price_cents integer NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT order_items_order_tier UNIQUE (order_id, tier_id),
  CONSTRAINT check_item_quantity_positive CHECK (quantity > 0),
  CONSTRAINT check_item_price_not_negative CHECK (unit_price_cents >= 0)
);
CREATE INDEX idx_order_items_tier ON ticketing.order_items (tier_id);

CREATE TABLE ticketing.tickets (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES ticketing.orders (id),
  order_item_id uuid NOT NULL REFERENCES ticketing.order_items (id),
  ordinal integer NOT NULL,
  tier_id uuid NOT NULL,
  event_id uuid NOT NULL,
  owner_user_id uuid,
  buyer uuid,
  status text NOT NULL DEFAULT 'issued',
  generation integer NOT NULL DEFAULT 1,
  qr_code text,
  issued_at timestamptz NOT NULL DEFAULT now(),
  redeemed_at timestamptz,
  voided_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT tickets_order_item_ordinal UNIQUE (order_item_id, ordinal),
  CONSTRAINT tickets_tier FOREIGN KEY (tier_id, event_id) REFERENCES ticketing.ticket_tiers (id, event_id),
  CONSTRAINT check_ticket_ordinal_positive CHECK (ordinal > 0),
  CONSTRAINT check_ticket_status CHECK (status IN ('issued', 'transferred', 'redeemed', 'refunding', 'void', 'suspended')),
  CONSTRAINT check_ticket_void_has_time CHECK ((status = 'void') = (voided_at IS NOT NULL)),
  CONSTRAINT check_ticket_redeemed_has_time CHECK (status <> 'redeemed' OR redeemed_at IS NOT NULL)
);
COMMENT ON CONSTRAINT tickets_order_item_ordinal ON ticketing.tickets IS
  'What makes tickets exactly-once: the n-th ticket of a line can be issued one time only.';
CREATE INDEX idx_tickets_tier_status ON ticketing.tickets (tier_id, status);
CREATE INDEX idx_tickets_owner_event ON ticketing.tickets (owner_user_id, event_id);
CREATE INDEX idx_tickets_order ON ticketing.tickets (order_id);
