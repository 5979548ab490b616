-- People's addresses stand here and nowhere else: orders point to it, and erasing a person is one row.
CREATE TABLE ticketing.contacts (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  email_key text,
  name text,
  locale text NOT NULL DEFAULT 'en',
  created_at timestamptz NOT NULL DEFAULT now(),
  erased_at timestamptz,
  CONSTRAINT contacts_email_key UNIQUE (email_key),
  CONSTRAINT check_contact_key_or_erased CHECK ((email_key IS NULL) = (erased_at IS NOT NULL)),
  CONSTRAINT check_contact_lengths CHECK (length(email) <= 254 AND length(name) <= 200 AND length(locale) <= 35)
);
COMMENT ON COLUMN ticketing.contacts.email IS 'As it was given. Empty once erased.';
COMMENT ON COLUMN ticketing.contacts.email_key IS 'Trimmed and lower-cased: one row a mailbox.';

ALTER TABLE ticketing.orders
  ADD COLUMN contact_id uuid REFERENCES ticketing.contacts (id),
  ADD COLUMN mode text NOT NULL DEFAULT 'hosted',
  ADD COLUMN hold_life integer NOT NULL DEFAULT 1,
  ADD COLUMN attempt integer NOT NULL DEFAULT 1,
  ADD COLUMN promo_id uuid,
  ADD COLUMN discount_cents bigint NOT NULL DEFAULT 0,
  ADD COLUMN captured_cents bigint NOT NULL DEFAULT 0,
  ADD COLUMN payment_url text,
  ADD COLUMN comp_actor text,
  ADD COLUMN comp_reason text,
  ADD COLUMN accepted_late_by text,
  ADD COLUMN accepted_late_reason text,
  ADD COLUMN request_key text,
  ADD COLUMN request_hash text,
  ADD CONSTRAINT check_order_mode CHECK (mode IN ('hosted', 'intent', 'free', 'comp')),
  ADD CONSTRAINT check_order_attempt CHECK (attempt > 0 AND hold_life > 0),
  ADD CONSTRAINT check_order_discount CHECK (discount_cents BETWEEN 0 AND subtotal_cents),
  ADD CONSTRAINT check_order_captured CHECK (captured_cents >= 0),
  ADD CONSTRAINT check_order_comp_has_reason CHECK ((mode = 'comp') = (comp_reason IS NOT NULL));
COMMENT ON COLUMN ticketing.orders.mode IS 'hosted: a page of the provider. intent: a form of ours. free, comp: nothing is paid.';
COMMENT ON COLUMN ticketing.orders.hold_life IS 'Which life of its hold it is for: a hold id may be held again long after its end.';
COMMENT ON COLUMN ticketing.orders.attempt IS 'The payment that was begun last; the idempotency key at the provider is made of id and attempt.';
COMMENT ON COLUMN ticketing.orders.discount_cents IS 'What promo code or comp took off the subtotal. total = subtotal - discount + fees.';
COMMENT ON COLUMN ticketing.orders.captured_cents IS 'What the provider says was taken.';
COMMENT ON COLUMN ticketing.orders.accepted_late_by IS 'The operator who let a late payment have its tickets.';
COMMENT ON COLUMN ticketing.orders.request_key IS 'The Idempotency-Key it was begun with; request_hash is of the body that came with it.';
CREATE INDEX idx_orders_hold ON ticketing.orders (hold_id);
CREATE INDEX idx_orders_contact ON ticketing.orders (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX idx_orders_pending ON ticketing.orders (created_at) WHERE status = 'pending';

-- The order's amounts, line by line, so that a refund of one ticket knows what it cost.
ALTER TABLE ticketing.order_items
  ADD COLUMN discount_cents bigint NOT NULL DEFAULT 0,
  ADD COLUMN fees_cents bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT check_item_amounts CHECK (
    discount_cents BETWEEN 0 AND quantity::bigint * unit_price_cents AND fees_cents >= 0
  );

GRANT SELECT ON ticketing.contacts TO holdfast_app, holdfast_backup;
GRANT SELECT, INSERT, UPDATE ON ticketing.contacts TO holdfast_worker;
GRANT INSERT (contact_id, mode, hold_life, promo_id, discount_cents, comp_actor, comp_reason, request_key, request_hash)
  ON ticketing.orders TO holdfast_app;
GRANT UPDATE (attempt, payment_url) ON ticketing.orders TO holdfast_app;

ALTER TABLE ticketing.contacts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON ticketing.contacts TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY own_contacts ON ticketing.contacts FOR SELECT TO holdfast_app USING (EXISTS (
  SELECT FROM ticketing.orders o WHERE o.contact_id = contacts.id AND o.user_id = (SELECT ticketing.current_uid())
));

-- Who serves one person may not look others up by their address, so it only gets to know the row's id. A name once given stays;
-- the language follows the last one who used the address.
GRANT CREATE ON SCHEMA ticketing TO holdfast_worker;
SET LOCAL ROLE holdfast_worker;
CREATE FUNCTION ticketing.contact_of(contact_email text, contact_name text, contact_locale text) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
BEGIN ATOMIC
  INSERT INTO ticketing.contacts AS c (id, email, email_key, name, locale)
  VALUES (ticketing.uuid_v7(), contact_email, lower(btrim(contact_email)), contact_name, coalesce(contact_locale, 'en'))
  ON CONFLICT (email_key) DO UPDATE SET
    name = coalesce(c.name, excluded.name), locale = coalesce(contact_locale, c.locale)
  RETURNING id;
END;
REVOKE EXECUTE ON FUNCTION ticketing.contact_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticketing.contact_of TO holdfast_app;
SET LOCAL ROLE holdfast_owner;
REVOKE CREATE ON SCHEMA ticketing FROM holdfast_worker;
