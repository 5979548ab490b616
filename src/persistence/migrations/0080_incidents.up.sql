-- What a person has to decide, one row a matter: an oversold tier, a payment that fits no order, a refund that is due. It is
-- opened by whatever noticed it and stays until somebody says how it ended. Whoever opens one makes its id out of what it is
-- about, so that noticing it again opens nothing.
CREATE TABLE ticketing.incidents (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  severity text NOT NULL DEFAULT 'critical',
  event_id uuid REFERENCES events.events (id),
  tier_id uuid REFERENCES ticketing.ticket_tiers (id),
  -- No foreign keys: a payment may name an order or a ticket that nobody knows, and that is what the incident is about.
  order_id uuid,
  ticket_id uuid,
  payment_ref text,
  detail jsonb NOT NULL DEFAULT '{}',
  opened_at timestamptz NOT NULL DEFAULT now(),
  opened_by text NOT NULL,
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  CONSTRAINT check_incident_kind CHECK (kind ~ '^[a-z][a-z_]{0,62}$'),
  CONSTRAINT check_incident_severity CHECK (severity IN ('critical', 'warning', 'info')),
  CONSTRAINT check_incident_resolved CHECK (
    (resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolution IS NULL)
  )
);
COMMENT ON TABLE ticketing.incidents IS 'Matters a person has to decide. detail names no person: ids, amounts, what was expected and found.';
COMMENT ON COLUMN ticketing.incidents.payment_ref IS 'What the provider calls the payment.';
CREATE INDEX idx_incidents_open ON ticketing.incidents (event_id, kind) WHERE resolved_at IS NULL;
CREATE INDEX idx_incidents_order ON ticketing.incidents (order_id) WHERE order_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON ticketing.incidents TO holdfast_worker;
GRANT SELECT ON ticketing.incidents TO holdfast_readonly, holdfast_backup;
-- The app serves buyers: it may say that something is wrong, and read nothing of what is.
GRANT INSERT (id, kind, severity, event_id, tier_id, order_id, ticket_id, payment_ref, detail, opened_by)
  ON ticketing.incidents TO holdfast_app;

-- Events that are imported keep their ids, and these may be random (UUIDv4): such rows belong to no month, so they lie in the
-- default partition by right. What must be 0 is the number of those that carry a time.
CREATE OR REPLACE VIEW ticketing.default_partition_rows WITH (security_invoker = true) AS
SELECT 'ticket_holds' AS table_name, count(*) AS row_count FROM ticketing.ticket_holds_default
WHERE substring(id::text FROM 15 FOR 1) = '7'
UNION ALL SELECT 'ticket_events', count(*) FROM ticketing.ticket_events_default WHERE substring(id::text FROM 15 FOR 1) = '7'
UNION ALL SELECT 'inventory_journal', count(*) FROM ticketing.inventory_journal_default;
