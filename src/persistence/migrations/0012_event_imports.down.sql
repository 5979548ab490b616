ALTER TABLE events.events DROP COLUMN external_ref;
