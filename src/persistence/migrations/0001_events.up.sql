CREATE SCHEMA events;
CREATE SCHEMA ticketing;

-- A dump reads partitions by name, so those made later must be readable too.
ALTER DEFAULT PRIVILEGES IN SCHEMA events GRANT SELECT ON TABLES TO holdfast_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA ticketing GRANT SELECT ON TABLES TO holdfast_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA ticketing GRANT SELECT ON SEQUENCES TO holdfast_backup;
-- A function that issues tickets must not be callable by everybody, which is what PostgreSQL gives by default.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- UUIDv7 for rows that SQL functions make (PostgreSQL has its own only from 18 on). A random UUIDv4 whose first 48 bits
-- become the Unix time in ms; bits 52 and 53 turn version 4 into 7.
CREATE FUNCTION ticketing.uuid_v7(at timestamptz DEFAULT clock_timestamp()) RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog
RETURN encode(
  set_bit(set_bit(
    overlay(uuid_send(gen_random_uuid())
      PLACING substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
    52, 1), 53, 1),
  'hex')::uuid;

CREATE TABLE events.events (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  venue text NOT NULL DEFAULT '',
  start_at timestamptz NOT NULL,
  time_zone text NOT NULL DEFAULT 'UTC',
  currency char(3) NOT NULL DEFAULT 'USD',
  status text NOT NULL DEFAULT 'draft',
  inventory_authority text NOT NULL DEFAULT 'postgres',
  partition smallint,
  sale_state text NOT NULL DEFAULT 'draft',
  opens_at timestamptz,
  closes_at timestamptz,
  hold_ttl_ms integer NOT NULL DEFAULT 900000,
  buyer_limit integer NOT NULL DEFAULT 0,
  extensions_max integer NOT NULL DEFAULT 10,
  extension_ms integer NOT NULL DEFAULT 180000,
  extension_window_ms integer NOT NULL DEFAULT 120000,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT check_event_currency CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT check_event_status CHECK (status IN ('draft', 'published', 'cancelled', 'ended', 'retired')),
  CONSTRAINT check_event_authority CHECK (inventory_authority IN ('postgres', 'redis')),
  CONSTRAINT check_event_open_has_partition CHECK (inventory_authority = 'postgres' OR partition IS NOT NULL),
  CONSTRAINT check_event_partition CHECK (partition >= 0),
  CONSTRAINT check_event_sale_state CHECK (sale_state IN ('draft', 'on_sale', 'paused', 'ended', 'retired')),
  CONSTRAINT check_event_sale_window CHECK (closes_at > opens_at),
  CONSTRAINT check_event_sale_settings CHECK (
    hold_ttl_ms > 0 AND buyer_limit >= 0 AND extensions_max >= 0 AND extension_ms >= 0 AND extension_window_ms >= 0
  )
);
COMMENT ON TABLE events.events IS 'What is on sale. inventory_authority says who decides stock: postgres (imported, not opened) or redis (open).';
COMMENT ON COLUMN events.events.partition IS 'The Redis partition, null until the event is opened.';

-- A hold shares the first 64 bits of its event, so these must name one event: left(id::text, 18) is 16 hex digits and 2 hyphens.
CREATE UNIQUE INDEX events_id_prefix ON events.events (left(id::text, 18));
CREATE INDEX idx_events_partition ON events.events (partition) WHERE inventory_authority = 'redis';
CREATE INDEX idx_events_start ON events.events (start_at);
