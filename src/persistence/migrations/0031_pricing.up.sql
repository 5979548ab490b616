-- What a ticket costs beside its price. Append-only: a hold is judged by the rule that was in force when it was made.
CREATE TABLE ticketing.fee_rules (
  event_id uuid NOT NULL REFERENCES events.events (id),
  version integer NOT NULL,
  basis_points integer NOT NULL,
  fixed_cents integer NOT NULL,
  bearer text NOT NULL,
  valid_from timestamptz NOT NULL,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, version),
  CONSTRAINT check_fee_rule CHECK (version > 0 AND basis_points BETWEEN 0 AND 10000 AND fixed_cents >= 0),
  CONSTRAINT check_fee_bearer CHECK (bearer IN ('buyer', 'organizer'))
);
COMMENT ON COLUMN ticketing.fee_rules.valid_from IS 'Holds made from here on, by the clock of Redis; never in the past when it was written.';

CREATE TABLE ticketing.promo_codes (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events.events (id),
  code text NOT NULL,
  code_key text NOT NULL,
  kind text NOT NULL,
  value bigint NOT NULL,
  tier_ids uuid[],
  starts_at timestamptz,
  ends_at timestamptz,
  uses_max integer,
  per_buyer_max integer,
  active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT promo_codes_event_code UNIQUE (event_id, code_key),
  CONSTRAINT check_promo_value CHECK (value > 0 AND (kind <> 'percent' OR value <= 10000)),
  CONSTRAINT check_promo_kind CHECK (kind IN ('percent', 'amount')),
  CONSTRAINT check_promo_limits CHECK (uses_max > 0 AND per_buyer_max > 0),
  CONSTRAINT check_promo_window CHECK (ends_at > starts_at)
);
COMMENT ON COLUMN ticketing.promo_codes.value IS 'percent: basis points of each eligible line. amount: minor units of the order.';

-- A tier's price that rises when its time has come or enough is taken. Applied once, in the order of position.
CREATE TABLE ticketing.price_steps (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES events.events (id),
  tier_id uuid NOT NULL,
  position integer NOT NULL,
  price_cents integer NOT NULL,
  starts_at timestamptz,
  after_quantity integer,
  actor text NOT NULL,
  done_at timestamptz,
  outcome text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT price_steps_tier FOREIGN KEY (tier_id, event_id) REFERENCES ticketing.ticket_tiers (id, event_id),
  CONSTRAINT check_step_price CHECK (price_cents >= 0),
  CONSTRAINT check_step_trigger CHECK ((starts_at IS NULL) <> (after_quantity IS NULL)),
  CONSTRAINT check_step_quantity CHECK (after_quantity > 0),
  CONSTRAINT check_step_done CHECK ((done_at IS NULL) = (outcome IS NULL) AND (outcome IN ('applied', 'passed_over', 'refused')))
);
COMMENT ON COLUMN ticketing.price_steps.after_quantity IS 'Due once sold and held units together are as many.';
CREATE UNIQUE INDEX price_steps_position ON ticketing.price_steps (tier_id, position) WHERE deleted_at IS NULL;
CREATE INDEX idx_price_steps_open ON ticketing.price_steps (tier_id) WHERE done_at IS NULL AND deleted_at IS NULL;

ALTER TABLE ticketing.orders ADD CONSTRAINT orders_promo FOREIGN KEY (promo_id) REFERENCES ticketing.promo_codes (id);
CREATE INDEX idx_orders_promo ON ticketing.orders (promo_id) WHERE promo_id IS NOT NULL;
ALTER TABLE ticketing.order_items ADD COLUMN title text NOT NULL DEFAULT '';
COMMENT ON COLUMN ticketing.order_items.title IS 'What the tier was called when it was bought.';

GRANT SELECT ON ticketing.fee_rules, ticketing.promo_codes, ticketing.price_steps
  TO holdfast_app, holdfast_worker, holdfast_readonly, holdfast_backup;
GRANT INSERT ON ticketing.fee_rules, ticketing.promo_codes, ticketing.price_steps TO holdfast_app;
GRANT UPDATE (starts_at, ends_at, uses_max, per_buyer_max, active, version, updated_at) ON ticketing.promo_codes TO holdfast_app;
GRANT UPDATE (version, updated_at, deleted_at) ON ticketing.price_steps TO holdfast_app;
GRANT UPDATE (done_at, outcome, version, updated_at) ON ticketing.price_steps TO holdfast_worker;

-- Whoever serves one person may not see the orders of others, and a code is counted over all of them: pending, or sold. Only
-- asked under the lock of the code's row.
GRANT CREATE ON SCHEMA ticketing TO holdfast_worker;
SET LOCAL ROLE holdfast_worker;
CREATE FUNCTION ticketing.promo_uses(promo uuid, of_buyer uuid, not_order uuid, OUT uses integer, OUT own integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
BEGIN ATOMIC
  SELECT count(*)::integer, (count(*) FILTER (WHERE o.buyer = of_buyer))::integer FROM ticketing.orders o
  WHERE o.promo_id = promo AND o.id <> not_order AND o.status NOT IN ('expired', 'cancelled', 'refunded_unfulfilled');
END;
REVOKE EXECUTE ON FUNCTION ticketing.promo_uses FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticketing.promo_uses TO holdfast_app;
SET LOCAL ROLE holdfast_owner;
REVOKE CREATE ON SCHEMA ticketing FROM holdfast_worker;
