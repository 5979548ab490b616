-- Each event is written twice within a second, when it comes and when it is settled, and each index is written with it. Open events are
-- few and are found by idx_stripe_events_look; those of long ago by idx_stripe_events_received, for none is settled before it came.
DROP INDEX ticketing.idx_stripe_events_open;
DROP INDEX ticketing.idx_stripe_events_settled;

-- What the provider tells is a few KB and compressed on its way in: lz4 takes a fraction of the time, where this Postgres has it.
DO $$
BEGIN
  ALTER TABLE ticketing.stripe_events ALTER COLUMN payload SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END
$$;
