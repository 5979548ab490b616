-- What an imported event is called where it came from: the same document, read again, finds it by this. Insert-only for the app:
-- its grants on updates are by column, and this one is not among them.
ALTER TABLE events.events
  ADD COLUMN external_ref text,
  ADD CONSTRAINT check_event_external_ref CHECK (length(external_ref) BETWEEN 1 AND 400);
COMMENT ON COLUMN events.events.external_ref IS 'The IRI an imported event is known by elsewhere; null for one that was made here.';
CREATE UNIQUE INDEX events_external_ref ON events.events (external_ref);
