-- Tickets at the door: what was scanned where, keys that are a scanner's, and whether an event's codes rotate.
ALTER TABLE events.events ADD COLUMN rotating_codes boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN events.events.rotating_codes IS 'Codes change every 30 seconds, and a code that stays opens no door.';
GRANT UPDATE (rotating_codes) ON events.events TO holdfast_app;

-- The manifest pages through an event's tickets, and a rebuild reads all of them.
CREATE INDEX idx_tickets_event ON ticketing.tickets (event_id, id);

ALTER TABLE ticketing.api_keys ADD COLUMN event_ids uuid[];
COMMENT ON COLUMN ticketing.api_keys.event_ids IS 'The events whose doors this key is for; null is all of them.';
ALTER TABLE ticketing.api_keys ADD CONSTRAINT check_api_key_events CHECK (event_ids IS NULL OR cardinality(event_ids) > 0);

-- One row per scan of a ticket, under the id that the scan derives: the same scan again is the same row.
CREATE TABLE ticketing.checkins (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticketing.tickets (id),
  event_id uuid NOT NULL REFERENCES events.events (id),
  generation bigint NOT NULL,
  result text NOT NULL,
  gate text NOT NULL,
  device_id text NOT NULL,
  key_name text NOT NULL,
  offline boolean NOT NULL,
  scanned_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT check_checkin_result CHECK (result IN (
    'ok', 'duplicate', 'void', 'suspended', 'refunding', 'old_generation', 'expired_code'
  ))
);
COMMENT ON TABLE ticketing.checkins IS 'Scans at the door and how each was answered. An earlier offline scan turns a later ok into a duplicate.';
-- A ticket lets one person in, whatever a program does.
CREATE UNIQUE INDEX checkins_one_ok ON ticketing.checkins (ticket_id) WHERE result = 'ok';
CREATE INDEX idx_checkins_ticket ON ticketing.checkins (ticket_id, scanned_at);

ALTER TABLE ticketing.checkins ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON ticketing.checkins TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY readonly_all ON ticketing.checkins FOR SELECT TO holdfast_readonly USING (true);
GRANT SELECT, INSERT, UPDATE (result) ON ticketing.checkins TO holdfast_worker;
GRANT SELECT ON ticketing.checkins TO holdfast_readonly, holdfast_backup;
