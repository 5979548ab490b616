DROP FUNCTION ticketing.contact_of;
DROP INDEX ticketing.idx_orders_pending, ticketing.idx_orders_hold;
ALTER TABLE ticketing.order_items DROP COLUMN discount_cents, DROP COLUMN fees_cents;
DROP POLICY own_contacts ON ticketing.contacts;
ALTER TABLE ticketing.orders
  DROP COLUMN contact_id, DROP COLUMN mode, DROP COLUMN hold_life, DROP COLUMN attempt, DROP COLUMN promo_id,
  DROP COLUMN discount_cents, DROP COLUMN captured_cents, DROP COLUMN payment_url, DROP COLUMN comp_actor,
  DROP COLUMN comp_reason, DROP COLUMN accepted_late_by, DROP COLUMN accepted_late_reason, DROP COLUMN request_key,
  DROP COLUMN request_hash;
DROP TABLE ticketing.contacts;
