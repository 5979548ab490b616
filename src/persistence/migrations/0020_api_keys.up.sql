-- Organizers' keys. The key itself is nowhere: whoever reads this table cannot use it.
CREATE TABLE ticketing.api_keys (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  sha256 text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  -- A revoked name is not given again: it stands in the ledger for whoever had it.
  CONSTRAINT api_keys_name_once UNIQUE (name),
  CONSTRAINT api_keys_sha256_once UNIQUE (sha256),
  CONSTRAINT check_api_key_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT check_api_key_name CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  CONSTRAINT check_api_key_scopes CHECK (cardinality(scopes) > 0)
);
COMMENT ON TABLE ticketing.api_keys IS 'Keys of organizers by the SHA-256 of their text. Made and revoked by the owner (holdfast keys), read by the server.';

GRANT SELECT ON ticketing.api_keys TO holdfast_app, holdfast_backup;
