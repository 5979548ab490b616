CREATE INDEX idx_stripe_events_open ON ticketing.stripe_events (received_at) WHERE settled_at IS NULL;
CREATE INDEX idx_stripe_events_settled ON ticketing.stripe_events (settled_at) WHERE settled_at IS NOT NULL;
ALTER TABLE ticketing.stripe_events ALTER COLUMN payload SET COMPRESSION default;
