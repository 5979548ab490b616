-- The live holds of an event are found through its tiers: idx_ticket_holds_tier_status_expires has them, and ends too. An index
-- less to keep is a tenth of what a hold costs Postgres.
DROP INDEX ticketing.idx_ticket_holds_live;
