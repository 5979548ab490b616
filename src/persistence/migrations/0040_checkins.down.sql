DROP TABLE ticketing.checkins;
ALTER TABLE ticketing.api_keys DROP COLUMN event_ids;
DROP INDEX ticketing.idx_tickets_event;
ALTER TABLE events.events DROP COLUMN rotating_codes;
