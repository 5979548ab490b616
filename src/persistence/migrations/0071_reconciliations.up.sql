-- Each run of the reconciliation leaves a row, and each thing it found one below it.
CREATE TABLE ticketing.reconciliations (
  id uuid PRIMARY KEY,
  -- full: every check on every event. event: the same on one. audit: the whole ledger of every event.
  kind text NOT NULL CHECK (kind IN ('full', 'event', 'audit')),
  mode text NOT NULL CHECK (mode IN ('dry-run', 'fix')),
  event_id uuid REFERENCES events.events,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  -- failed: a check threw, and the run is begun again a few times. replaced: it died, and another one took its place.
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'running', 'done', 'failed', 'replaced')),
  -- Counts those who took the run on: only the last of them may write.
  attempt integer NOT NULL DEFAULT 0,
  started_at timestamptz,
  heard_at timestamptz,
  finished_at timestamptz,
  -- What was looked at, by check.
  checked jsonb NOT NULL DEFAULT '{}',
  findings integer NOT NULL DEFAULT 0,
  repaired integer NOT NULL DEFAULT 0,
  error text,
  CHECK ((kind = 'event') = (event_id IS NOT NULL)),
  CHECK ((status IN ('done', 'failed', 'replaced')) = (finished_at IS NOT NULL))
);
-- One at a time: two would repair the same thing side by side.
CREATE UNIQUE INDEX reconciliations_one_at_a_time ON ticketing.reconciliations ((true)) WHERE status IN ('waiting', 'running');
CREATE INDEX idx_reconciliations_requested ON ticketing.reconciliations (requested_at);

CREATE TABLE ticketing.reconciliation_findings (
  reconciliation_id uuid NOT NULL REFERENCES ticketing.reconciliations ON DELETE CASCADE,
  check_name text NOT NULL,
  subject text NOT NULL,
  event_id uuid,
  tier_id uuid,
  order_id uuid,
  ticket_id uuid,
  -- By how much: tickets, or minor units of the currency named in detail.
  units bigint NOT NULL,
  cause text NOT NULL,
  repair text NOT NULL,
  -- found: nothing was tried. repaired. queued: a job was added that repairs it. failed: tried in vain. manual: for a person.
  outcome text NOT NULL CHECK (outcome IN ('found', 'repaired', 'queued', 'failed', 'manual')),
  repaired_at timestamptz,
  detail jsonb NOT NULL DEFAULT '{}',
  found_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (reconciliation_id, check_name, subject),
  CHECK ((outcome = 'repaired') = (repaired_at IS NOT NULL))
);

-- What the provider says it received, while a run compares it with the records: what does not fit into memory.
CREATE UNLOGGED TABLE ticketing.reconciliation_payments (
  reconciliation_id uuid NOT NULL,
  payment text NOT NULL,
  order_id uuid,
  currency text NOT NULL,
  received bigint NOT NULL,
  refunded bigint NOT NULL,
  PRIMARY KEY (reconciliation_id, payment)
);
CREATE INDEX idx_reconciliation_payments_order ON ticketing.reconciliation_payments (order_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON ticketing.reconciliations, ticketing.reconciliation_findings,
  ticketing.reconciliation_payments TO holdfast_worker;
GRANT SELECT ON ticketing.reconciliations, ticketing.reconciliation_findings TO holdfast_readonly, holdfast_backup;

-- What the checks walk along.
CREATE INDEX idx_orders_pending_id ON ticketing.orders (id) WHERE status = 'pending';
CREATE INDEX idx_orders_paid_at ON ticketing.orders (paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX idx_refund_log_open ON ticketing.refund_log (id) WHERE status = 'requested';
CREATE INDEX idx_stripe_events_settled ON ticketing.stripe_events (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX idx_inventory_commands_done ON ticketing.inventory_commands (done_at) WHERE done_at IS NOT NULL;

-- When the last run ended well, and what it left open: beside the other numbers of health.
CREATE VIEW ticketing.last_reconciliation WITH (security_invoker = true) AS
SELECT r.id, r.kind, r.mode, r.finished_at, r.findings,
  (SELECT count(*) FROM ticketing.reconciliation_findings f
    WHERE f.reconciliation_id = r.id AND f.outcome <> 'repaired') AS open_findings
FROM ticketing.reconciliations r
WHERE r.kind = 'full' AND r.status = 'done' ORDER BY r.finished_at DESC LIMIT 1;
GRANT SELECT ON ticketing.last_reconciliation TO holdfast_worker, holdfast_readonly;
