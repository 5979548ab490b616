DROP FUNCTION ticketing.promo_uses;
ALTER TABLE ticketing.order_items DROP COLUMN title;
DROP INDEX ticketing.idx_orders_promo;
ALTER TABLE ticketing.orders DROP CONSTRAINT orders_promo;
DROP TABLE ticketing.price_steps;
DROP TABLE ticketing.promo_codes;
DROP TABLE ticketing.fee_rules;
