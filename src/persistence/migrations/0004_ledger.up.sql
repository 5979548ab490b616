-- The journal in Postgres, as docs/data.md describes it. No foreign keys here: the ledger takes every fact, also one that
-- the tables beside it refuse.
CREATE TABLE ticketing.inventory_journal (
  event_id uuid NOT NULL,
  version bigint NOT NULL,
  at timestamptz NOT NULL,
  partition smallint NOT NULL,
  epoch bigint NOT NULL,
  entry bigint NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL,
  hold_id uuid,
  order_id uuid,
  op text,
  user_id uuid,
  body text NOT NULL,
  PRIMARY KEY (event_id, version, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE ticketing.inventory_journal IS 'The ledger: one row a fact, append-only. body is what is hashed; user_id is beside it and may be erased.';
CREATE TABLE ticketing.inventory_journal_default PARTITION OF ticketing.inventory_journal DEFAULT;
CREATE INDEX idx_inventory_journal_hold ON ticketing.inventory_journal (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX idx_inventory_journal_order ON ticketing.inventory_journal (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE ticketing.journal_commits (
  event_id uuid NOT NULL,
  first_version bigint NOT NULL,
  last_version bigint NOT NULL,
  root bytea NOT NULL,
  chain bytea NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, first_version),
  CONSTRAINT check_commit_range CHECK (first_version > 0 AND last_version >= first_version),
  CONSTRAINT check_commit_hashes CHECK (octet_length(root) = 32 AND octet_length(chain) = 32)
);

CREATE TABLE ticketing.journal_heads (
  event_id uuid PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0,
  chain bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  projected_version bigint NOT NULL DEFAULT 0,
  frozen_at timestamptz,
  frozen_version bigint,
  frozen_cause text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT check_head_projected CHECK (projected_version >= 0 AND projected_version <= version),
  CONSTRAINT check_head_chain CHECK (octet_length(chain) = 32)
) WITH (fillfactor = 70);
CREATE INDEX idx_journal_heads_frozen ON ticketing.journal_heads (event_id) WHERE frozen_at IS NOT NULL;

CREATE TABLE ticketing.journal_watermarks (
  partition smallint PRIMARY KEY,
  epoch bigint NOT NULL DEFAULT 0,
  entry bigint NOT NULL DEFAULT 0,
  opened boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT check_watermark_not_negative CHECK (partition >= 0 AND epoch >= 0 AND entry >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE ticketing.journal_watermarks IS 'The lock on a row here is the one claim on a partition, for worker and rebuild alike.';

CREATE TABLE ticketing.partition_health (
  partition smallint PRIMARY KEY,
  alive_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
COMMENT ON TABLE ticketing.partition_health IS 'When the Redis of a partition last answered: what an outage is measured from.';

CREATE TABLE ticketing.inventory_operations (
  event_id uuid NOT NULL,
  op text NOT NULL,
  at timestamptz NOT NULL,
  record text NOT NULL,
  PRIMARY KEY (event_id, op)
);
CREATE INDEX idx_inventory_operations_at ON ticketing.inventory_operations (at);

CREATE TABLE ticketing.inventory_commands (
  id uuid PRIMARY KEY DEFAULT ticketing.uuid_v7(),
  event_id uuid NOT NULL REFERENCES events.events (id),
  kind text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  requested_by text NOT NULL DEFAULT session_user,
  requested_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  done_at timestamptz,
  outcome jsonb,
  CONSTRAINT check_command_kind CHECK (kind IN ('reclaim', 'confirm', 'reconcile'))
);
COMMENT ON TABLE ticketing.inventory_commands IS 'What SQL functions ask of an event that Redis decides: the worker runs it there.';
-- A cron job that asks every minute does not grow the queue: one open command of a kind per event (and order).
CREATE UNIQUE INDEX inventory_commands_open
  ON ticketing.inventory_commands (event_id, kind, (coalesce(payload ->> 'order', ''))) WHERE done_at IS NULL;
CREATE INDEX idx_inventory_commands_queue ON ticketing.inventory_commands (requested_at) WHERE done_at IS NULL;

CREATE TABLE ticketing.idempotency_keys (
  principal text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  body_hash text NOT NULL,
  status smallint,
  reply text,
  locked_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
  PRIMARY KEY (principal, route, key)
);
COMMENT ON COLUMN ticketing.idempotency_keys.status IS 'HTTP status of the remembered reply; null while the first request is running (until locked_until).';
CREATE INDEX idx_idempotency_keys_expires ON ticketing.idempotency_keys (expires_at);

CREATE TABLE ticketing.stripe_events (
  id text PRIMARY KEY,
  type text NOT NULL,
  livemode boolean NOT NULL DEFAULT false,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  settled_at timestamptz,
  outcome text
);
CREATE INDEX idx_stripe_events_open ON ticketing.stripe_events (received_at) WHERE settled_at IS NULL;

-- Append-only, for the owner and the superuser too. The one change allowed is the erasure of a person: user_id to null.
CREATE FUNCTION ticketing.refuse_ledger_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME LIKE 'inventory\_journal%' THEN
    IF to_jsonb(NEW) ->> 'user_id' IS NULL AND to_jsonb(NEW) - 'user_id' = to_jsonb(OLD) - 'user_id' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ticketing.inventory_journal
  FOR EACH ROW EXECUTE FUNCTION ticketing.refuse_ledger_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ticketing.inventory_journal
  FOR EACH STATEMENT EXECUTE FUNCTION ticketing.refuse_ledger_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ticketing.journal_commits
  FOR EACH ROW EXECUTE FUNCTION ticketing.refuse_ledger_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ticketing.journal_commits
  FOR EACH STATEMENT EXECUTE FUNCTION ticketing.refuse_ledger_change();
