-- What the migrations make, read from the catalog of PostgreSQL 18. Written by a test, see schema.pg.test.ts.

-- Roles
ROLE holdfast_app NOLOGIN NOINHERIT;
ROLE holdfast_backup NOLOGIN NOINHERIT BYPASSRLS;
ROLE holdfast_owner NOLOGIN NOINHERIT;
ROLE holdfast_readonly NOLOGIN NOINHERIT;
ROLE holdfast_worker NOLOGIN NOINHERIT BYPASSRLS;

-- Tables and columns
TABLE events.events
  id uuid NOT NULL
  name text NOT NULL
  venue text NOT NULL DEFAULT ''::text
  start_at timestamp with time zone NOT NULL
  time_zone text NOT NULL DEFAULT 'UTC'::text
  currency character(3) NOT NULL DEFAULT 'USD'::bpchar
  status text NOT NULL DEFAULT 'draft'::text
  inventory_authority text NOT NULL DEFAULT 'postgres'::text
  partition smallint
  sale_state text NOT NULL DEFAULT 'draft'::text
  opens_at timestamp with time zone
  closes_at timestamp with time zone
  hold_ttl_ms integer NOT NULL DEFAULT 900000
  buyer_limit integer NOT NULL DEFAULT 0
  extensions_max integer NOT NULL DEFAULT 10
  extension_ms integer NOT NULL DEFAULT 180000
  extension_window_ms integer NOT NULL DEFAULT 120000
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone
  external_ref text
  rotating_codes boolean NOT NULL DEFAULT false;
TABLE holdfast.schema_migrations
  version integer NOT NULL
  name text NOT NULL
  checksum text NOT NULL
  applied_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.api_keys
  id uuid NOT NULL
  name text NOT NULL
  sha256 text NOT NULL
  scopes text[] NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now()
  revoked_at timestamp with time zone
  event_ids uuid[];
TABLE ticketing.checkins FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  ticket_id uuid NOT NULL
  event_id uuid NOT NULL
  generation bigint NOT NULL
  result text NOT NULL
  gate text NOT NULL
  device_id text NOT NULL
  key_name text NOT NULL
  offline boolean NOT NULL
  scanned_at timestamp with time zone NOT NULL
  received_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.contacts FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  email text NOT NULL
  email_key text
  name text
  locale text NOT NULL DEFAULT 'en'::text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  erased_at timestamp with time zone
  user_id uuid;
TABLE ticketing.dispute_tickets FORCE ROW LEVEL SECURITY
  dispute_id text NOT NULL
  ticket_id uuid NOT NULL
  was text NOT NULL;
TABLE ticketing.disputes FORCE ROW LEVEL SECURITY
  id text NOT NULL
  order_id uuid NOT NULL
  user_id uuid
  payment_intent text
  amount_cents bigint NOT NULL
  currency character(3) NOT NULL
  state text NOT NULL
  opened_at timestamp with time zone NOT NULL DEFAULT now()
  decided_at timestamp with time zone
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.event_cancellations
  event_id uuid NOT NULL
  actor text NOT NULL
  reason text NOT NULL DEFAULT ''::text
  return_to text NOT NULL DEFAULT 'house'::text
  requested_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.fee_rules
  event_id uuid NOT NULL
  version integer NOT NULL
  basis_points integer NOT NULL
  fixed_cents integer NOT NULL
  bearer text NOT NULL
  valid_from timestamp with time zone NOT NULL
  actor text NOT NULL
  created_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.idempotency_keys
  principal text NOT NULL
  route text NOT NULL
  key text NOT NULL
  body_hash text NOT NULL
  status smallint
  reply text
  locked_until timestamp with time zone
  created_at timestamp with time zone NOT NULL DEFAULT now()
  expires_at timestamp with time zone NOT NULL DEFAULT (now() + '24:00:00'::interval);
TABLE ticketing.incidents
  id uuid NOT NULL
  kind text NOT NULL
  severity text NOT NULL DEFAULT 'critical'::text
  event_id uuid
  tier_id uuid
  order_id uuid
  ticket_id uuid
  payment_ref text
  detail jsonb NOT NULL DEFAULT '{}'::jsonb
  opened_at timestamp with time zone NOT NULL DEFAULT now()
  opened_by text NOT NULL
  resolved_at timestamp with time zone
  resolved_by text
  resolution text;
TABLE ticketing.inventory_commands
  id uuid NOT NULL DEFAULT ticketing.uuid_v7()
  event_id uuid NOT NULL
  kind text NOT NULL
  payload jsonb NOT NULL DEFAULT '{}'::jsonb
  requested_by text NOT NULL DEFAULT SESSION_USER
  requested_at timestamp with time zone NOT NULL DEFAULT now()
  attempts integer NOT NULL DEFAULT 0
  done_at timestamp with time zone
  outcome jsonb;
TABLE ticketing.inventory_journal PARTITION BY RANGE (at)
  event_id uuid NOT NULL
  version bigint NOT NULL
  at timestamp with time zone NOT NULL
  partition smallint NOT NULL
  epoch bigint NOT NULL
  entry bigint NOT NULL
  "position" integer NOT NULL
  kind text NOT NULL
  hold_id uuid
  order_id uuid
  op text
  user_id uuid
  body text NOT NULL;
TABLE ticketing.inventory_journal_default
  event_id uuid NOT NULL
  version bigint NOT NULL
  at timestamp with time zone NOT NULL
  partition smallint NOT NULL
  epoch bigint NOT NULL
  entry bigint NOT NULL
  "position" integer NOT NULL
  kind text NOT NULL
  hold_id uuid
  order_id uuid
  op text
  user_id uuid
  body text NOT NULL;
TABLE ticketing.inventory_operations
  event_id uuid NOT NULL
  op text NOT NULL
  at timestamp with time zone NOT NULL
  record text NOT NULL;
TABLE ticketing.inventory_pools WITH (fillfactor=50)
  id uuid NOT NULL
  event_id uuid NOT NULL
  name text NOT NULL DEFAULT ''::text
  quantity integer NOT NULL
  reserved_quantity integer NOT NULL DEFAULT 0
  issued_quantity integer NOT NULL DEFAULT 0
  withheld_quantity integer NOT NULL DEFAULT 0
  spoken_for integer NOT NULL DEFAULT 0
  drain_target integer
  "position" integer NOT NULL DEFAULT 0
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.journal_commits
  event_id uuid NOT NULL
  first_version bigint NOT NULL
  last_version bigint NOT NULL
  root bytea NOT NULL
  chain bytea NOT NULL
  committed_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.journal_heads WITH (fillfactor=70)
  event_id uuid NOT NULL
  version bigint NOT NULL DEFAULT 0
  chain bytea NOT NULL DEFAULT decode(repeat('00'::text, 32), 'hex'::text)
  projected_version bigint NOT NULL DEFAULT 0
  frozen_at timestamp with time zone
  frozen_version bigint
  frozen_cause text
  updated_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.journal_watermarks WITH (fillfactor=50)
  partition smallint NOT NULL
  epoch bigint NOT NULL DEFAULT 0
  entry bigint NOT NULL DEFAULT 0
  opened boolean NOT NULL DEFAULT false
  updated_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.mails FORCE ROW LEVEL SECURITY
  id uuid NOT NULL DEFAULT ticketing.uuid_v7()
  contact_id uuid NOT NULL
  order_id uuid
  refund_id uuid
  link_id uuid
  kind text NOT NULL
  locale text NOT NULL DEFAULT 'en'::text
  dedupe text NOT NULL
  status text NOT NULL DEFAULT 'queued'::text
  attempts integer NOT NULL DEFAULT 0
  cause text
  message_id text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  sent_at timestamp with time zone;
TABLE ticketing.order_items FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  order_id uuid NOT NULL
  tier_id uuid NOT NULL
  quantity integer NOT NULL
  unit_price_cents integer NOT NULL
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone
  discount_cents bigint NOT NULL DEFAULT 0
  fees_cents bigint NOT NULL DEFAULT 0
  title text NOT NULL DEFAULT ''::text;
TABLE ticketing.orders FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  event_id uuid NOT NULL
  user_id uuid
  buyer uuid
  hold_id uuid
  origin text NOT NULL DEFAULT 'checkout'::text
  status text NOT NULL DEFAULT 'pending'::text
  stripe_session_id text
  stripe_payment_intent_id text
  subtotal_cents bigint NOT NULL DEFAULT 0
  fees_cents bigint NOT NULL DEFAULT 0
  total_cents bigint NOT NULL DEFAULT 0
  currency character(3) NOT NULL DEFAULT 'USD'::bpchar
  late boolean NOT NULL DEFAULT false
  expires_at timestamp with time zone
  paid_at timestamp with time zone
  cancelled_at timestamp with time zone
  refunded_at timestamp with time zone
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone
  contact_id uuid
  mode text NOT NULL DEFAULT 'hosted'::text
  hold_life integer NOT NULL DEFAULT 1
  attempt integer NOT NULL DEFAULT 1
  promo_id uuid
  discount_cents bigint NOT NULL DEFAULT 0
  captured_cents bigint NOT NULL DEFAULT 0
  payment_url text
  comp_actor text
  comp_reason text
  accepted_late_by text
  accepted_late_reason text
  request_key text
  request_hash text;
TABLE ticketing.partition_health WITH (fillfactor=50)
  partition smallint NOT NULL
  alive_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.payment_cursors
  name text NOT NULL
  at timestamp with time zone NOT NULL
  moved_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.payments FORCE ROW LEVEL SECURITY
  ref text NOT NULL
  kind text NOT NULL
  order_id uuid NOT NULL
  intent text
  attempt integer
  state text NOT NULL
  asked_cents bigint NOT NULL
  received_cents bigint NOT NULL DEFAULT 0
  refunded_cents bigint NOT NULL DEFAULT 0
  currency text NOT NULL
  livemode boolean NOT NULL
  begun_at timestamp with time zone NOT NULL
  outcome text
  settled_at timestamp with time zone
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.price_steps
  id uuid NOT NULL
  event_id uuid NOT NULL
  tier_id uuid NOT NULL
  "position" integer NOT NULL
  price_cents integer NOT NULL
  starts_at timestamp with time zone
  after_quantity integer
  actor text NOT NULL
  done_at timestamp with time zone
  outcome text
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.promo_codes
  id uuid NOT NULL
  event_id uuid NOT NULL
  code text NOT NULL
  code_key text NOT NULL
  kind text NOT NULL
  value bigint NOT NULL
  tier_ids uuid[]
  starts_at timestamp with time zone
  ends_at timestamp with time zone
  uses_max integer
  per_buyer_max integer
  active boolean NOT NULL DEFAULT true
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.reconciliation_findings
  reconciliation_id uuid NOT NULL
  check_name text NOT NULL
  subject text NOT NULL
  event_id uuid
  tier_id uuid
  order_id uuid
  ticket_id uuid
  units bigint NOT NULL
  cause text NOT NULL
  repair text NOT NULL
  outcome text NOT NULL
  repaired_at timestamp with time zone
  detail jsonb NOT NULL DEFAULT '{}'::jsonb
  found_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.reconciliation_payments
  reconciliation_id uuid NOT NULL
  payment text NOT NULL
  order_id uuid
  currency text NOT NULL
  received bigint NOT NULL
  refunded bigint NOT NULL;
TABLE ticketing.reconciliations
  id uuid NOT NULL
  kind text NOT NULL
  mode text NOT NULL
  event_id uuid
  requested_by text NOT NULL
  requested_at timestamp with time zone NOT NULL DEFAULT now()
  status text NOT NULL DEFAULT 'waiting'::text
  attempt integer NOT NULL DEFAULT 0
  started_at timestamp with time zone
  heard_at timestamp with time zone
  finished_at timestamp with time zone
  checked jsonb NOT NULL DEFAULT '{}'::jsonb
  findings integer NOT NULL DEFAULT 0
  repaired integer NOT NULL DEFAULT 0
  error text;
TABLE ticketing.refund_log FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  order_id uuid NOT NULL
  ticket_id uuid
  user_id uuid
  op text
  amount_cents bigint NOT NULL
  currency character(3) NOT NULL DEFAULT 'USD'::bpchar
  status text NOT NULL DEFAULT 'requested'::text
  return_to text NOT NULL DEFAULT 'public'::text
  reason text NOT NULL DEFAULT ''::text
  actor text NOT NULL DEFAULT ''::text
  stripe_refund_id text
  requested_at timestamp with time zone NOT NULL DEFAULT now()
  refunded_at timestamp with time zone
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone
  payment_intent text
  kind text NOT NULL DEFAULT 'payment'::text
  refund_key text
  forced boolean NOT NULL DEFAULT false
  asked_at timestamp with time zone
  provider_state text
  failure text;
TABLE ticketing.refund_tickets FORCE ROW LEVEL SECURITY
  refund_id uuid NOT NULL
  ticket_id uuid NOT NULL
  share_cents bigint NOT NULL
  was text NOT NULL;
TABLE ticketing.settlements
  order_id uuid NOT NULL
  due_at timestamp with time zone NOT NULL
  tries integer NOT NULL DEFAULT 0
  found text;
TABLE ticketing.sign_in_links FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  contact_id uuid NOT NULL
  sha256 text NOT NULL
  asked_by uuid
  created_at timestamp with time zone NOT NULL DEFAULT now()
  expires_at timestamp with time zone NOT NULL
  used_at timestamp with time zone;
TABLE ticketing.stripe_events
  id text NOT NULL
  type text NOT NULL
  livemode boolean NOT NULL DEFAULT false
  payload jsonb NOT NULL
  received_at timestamp with time zone NOT NULL DEFAULT now()
  attempts integer NOT NULL DEFAULT 0
  settled_at timestamp with time zone
  outcome text
  created_at timestamp with time zone NOT NULL DEFAULT now()
  source text NOT NULL DEFAULT 'webhook'::text
  order_id uuid
  ref_kind text
  ref text
  intent text
  dispute jsonb
  look_at timestamp with time zone NOT NULL DEFAULT (now() + '00:00:30'::interval);
TABLE ticketing.task_runners
  id text NOT NULL
  started_at timestamp with time zone NOT NULL DEFAULT now()
  heard_at timestamp with time zone NOT NULL DEFAULT now();
TABLE ticketing.task_successes
  task text NOT NULL
  at timestamp with time zone NOT NULL;
TABLE ticketing.ticket_events PARTITION BY RANGE (id) FORCE ROW LEVEL SECURITY
  id uuid NOT NULL DEFAULT ticketing.uuid_v7()
  ticket_id uuid NOT NULL
  event_type text NOT NULL
  actor_user_id uuid
  metadata jsonb NOT NULL DEFAULT '{}'::jsonb
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.ticket_events_default FORCE ROW LEVEL SECURITY
  id uuid NOT NULL DEFAULT ticketing.uuid_v7()
  ticket_id uuid NOT NULL
  event_type text NOT NULL
  actor_user_id uuid
  metadata jsonb NOT NULL DEFAULT '{}'::jsonb
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.ticket_holds PARTITION BY RANGE (id) FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  tier_id uuid NOT NULL
  event_id uuid NOT NULL
  buyer uuid
  user_id uuid
  quantity integer NOT NULL
  unit_price_cents integer NOT NULL DEFAULT 0
  status text NOT NULL DEFAULT 'active'::text
  paying boolean NOT NULL DEFAULT false
  held_at timestamp with time zone NOT NULL DEFAULT now()
  expires_at timestamp with time zone NOT NULL DEFAULT (now() + '00:15:00'::interval)
  ttl_ms integer NOT NULL DEFAULT 900000
  extensions integer NOT NULL DEFAULT 0
  order_id uuid
  ended_at timestamp with time zone
  held_version bigint
  ended_version bigint
  lives integer NOT NULL DEFAULT 1
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.ticket_holds_default FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  tier_id uuid NOT NULL
  event_id uuid NOT NULL
  buyer uuid
  user_id uuid
  quantity integer NOT NULL
  unit_price_cents integer NOT NULL DEFAULT 0
  status text NOT NULL DEFAULT 'active'::text
  paying boolean NOT NULL DEFAULT false
  held_at timestamp with time zone NOT NULL DEFAULT now()
  expires_at timestamp with time zone NOT NULL DEFAULT (now() + '00:15:00'::interval)
  ttl_ms integer NOT NULL DEFAULT 900000
  extensions integer NOT NULL DEFAULT 0
  order_id uuid
  ended_at timestamp with time zone
  held_version bigint
  ended_version bigint
  lives integer NOT NULL DEFAULT 1
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.ticket_tiers WITH (fillfactor=50)
  id uuid NOT NULL
  event_id uuid NOT NULL
  name text NOT NULL DEFAULT ''::text
  description text NOT NULL DEFAULT ''::text
  price_cents integer NOT NULL
  quantity integer NOT NULL
  reserved_quantity integer NOT NULL DEFAULT 0
  issued_quantity integer NOT NULL DEFAULT 0
  withheld_quantity integer NOT NULL DEFAULT 0
  spoken_for integer NOT NULL DEFAULT 0
  drain_target integer
  price_version integer NOT NULL DEFAULT 1
  buyer_limit integer NOT NULL DEFAULT 0
  pool_id uuid
  "position" integer NOT NULL DEFAULT 0
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;
TABLE ticketing.tickets FORCE ROW LEVEL SECURITY
  id uuid NOT NULL
  order_id uuid NOT NULL
  order_item_id uuid NOT NULL
  ordinal integer NOT NULL
  tier_id uuid NOT NULL
  event_id uuid NOT NULL
  owner_user_id uuid
  buyer uuid
  status text NOT NULL DEFAULT 'issued'::text
  generation integer NOT NULL DEFAULT 1
  qr_code text
  issued_at timestamp with time zone NOT NULL DEFAULT now()
  redeemed_at timestamp with time zone
  voided_at timestamp with time zone
  version bigint NOT NULL DEFAULT 1
  created_at timestamp with time zone NOT NULL DEFAULT now()
  updated_at timestamp with time zone NOT NULL DEFAULT now()
  deleted_at timestamp with time zone;

-- Constraints
ALTER TABLE events.events ADD CONSTRAINT check_event_authority CHECK ((inventory_authority = ANY (ARRAY['postgres'::text, 'redis'::text])));
ALTER TABLE events.events ADD CONSTRAINT check_event_currency CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE events.events ADD CONSTRAINT check_event_external_ref CHECK (((length(external_ref) >= 1) AND (length(external_ref) <= 400)));
ALTER TABLE events.events ADD CONSTRAINT check_event_open_has_partition CHECK (((inventory_authority = 'postgres'::text) OR (partition IS NOT NULL)));
ALTER TABLE events.events ADD CONSTRAINT check_event_partition CHECK ((partition >= 0));
ALTER TABLE events.events ADD CONSTRAINT check_event_sale_settings CHECK (((hold_ttl_ms > 0) AND (buyer_limit >= 0) AND (extensions_max >= 0) AND (extension_ms >= 0) AND (extension_window_ms >= 0)));
ALTER TABLE events.events ADD CONSTRAINT check_event_sale_state CHECK ((sale_state = ANY (ARRAY['draft'::text, 'on_sale'::text, 'paused'::text, 'ended'::text, 'retired'::text])));
ALTER TABLE events.events ADD CONSTRAINT check_event_sale_window CHECK ((closes_at > opens_at));
ALTER TABLE events.events ADD CONSTRAINT check_event_status CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'cancelled'::text, 'ended'::text, 'retired'::text])));
ALTER TABLE events.events ADD CONSTRAINT events_pkey PRIMARY KEY (id);
ALTER TABLE holdfast.schema_migrations ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ticketing.api_keys ADD CONSTRAINT api_keys_name_once UNIQUE (name);
ALTER TABLE ticketing.api_keys ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.api_keys ADD CONSTRAINT api_keys_sha256_once UNIQUE (sha256);
ALTER TABLE ticketing.api_keys ADD CONSTRAINT check_api_key_events CHECK (((event_ids IS NULL) OR (cardinality(event_ids) > 0)));
ALTER TABLE ticketing.api_keys ADD CONSTRAINT check_api_key_name CHECK ((name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'::text));
ALTER TABLE ticketing.api_keys ADD CONSTRAINT check_api_key_scopes CHECK ((cardinality(scopes) > 0));
ALTER TABLE ticketing.api_keys ADD CONSTRAINT check_api_key_sha256 CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE ticketing.checkins ADD CONSTRAINT check_checkin_result CHECK ((result = ANY (ARRAY['ok'::text, 'duplicate'::text, 'void'::text, 'suspended'::text, 'refunding'::text, 'old_generation'::text, 'expired_code'::text])));
ALTER TABLE ticketing.checkins ADD CONSTRAINT checkins_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.checkins ADD CONSTRAINT checkins_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.checkins ADD CONSTRAINT checkins_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticketing.tickets(id);
ALTER TABLE ticketing.contacts ADD CONSTRAINT check_contact_key_or_erased CHECK (((email_key IS NULL) = (erased_at IS NOT NULL)));
ALTER TABLE ticketing.contacts ADD CONSTRAINT check_contact_lengths CHECK (((length(email) <= 254) AND (length(name) <= 200) AND (length(locale) <= 35)));
ALTER TABLE ticketing.contacts ADD CONSTRAINT contacts_email_key UNIQUE (email_key);
ALTER TABLE ticketing.contacts ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.contacts ADD CONSTRAINT contacts_user UNIQUE (user_id);
ALTER TABLE ticketing.dispute_tickets ADD CONSTRAINT check_dispute_ticket CHECK ((was = ANY (ARRAY['issued'::text, 'transferred'::text, 'redeemed'::text])));
ALTER TABLE ticketing.dispute_tickets ADD CONSTRAINT dispute_tickets_dispute_id_fkey FOREIGN KEY (dispute_id) REFERENCES ticketing.disputes(id);
ALTER TABLE ticketing.dispute_tickets ADD CONSTRAINT dispute_tickets_pkey PRIMARY KEY (dispute_id, ticket_id);
ALTER TABLE ticketing.dispute_tickets ADD CONSTRAINT dispute_tickets_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticketing.tickets(id);
ALTER TABLE ticketing.disputes ADD CONSTRAINT check_dispute_amount CHECK ((amount_cents >= 0));
ALTER TABLE ticketing.disputes ADD CONSTRAINT check_dispute_decided CHECK (((state = 'open'::text) = (decided_at IS NULL)));
ALTER TABLE ticketing.disputes ADD CONSTRAINT check_dispute_state CHECK ((state = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text])));
ALTER TABLE ticketing.disputes ADD CONSTRAINT disputes_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.disputes ADD CONSTRAINT disputes_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.event_cancellations ADD CONSTRAINT check_cancellation_return_to CHECK ((return_to = ANY (ARRAY['public'::text, 'house'::text, 'none'::text])));
ALTER TABLE ticketing.event_cancellations ADD CONSTRAINT event_cancellations_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.event_cancellations ADD CONSTRAINT event_cancellations_pkey PRIMARY KEY (event_id);
ALTER TABLE ticketing.fee_rules ADD CONSTRAINT check_fee_bearer CHECK ((bearer = ANY (ARRAY['buyer'::text, 'organizer'::text])));
ALTER TABLE ticketing.fee_rules ADD CONSTRAINT check_fee_rule CHECK (((version > 0) AND ((basis_points >= 0) AND (basis_points <= 10000)) AND (fixed_cents >= 0)));
ALTER TABLE ticketing.fee_rules ADD CONSTRAINT fee_rules_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.fee_rules ADD CONSTRAINT fee_rules_pkey PRIMARY KEY (event_id, version);
ALTER TABLE ticketing.idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, route, key);
ALTER TABLE ticketing.incidents ADD CONSTRAINT check_incident_kind CHECK ((kind ~ '^[a-z][a-z_]{0,62}$'::text));
ALTER TABLE ticketing.incidents ADD CONSTRAINT check_incident_resolved CHECK ((((resolved_at IS NULL) = (resolved_by IS NULL)) AND ((resolved_at IS NULL) = (resolution IS NULL))));
ALTER TABLE ticketing.incidents ADD CONSTRAINT check_incident_severity CHECK ((severity = ANY (ARRAY['critical'::text, 'warning'::text, 'info'::text])));
ALTER TABLE ticketing.incidents ADD CONSTRAINT incidents_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.incidents ADD CONSTRAINT incidents_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.incidents ADD CONSTRAINT incidents_tier_id_fkey FOREIGN KEY (tier_id) REFERENCES ticketing.ticket_tiers(id);
ALTER TABLE ticketing.inventory_commands ADD CONSTRAINT check_command_kind CHECK ((kind = ANY (ARRAY['reclaim'::text, 'confirm'::text, 'reconcile'::text])));
ALTER TABLE ticketing.inventory_commands ADD CONSTRAINT inventory_commands_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.inventory_commands ADD CONSTRAINT inventory_commands_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.inventory_journal ADD CONSTRAINT inventory_journal_pkey PRIMARY KEY (event_id, version, at);
ALTER TABLE ticketing.inventory_operations ADD CONSTRAINT inventory_operations_pkey PRIMARY KEY (event_id, op);
ALTER TABLE ticketing.inventory_pools ADD CONSTRAINT check_pool_not_negative CHECK (((quantity >= 0) AND (reserved_quantity >= 0) AND (issued_quantity >= 0) AND (withheld_quantity >= 0) AND (spoken_for >= 0) AND (drain_target >= 0)));
ALTER TABLE ticketing.inventory_pools ADD CONSTRAINT check_pool_total_not_exceeded CHECK ((((reserved_quantity + issued_quantity) + withheld_quantity) <= quantity));
ALTER TABLE ticketing.inventory_pools ADD CONSTRAINT inventory_pools_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.inventory_pools ADD CONSTRAINT inventory_pools_id_event UNIQUE (id, event_id);
ALTER TABLE ticketing.inventory_pools ADD CONSTRAINT inventory_pools_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.journal_commits ADD CONSTRAINT check_commit_hashes CHECK (((octet_length(root) = 32) AND (octet_length(chain) = 32)));
ALTER TABLE ticketing.journal_commits ADD CONSTRAINT check_commit_range CHECK (((first_version > 0) AND (last_version >= first_version)));
ALTER TABLE ticketing.journal_commits ADD CONSTRAINT journal_commits_pkey PRIMARY KEY (event_id, first_version);
ALTER TABLE ticketing.journal_heads ADD CONSTRAINT check_head_chain CHECK ((octet_length(chain) = 32));
ALTER TABLE ticketing.journal_heads ADD CONSTRAINT check_head_projected CHECK (((projected_version >= 0) AND (projected_version <= version)));
ALTER TABLE ticketing.journal_heads ADD CONSTRAINT journal_heads_pkey PRIMARY KEY (event_id);
ALTER TABLE ticketing.journal_watermarks ADD CONSTRAINT check_watermark_not_negative CHECK (((partition >= 0) AND (epoch >= 0) AND (entry >= 0)));
ALTER TABLE ticketing.journal_watermarks ADD CONSTRAINT journal_watermarks_pkey PRIMARY KEY (partition);
ALTER TABLE ticketing.mails ADD CONSTRAINT check_mail_attempts CHECK ((attempts >= 0));
ALTER TABLE ticketing.mails ADD CONSTRAINT check_mail_kind CHECK ((kind = ANY (ARRAY['confirmation'::text, 'refund'::text, 'unfulfilled'::text, 'sign_in'::text])));
ALTER TABLE ticketing.mails ADD CONSTRAINT check_mail_sent_has_time CHECK (((status = 'sent'::text) = (sent_at IS NOT NULL)));
ALTER TABLE ticketing.mails ADD CONSTRAINT check_mail_status CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'dead'::text])));
ALTER TABLE ticketing.mails ADD CONSTRAINT check_mail_subject CHECK ((((kind = 'sign_in'::text) = (order_id IS NULL)) AND ((kind = 'sign_in'::text) = (link_id IS NOT NULL)) AND ((kind = 'refund'::text) = (refund_id IS NOT NULL))));
ALTER TABLE ticketing.mails ADD CONSTRAINT mails_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES ticketing.contacts(id);
ALTER TABLE ticketing.mails ADD CONSTRAINT mails_dedupe UNIQUE (dedupe);
ALTER TABLE ticketing.mails ADD CONSTRAINT mails_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.mails ADD CONSTRAINT mails_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.mails ADD CONSTRAINT mails_refund_id_fkey FOREIGN KEY (refund_id) REFERENCES ticketing.refund_log(id);
ALTER TABLE ticketing.order_items ADD CONSTRAINT check_item_amounts CHECK ((((discount_cents >= 0) AND (discount_cents <= ((quantity)::bigint * unit_price_cents))) AND (fees_cents >= 0)));
ALTER TABLE ticketing.order_items ADD CONSTRAINT check_item_price_not_negative CHECK ((unit_price_cents >= 0));
ALTER TABLE ticketing.order_items ADD CONSTRAINT check_item_quantity_positive CHECK ((quantity > 0));
ALTER TABLE ticketing.order_items ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.order_items ADD CONSTRAINT order_items_order_tier UNIQUE (order_id, tier_id);
ALTER TABLE ticketing.order_items ADD CONSTRAINT order_items_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.order_items ADD CONSTRAINT order_items_tier_id_fkey FOREIGN KEY (tier_id) REFERENCES ticketing.ticket_tiers(id);
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_amounts CHECK (((subtotal_cents >= 0) AND (fees_cents >= 0) AND (total_cents >= 0)));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_attempt CHECK (((attempt > 0) AND (hold_life > 0)));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_captured CHECK ((captured_cents >= 0));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_comp_has_reason CHECK (((mode = 'comp'::text) = (comp_reason IS NOT NULL)));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_currency CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_discount CHECK (((discount_cents >= 0) AND (discount_cents <= subtotal_cents)));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_mode CHECK ((mode = ANY (ARRAY['hosted'::text, 'intent'::text, 'free'::text, 'comp'::text])));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_origin CHECK ((origin = ANY (ARRAY['checkout'::text, 'journal'::text, 'import'::text])));
ALTER TABLE ticketing.orders ADD CONSTRAINT check_order_status CHECK ((status = ANY (ARRAY['pending'::text, 'paid'::text, 'expired'::text, 'cancelled'::text, 'refunded_unfulfilled'::text, 'partially_refunded'::text, 'refunded'::text, 'disputed'::text])));
ALTER TABLE ticketing.orders ADD CONSTRAINT orders_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES ticketing.contacts(id);
ALTER TABLE ticketing.orders ADD CONSTRAINT orders_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.orders ADD CONSTRAINT orders_promo FOREIGN KEY (promo_id) REFERENCES ticketing.promo_codes(id);
ALTER TABLE ticketing.orders ADD CONSTRAINT orders_stripe_payment_intent UNIQUE (stripe_payment_intent_id);
ALTER TABLE ticketing.orders ADD CONSTRAINT orders_stripe_session UNIQUE (stripe_session_id);
ALTER TABLE ticketing.partition_health ADD CONSTRAINT partition_health_pkey PRIMARY KEY (partition);
ALTER TABLE ticketing.payment_cursors ADD CONSTRAINT payment_cursors_pkey PRIMARY KEY (name);
ALTER TABLE ticketing.payments ADD CONSTRAINT check_payment_amounts CHECK (((asked_cents >= 0) AND (received_cents >= 0) AND (refunded_cents >= 0)));
ALTER TABLE ticketing.payments ADD CONSTRAINT check_payment_kind CHECK ((kind = ANY (ARRAY['session'::text, 'intent'::text])));
ALTER TABLE ticketing.payments ADD CONSTRAINT check_payment_state CHECK ((state = ANY (ARRAY['open'::text, 'processing'::text, 'authorised'::text, 'closed'::text, 'paid'::text])));
ALTER TABLE ticketing.payments ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.payments ADD CONSTRAINT payments_pkey PRIMARY KEY (ref);
ALTER TABLE ticketing.price_steps ADD CONSTRAINT check_step_done CHECK ((((done_at IS NULL) = (outcome IS NULL)) AND (outcome = ANY (ARRAY['applied'::text, 'passed_over'::text, 'refused'::text]))));
ALTER TABLE ticketing.price_steps ADD CONSTRAINT check_step_price CHECK ((price_cents >= 0));
ALTER TABLE ticketing.price_steps ADD CONSTRAINT check_step_quantity CHECK ((after_quantity > 0));
ALTER TABLE ticketing.price_steps ADD CONSTRAINT check_step_trigger CHECK (((starts_at IS NULL) <> (after_quantity IS NULL)));
ALTER TABLE ticketing.price_steps ADD CONSTRAINT price_steps_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.price_steps ADD CONSTRAINT price_steps_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.price_steps ADD CONSTRAINT price_steps_tier FOREIGN KEY (tier_id, event_id) REFERENCES ticketing.ticket_tiers(id, event_id);
ALTER TABLE ticketing.promo_codes ADD CONSTRAINT check_promo_kind CHECK ((kind = ANY (ARRAY['percent'::text, 'amount'::text])));
ALTER TABLE ticketing.promo_codes ADD CONSTRAINT check_promo_limits CHECK (((uses_max > 0) AND (per_buyer_max > 0)));
ALTER TABLE ticketing.promo_codes ADD CONSTRAINT check_promo_value CHECK (((value > 0) AND ((kind <> 'percent'::text) OR (value <= 10000))));
ALTER TABLE ticketing.promo_codes ADD CONSTRAINT check_promo_window CHECK ((ends_at > starts_at));
ALTER TABLE ticketing.promo_codes ADD CONSTRAINT promo_codes_event_code UNIQUE (event_id, code_key);
ALTER TABLE ticketing.promo_codes ADD CONSTRAINT promo_codes_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.promo_codes ADD CONSTRAINT promo_codes_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.reconciliation_findings ADD CONSTRAINT reconciliation_findings_check CHECK (((outcome = 'repaired'::text) = (repaired_at IS NOT NULL)));
ALTER TABLE ticketing.reconciliation_findings ADD CONSTRAINT reconciliation_findings_outcome_check CHECK ((outcome = ANY (ARRAY['found'::text, 'repaired'::text, 'queued'::text, 'failed'::text, 'manual'::text])));
ALTER TABLE ticketing.reconciliation_findings ADD CONSTRAINT reconciliation_findings_pkey PRIMARY KEY (reconciliation_id, check_name, subject);
ALTER TABLE ticketing.reconciliation_findings ADD CONSTRAINT reconciliation_findings_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES ticketing.reconciliations(id) ON DELETE CASCADE;
ALTER TABLE ticketing.reconciliation_payments ADD CONSTRAINT reconciliation_payments_pkey PRIMARY KEY (reconciliation_id, payment);
ALTER TABLE ticketing.reconciliations ADD CONSTRAINT reconciliations_check CHECK (((kind = 'event'::text) = (event_id IS NOT NULL)));
ALTER TABLE ticketing.reconciliations ADD CONSTRAINT reconciliations_check1 CHECK (((status = ANY (ARRAY['done'::text, 'failed'::text, 'replaced'::text])) = (finished_at IS NOT NULL)));
ALTER TABLE ticketing.reconciliations ADD CONSTRAINT reconciliations_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.reconciliations ADD CONSTRAINT reconciliations_kind_check CHECK ((kind = ANY (ARRAY['full'::text, 'event'::text, 'audit'::text])));
ALTER TABLE ticketing.reconciliations ADD CONSTRAINT reconciliations_mode_check CHECK ((mode = ANY (ARRAY['dry-run'::text, 'fix'::text])));
ALTER TABLE ticketing.reconciliations ADD CONSTRAINT reconciliations_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.reconciliations ADD CONSTRAINT reconciliations_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'replaced'::text])));
ALTER TABLE ticketing.refund_log ADD CONSTRAINT check_refund_amount_not_negative CHECK ((amount_cents >= 0));
ALTER TABLE ticketing.refund_log ADD CONSTRAINT check_refund_kind CHECK ((kind = ANY (ARRAY['payment'::text, 'tickets'::text, 'amount'::text, 'elsewhere'::text, 'chargeback'::text])));
ALTER TABLE ticketing.refund_log ADD CONSTRAINT check_refund_provider_state CHECK ((provider_state = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text])));
ALTER TABLE ticketing.refund_log ADD CONSTRAINT check_refund_return_to CHECK ((return_to = ANY (ARRAY['public'::text, 'house'::text, 'none'::text])));
ALTER TABLE ticketing.refund_log ADD CONSTRAINT check_refund_status CHECK ((status = ANY (ARRAY['requested'::text, 'done'::text, 'failed'::text])));
ALTER TABLE ticketing.refund_log ADD CONSTRAINT refund_log_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.refund_log ADD CONSTRAINT refund_log_order_key UNIQUE (order_id, refund_key);
ALTER TABLE ticketing.refund_log ADD CONSTRAINT refund_log_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.refund_log ADD CONSTRAINT refund_log_stripe_refund UNIQUE (stripe_refund_id);
ALTER TABLE ticketing.refund_log ADD CONSTRAINT refund_log_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticketing.tickets(id);
ALTER TABLE ticketing.refund_tickets ADD CONSTRAINT check_refund_ticket CHECK (((share_cents >= 0) AND (was = ANY (ARRAY['issued'::text, 'transferred'::text, 'redeemed'::text, 'suspended'::text]))));
ALTER TABLE ticketing.refund_tickets ADD CONSTRAINT refund_tickets_pkey PRIMARY KEY (refund_id, ticket_id);
ALTER TABLE ticketing.refund_tickets ADD CONSTRAINT refund_tickets_refund_id_fkey FOREIGN KEY (refund_id) REFERENCES ticketing.refund_log(id);
ALTER TABLE ticketing.refund_tickets ADD CONSTRAINT refund_tickets_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticketing.tickets(id);
ALTER TABLE ticketing.settlements ADD CONSTRAINT settlements_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.settlements ADD CONSTRAINT settlements_pkey PRIMARY KEY (order_id);
ALTER TABLE ticketing.sign_in_links ADD CONSTRAINT check_link_expires CHECK ((expires_at > created_at));
ALTER TABLE ticketing.sign_in_links ADD CONSTRAINT check_link_sha256 CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE ticketing.sign_in_links ADD CONSTRAINT sign_in_links_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES ticketing.contacts(id);
ALTER TABLE ticketing.sign_in_links ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.sign_in_links ADD CONSTRAINT sign_in_links_sha256_once UNIQUE (sha256);
ALTER TABLE ticketing.stripe_events ADD CONSTRAINT check_stripe_event_ref CHECK ((((ref IS NULL) = (ref_kind IS NULL)) AND (ref_kind = ANY (ARRAY['session'::text, 'intent'::text]))));
ALTER TABLE ticketing.stripe_events ADD CONSTRAINT check_stripe_event_source CHECK ((source = ANY (ARRAY['webhook'::text, 'poll'::text])));
ALTER TABLE ticketing.stripe_events ADD CONSTRAINT stripe_events_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.task_runners ADD CONSTRAINT task_runners_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.task_successes ADD CONSTRAINT task_successes_pkey PRIMARY KEY (task);
ALTER TABLE ticketing.ticket_events ADD CONSTRAINT check_ticket_event_type CHECK ((event_type = ANY (ARRAY['created'::text, 'transferred'::text, 'redeemed'::text, 'refunding'::text, 'refunded'::text, 'voided'::text, 'suspended'::text, 'reinstated'::text, 'viewed'::text])));
ALTER TABLE ticketing.ticket_events ADD CONSTRAINT ticket_events_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.ticket_events ADD CONSTRAINT ticket_events_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES ticketing.tickets(id);
ALTER TABLE ticketing.ticket_events_default ADD CONSTRAINT check_ticket_event_type CHECK ((event_type = ANY (ARRAY['created'::text, 'transferred'::text, 'redeemed'::text, 'refunding'::text, 'refunded'::text, 'voided'::text, 'suspended'::text, 'reinstated'::text, 'viewed'::text])));
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT check_hold_counts CHECK (((ttl_ms > 0) AND (extensions >= 0) AND (lives > 0)));
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT check_hold_ended_has_time CHECK (((status = 'active'::text) = (ended_at IS NULL)));
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT check_hold_paying_is_active CHECK (((NOT paying) OR (status = 'active'::text)));
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT check_hold_price_not_negative CHECK ((unit_price_cents >= 0));
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT check_hold_quantity_positive CHECK ((quantity > 0));
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT check_hold_status CHECK ((status = ANY (ARRAY['active'::text, 'completed'::text, 'expired'::text, 'released'::text, 'unfulfilled'::text])));
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT ticket_holds_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.ticket_holds ADD CONSTRAINT ticket_holds_pkey PRIMARY KEY (id, tier_id);
ALTER TABLE ticketing.ticket_holds_default ADD CONSTRAINT check_hold_counts CHECK (((ttl_ms > 0) AND (extensions >= 0) AND (lives > 0)));
ALTER TABLE ticketing.ticket_holds_default ADD CONSTRAINT check_hold_ended_has_time CHECK (((status = 'active'::text) = (ended_at IS NULL)));
ALTER TABLE ticketing.ticket_holds_default ADD CONSTRAINT check_hold_paying_is_active CHECK (((NOT paying) OR (status = 'active'::text)));
ALTER TABLE ticketing.ticket_holds_default ADD CONSTRAINT check_hold_price_not_negative CHECK ((unit_price_cents >= 0));
ALTER TABLE ticketing.ticket_holds_default ADD CONSTRAINT check_hold_quantity_positive CHECK ((quantity > 0));
ALTER TABLE ticketing.ticket_holds_default ADD CONSTRAINT check_hold_status CHECK ((status = ANY (ARRAY['active'::text, 'completed'::text, 'expired'::text, 'released'::text, 'unfulfilled'::text])));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_capacity_not_exceeded CHECK ((issued_quantity <= quantity));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_issued_not_negative CHECK ((issued_quantity >= 0));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_price_not_negative CHECK ((price_cents >= 0));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_quantity_not_negative CHECK ((quantity >= 0));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_reserved_not_negative CHECK ((reserved_quantity >= 0));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_tier_settings CHECK (((spoken_for >= 0) AND (drain_target >= 0) AND (buyer_limit >= 0) AND (price_version >= 0)));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_total_not_exceeded CHECK ((((reserved_quantity + issued_quantity) + withheld_quantity) <= quantity));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT check_withheld_not_negative CHECK ((withheld_quantity >= 0));
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT ticket_tiers_event_id_fkey FOREIGN KEY (event_id) REFERENCES events.events(id);
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT ticket_tiers_id_event UNIQUE (id, event_id);
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT ticket_tiers_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.ticket_tiers ADD CONSTRAINT ticket_tiers_pool FOREIGN KEY (pool_id, event_id) REFERENCES ticketing.inventory_pools(id, event_id);
ALTER TABLE ticketing.tickets ADD CONSTRAINT check_ticket_ordinal_positive CHECK ((ordinal > 0));
ALTER TABLE ticketing.tickets ADD CONSTRAINT check_ticket_redeemed_has_time CHECK (((status <> 'redeemed'::text) OR (redeemed_at IS NOT NULL)));
ALTER TABLE ticketing.tickets ADD CONSTRAINT check_ticket_status CHECK ((status = ANY (ARRAY['issued'::text, 'transferred'::text, 'redeemed'::text, 'refunding'::text, 'void'::text, 'suspended'::text])));
ALTER TABLE ticketing.tickets ADD CONSTRAINT check_ticket_void_has_time CHECK (((status = 'void'::text) = (voided_at IS NOT NULL)));
ALTER TABLE ticketing.tickets ADD CONSTRAINT tickets_order_id_fkey FOREIGN KEY (order_id) REFERENCES ticketing.orders(id);
ALTER TABLE ticketing.tickets ADD CONSTRAINT tickets_order_item_id_fkey FOREIGN KEY (order_item_id) REFERENCES ticketing.order_items(id);
ALTER TABLE ticketing.tickets ADD CONSTRAINT tickets_order_item_ordinal UNIQUE (order_item_id, ordinal);
ALTER TABLE ticketing.tickets ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);
ALTER TABLE ticketing.tickets ADD CONSTRAINT tickets_tier FOREIGN KEY (tier_id, event_id) REFERENCES ticketing.ticket_tiers(id, event_id);

-- Indexes
CREATE INDEX idx_checkins_ticket ON ticketing.checkins USING btree (ticket_id, scanned_at);
CREATE INDEX idx_dispute_tickets_ticket ON ticketing.dispute_tickets USING btree (ticket_id);
CREATE INDEX idx_disputes_order ON ticketing.disputes USING btree (order_id);
CREATE INDEX idx_events_partition ON events.events USING btree (partition) WHERE (inventory_authority = 'redis'::text);
CREATE INDEX idx_events_start ON events.events USING btree (start_at);
CREATE INDEX idx_holds_user_expires ON ONLY ticketing.ticket_holds USING btree (user_id, expires_at);
CREATE INDEX idx_idempotency_keys_expires ON ticketing.idempotency_keys USING btree (expires_at);
CREATE INDEX idx_incidents_open ON ticketing.incidents USING btree (event_id, kind) WHERE (resolved_at IS NULL);
CREATE INDEX idx_incidents_order ON ticketing.incidents USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX idx_inventory_commands_done ON ticketing.inventory_commands USING btree (done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX idx_inventory_commands_queue ON ticketing.inventory_commands USING btree (requested_at) WHERE (done_at IS NULL);
CREATE INDEX idx_inventory_journal_hold ON ONLY ticketing.inventory_journal USING btree (hold_id) WHERE (hold_id IS NOT NULL);
CREATE INDEX idx_inventory_journal_order ON ONLY ticketing.inventory_journal USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX idx_inventory_operations_at ON ticketing.inventory_operations USING btree (at);
CREATE INDEX idx_inventory_pools_event ON ticketing.inventory_pools USING btree (event_id);
CREATE INDEX idx_journal_heads_frozen ON ticketing.journal_heads USING btree (event_id) WHERE (frozen_at IS NOT NULL);
CREATE INDEX idx_mails_contact ON ticketing.mails USING btree (contact_id);
CREATE INDEX idx_mails_order ON ticketing.mails USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX idx_mails_unsent ON ticketing.mails USING btree (created_at) WHERE (status <> 'sent'::text);
CREATE INDEX idx_order_items_tier ON ticketing.order_items USING btree (tier_id);
CREATE INDEX idx_orders_contact ON ticketing.orders USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX idx_orders_event_status_created ON ticketing.orders USING btree (event_id, status, created_at);
CREATE INDEX idx_orders_hold ON ticketing.orders USING btree (hold_id);
CREATE INDEX idx_orders_paid_at ON ticketing.orders USING btree (paid_at) WHERE (paid_at IS NOT NULL);
CREATE INDEX idx_orders_pending ON ticketing.orders USING btree (created_at) WHERE (status = 'pending'::text);
CREATE INDEX idx_orders_pending_id ON ticketing.orders USING btree (id) WHERE (status = 'pending'::text);
CREATE INDEX idx_orders_promo ON ticketing.orders USING btree (promo_id) WHERE (promo_id IS NOT NULL);
CREATE INDEX idx_orders_user_status ON ticketing.orders USING btree (user_id, status);
CREATE INDEX idx_payments_intent ON ticketing.payments USING btree (intent) WHERE (intent IS NOT NULL);
CREATE INDEX idx_payments_order ON ticketing.payments USING btree (order_id);
CREATE INDEX idx_price_steps_open ON ticketing.price_steps USING btree (tier_id) WHERE ((done_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX idx_reconciliation_payments_order ON ticketing.reconciliation_payments USING btree (order_id);
CREATE INDEX idx_reconciliations_requested ON ticketing.reconciliations USING btree (requested_at);
CREATE INDEX idx_refund_log_open ON ticketing.refund_log USING btree (id) WHERE (status = 'requested'::text);
CREATE INDEX idx_refund_log_order ON ticketing.refund_log USING btree (order_id);
CREATE INDEX idx_refund_tickets_ticket ON ticketing.refund_tickets USING btree (ticket_id);
CREATE INDEX idx_settlements_due ON ticketing.settlements USING btree (due_at);
CREATE INDEX idx_sign_in_links_contact ON ticketing.sign_in_links USING btree (contact_id, created_at);
CREATE INDEX idx_stripe_events_look ON ticketing.stripe_events USING btree (look_at) WHERE (settled_at IS NULL);
CREATE INDEX idx_stripe_events_order ON ticketing.stripe_events USING btree (order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX idx_stripe_events_received ON ticketing.stripe_events USING btree (received_at);
CREATE INDEX idx_ticket_events_ticket ON ONLY ticketing.ticket_events USING btree (ticket_id);
CREATE INDEX idx_ticket_holds_tier_status_expires ON ONLY ticketing.ticket_holds USING btree (tier_id, status, expires_at);
CREATE INDEX idx_ticket_tiers_event ON ticketing.ticket_tiers USING btree (event_id);
CREATE INDEX idx_tickets_event ON ticketing.tickets USING btree (event_id, id);
CREATE INDEX idx_tickets_order ON ticketing.tickets USING btree (order_id);
CREATE INDEX idx_tickets_owner_event ON ticketing.tickets USING btree (owner_user_id, event_id);
CREATE INDEX idx_tickets_tier_status ON ticketing.tickets USING btree (tier_id, status);
CREATE UNIQUE INDEX api_keys_name_once ON ticketing.api_keys USING btree (name);
CREATE UNIQUE INDEX api_keys_pkey ON ticketing.api_keys USING btree (id);
CREATE UNIQUE INDEX api_keys_sha256_once ON ticketing.api_keys USING btree (sha256);
CREATE UNIQUE INDEX checkins_one_ok ON ticketing.checkins USING btree (ticket_id) WHERE (result = 'ok'::text);
CREATE UNIQUE INDEX checkins_pkey ON ticketing.checkins USING btree (id);
CREATE UNIQUE INDEX contacts_email_key ON ticketing.contacts USING btree (email_key);
CREATE UNIQUE INDEX contacts_pkey ON ticketing.contacts USING btree (id);
CREATE UNIQUE INDEX contacts_user ON ticketing.contacts USING btree (user_id);
CREATE UNIQUE INDEX dispute_tickets_pkey ON ticketing.dispute_tickets USING btree (dispute_id, ticket_id);
CREATE UNIQUE INDEX disputes_pkey ON ticketing.disputes USING btree (id);
CREATE UNIQUE INDEX event_cancellations_pkey ON ticketing.event_cancellations USING btree (event_id);
CREATE UNIQUE INDEX events_external_ref ON events.events USING btree (external_ref);
CREATE UNIQUE INDEX events_id_prefix ON events.events USING btree ("left"((id)::text, 18));
CREATE UNIQUE INDEX events_pkey ON events.events USING btree (id);
CREATE UNIQUE INDEX fee_rules_pkey ON ticketing.fee_rules USING btree (event_id, version);
CREATE UNIQUE INDEX idempotency_keys_pkey ON ticketing.idempotency_keys USING btree (principal, route, key);
CREATE UNIQUE INDEX incidents_pkey ON ticketing.incidents USING btree (id);
CREATE UNIQUE INDEX inventory_commands_open ON ticketing.inventory_commands USING btree (event_id, kind, COALESCE((payload ->> 'order'::text), ''::text)) WHERE (done_at IS NULL);
CREATE UNIQUE INDEX inventory_commands_pkey ON ticketing.inventory_commands USING btree (id);
CREATE UNIQUE INDEX inventory_journal_pkey ON ONLY ticketing.inventory_journal USING btree (event_id, version, at);
CREATE UNIQUE INDEX inventory_operations_pkey ON ticketing.inventory_operations USING btree (event_id, op);
CREATE UNIQUE INDEX inventory_pools_id_event ON ticketing.inventory_pools USING btree (id, event_id);
CREATE UNIQUE INDEX inventory_pools_pkey ON ticketing.inventory_pools USING btree (id);
CREATE UNIQUE INDEX journal_commits_pkey ON ticketing.journal_commits USING btree (event_id, first_version);
CREATE UNIQUE INDEX journal_heads_pkey ON ticketing.journal_heads USING btree (event_id);
CREATE UNIQUE INDEX journal_watermarks_pkey ON ticketing.journal_watermarks USING btree (partition);
CREATE UNIQUE INDEX mails_dedupe ON ticketing.mails USING btree (dedupe);
CREATE UNIQUE INDEX mails_pkey ON ticketing.mails USING btree (id);
CREATE UNIQUE INDEX order_items_order_tier ON ticketing.order_items USING btree (order_id, tier_id);
CREATE UNIQUE INDEX order_items_pkey ON ticketing.order_items USING btree (id);
CREATE UNIQUE INDEX orders_pkey ON ticketing.orders USING btree (id);
CREATE UNIQUE INDEX orders_stripe_payment_intent ON ticketing.orders USING btree (stripe_payment_intent_id);
CREATE UNIQUE INDEX orders_stripe_session ON ticketing.orders USING btree (stripe_session_id);
CREATE UNIQUE INDEX partition_health_pkey ON ticketing.partition_health USING btree (partition);
CREATE UNIQUE INDEX payment_cursors_pkey ON ticketing.payment_cursors USING btree (name);
CREATE UNIQUE INDEX payments_pkey ON ticketing.payments USING btree (ref);
CREATE UNIQUE INDEX price_steps_pkey ON ticketing.price_steps USING btree (id);
CREATE UNIQUE INDEX price_steps_position ON ticketing.price_steps USING btree (tier_id, "position") WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX promo_codes_event_code ON ticketing.promo_codes USING btree (event_id, code_key);
CREATE UNIQUE INDEX promo_codes_pkey ON ticketing.promo_codes USING btree (id);
CREATE UNIQUE INDEX reconciliation_findings_pkey ON ticketing.reconciliation_findings USING btree (reconciliation_id, check_name, subject);
CREATE UNIQUE INDEX reconciliation_payments_pkey ON ticketing.reconciliation_payments USING btree (reconciliation_id, payment);
CREATE UNIQUE INDEX reconciliations_one_at_a_time ON ticketing.reconciliations USING btree ((true)) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE UNIQUE INDEX reconciliations_pkey ON ticketing.reconciliations USING btree (id);
CREATE UNIQUE INDEX refund_log_order_key ON ticketing.refund_log USING btree (order_id, refund_key);
CREATE UNIQUE INDEX refund_log_pkey ON ticketing.refund_log USING btree (id);
CREATE UNIQUE INDEX refund_log_stripe_refund ON ticketing.refund_log USING btree (stripe_refund_id);
CREATE UNIQUE INDEX refund_tickets_pkey ON ticketing.refund_tickets USING btree (refund_id, ticket_id);
CREATE UNIQUE INDEX sales_velocity_event_hour ON ticketing.sales_velocity USING btree (event_id, hour);
CREATE UNIQUE INDEX schema_migrations_pkey ON holdfast.schema_migrations USING btree (version);
CREATE UNIQUE INDEX settlements_pkey ON ticketing.settlements USING btree (order_id);
CREATE UNIQUE INDEX sign_in_links_pkey ON ticketing.sign_in_links USING btree (id);
CREATE UNIQUE INDEX sign_in_links_sha256_once ON ticketing.sign_in_links USING btree (sha256);
CREATE UNIQUE INDEX stripe_events_pkey ON ticketing.stripe_events USING btree (id);
CREATE UNIQUE INDEX task_runners_pkey ON ticketing.task_runners USING btree (id);
CREATE UNIQUE INDEX task_successes_pkey ON ticketing.task_successes USING btree (task);
CREATE UNIQUE INDEX ticket_events_pkey ON ONLY ticketing.ticket_events USING btree (id);
CREATE UNIQUE INDEX ticket_holds_pkey ON ONLY ticketing.ticket_holds USING btree (id, tier_id);
CREATE UNIQUE INDEX ticket_tiers_id_event ON ticketing.ticket_tiers USING btree (id, event_id);
CREATE UNIQUE INDEX ticket_tiers_pkey ON ticketing.ticket_tiers USING btree (id);
CREATE UNIQUE INDEX tickets_order_item_ordinal ON ticketing.tickets USING btree (order_item_id, ordinal);
CREATE UNIQUE INDEX tickets_pkey ON ticketing.tickets USING btree (id);

-- Views
VIEW public.orders WITH (security_invoker=true) AS
 SELECT id,
    user_id,
    event_id,
    status,
    stripe_session_id,
    stripe_payment_intent_id,
    subtotal_cents,
    fees_cents,
    total_cents,
    currency,
    expires_at,
    paid_at,
    cancelled_at,
    refunded_at,
    version,
    created_at,
    updated_at
   FROM ticketing.orders
  WHERE (deleted_at IS NULL);
VIEW public.ticket_holds WITH (security_invoker=true) AS
 SELECT id,
    tier_id,
    event_id,
    user_id,
    quantity,
    unit_price_cents,
    status,
    paying,
    expires_at,
    extensions,
    order_id,
    ended_at,
    version,
    created_at,
    updated_at
   FROM ticketing.ticket_holds
  WHERE (deleted_at IS NULL);
VIEW public.ticket_tiers WITH (security_invoker=true) AS
 SELECT id,
    event_id,
    name,
    description,
    price_cents,
    quantity,
    reserved_quantity,
    issued_quantity,
    withheld_quantity,
    (((quantity - reserved_quantity) - issued_quantity) - withheld_quantity) AS available,
    buyer_limit,
    pool_id,
    "position",
    version,
    created_at,
    updated_at
   FROM ticketing.ticket_tiers
  WHERE (deleted_at IS NULL);
VIEW public.ticketing_health WITH (security_invoker=true) AS
 WITH accounts AS (
         SELECT COALESCE(sum((abs((tier_accounts.reserved_quantity - tier_accounts.held_units)) + tier_accounts.due_units)), (0)::numeric) AS ghost_reservations,
            COALESCE(sum(abs((tier_accounts.issued_quantity - tier_accounts.ticket_units))), (0)::numeric) AS issued_drift,
            count(*) FILTER (WHERE (((((tier_accounts.quantity - tier_accounts.reserved_quantity) - tier_accounts.issued_quantity) - tier_accounts.withheld_quantity) < 0) OR (tier_accounts.ticket_units > tier_accounts.quantity))) AS oversold_tiers
           FROM ticketing.tier_accounts
        ), numbers AS (
         SELECT accounts.ghost_reservations,
            accounts.issued_drift,
            accounts.oversold_tiers,
            ( SELECT count(DISTINCT missing_tickets.order_id) AS count
                   FROM ticketing.missing_tickets) AS paid_orders_without_tickets,
            ( SELECT count(*) AS count
                   FROM ticketing.stale_orders) AS stale_pending_orders,
            ( SELECT count(*) AS count
                   FROM ticketing.journal_heads
                  WHERE (journal_heads.frozen_at IS NOT NULL)) AS frozen_events,
            ( SELECT count(*) AS count
                   FROM ticketing.inventory_commands
                  WHERE ((inventory_commands.done_at IS NULL) AND (inventory_commands.requested_at < (now() - '00:01:00'::interval)))) AS late_commands,
            ( SELECT COALESCE(sum(default_partition_rows.row_count), (0)::numeric) AS "coalesce"
                   FROM ticketing.default_partition_rows) AS rows_in_default_partitions
           FROM accounts
        ), reconciled AS (
         SELECT ( SELECT last_reconciliation.finished_at
                   FROM ticketing.last_reconciliation) AS last_reconciliation_at,
            COALESCE(( SELECT last_reconciliation.open_findings
                   FROM ticketing.last_reconciliation), (0)::bigint) AS open_findings,
            ticketing.open_incidents() AS open_incidents
        )
 SELECT numbers.ghost_reservations,
    numbers.issued_drift,
    numbers.oversold_tiers,
    numbers.paid_orders_without_tickets,
    numbers.stale_pending_orders,
    numbers.frozen_events,
    numbers.late_commands,
    numbers.rows_in_default_partitions,
    ((((((((((((numbers.ghost_reservations > (0)::numeric))::integer + ((numbers.issued_drift > (0)::numeric))::integer) + ((numbers.oversold_tiers > 0))::integer) + ((numbers.paid_orders_without_tickets > 0))::integer) + ((numbers.stale_pending_orders > 0))::integer) + ((numbers.frozen_events > 0))::integer) + ((numbers.late_commands > 0))::integer) + ((numbers.rows_in_default_partitions > (0)::numeric))::integer) + ((reconciled.open_findings > 0))::integer) + ((reconciled.open_incidents > 0))::integer) + ((COALESCE(reconciled.last_reconciliation_at, ( SELECT min(schema_migrations.applied_at) AS min
           FROM holdfast.schema_migrations)) < (now() - '26:00:00'::interval)))::integer) AS health_score,
    now() AS checked_at,
    reconciled.last_reconciliation_at,
    reconciled.open_findings,
    reconciled.open_incidents
   FROM numbers,
    reconciled;
VIEW public.tickets WITH (security_invoker=true) AS
 SELECT id,
    order_id,
    order_item_id,
    ordinal,
    tier_id,
    event_id,
    owner_user_id,
    status,
    generation,
    qr_code,
    issued_at,
    redeemed_at,
    voided_at,
    version,
    created_at,
    updated_at
   FROM ticketing.tickets
  WHERE (deleted_at IS NULL);
VIEW ticketing.default_partition_rows WITH (security_invoker=true) AS
 SELECT 'ticket_holds'::text AS table_name,
    count(*) AS row_count
   FROM ticketing.ticket_holds_default
  WHERE (SUBSTRING((ticket_holds_default.id)::text FROM 15 FOR 1) = '7'::text)
UNION ALL
 SELECT 'ticket_events'::text AS table_name,
    count(*) AS row_count
   FROM ticketing.ticket_events_default
  WHERE (SUBSTRING((ticket_events_default.id)::text FROM 15 FOR 1) = '7'::text)
UNION ALL
 SELECT 'inventory_journal'::text AS table_name,
    count(*) AS row_count
   FROM ticketing.inventory_journal_default;
VIEW ticketing.last_reconciliation WITH (security_invoker=true) AS
 SELECT id,
    kind,
    mode,
    finished_at,
    findings,
    ( SELECT count(*) AS count
           FROM ticketing.reconciliation_findings f
          WHERE ((f.reconciliation_id = r.id) AND (f.outcome <> 'repaired'::text))) AS open_findings
   FROM ticketing.reconciliations r
  WHERE ((kind = 'full'::text) AND (status = 'done'::text))
  ORDER BY finished_at DESC
 LIMIT 1;
VIEW ticketing.missing_tickets WITH (security_invoker=true) AS
 SELECT o.event_id,
    o.id AS order_id,
    i.id AS order_item_id,
    i.tier_id,
    i.quantity,
    COALESCE(k.issued, (0)::bigint) AS issued
   FROM ((ticketing.orders o
     JOIN ticketing.order_items i ON ((i.order_id = o.id)))
     LEFT JOIN LATERAL ( SELECT count(*) AS issued
           FROM ticketing.tickets
          WHERE (tickets.order_item_id = i.id)) k ON (true))
  WHERE ((o.status = ANY (ARRAY['paid'::text, 'partially_refunded'::text, 'disputed'::text])) AND (COALESCE(k.issued, (0)::bigint) < i.quantity));
MATERIALIZED VIEW ticketing.sales_velocity AS
 SELECT event_id,
    date_trunc('hour'::text, created_at, 'UTC'::text) AS hour,
    count(*) AS tickets_sold,
    sum(count(*)) OVER (PARTITION BY event_id ORDER BY (date_trunc('hour'::text, created_at, 'UTC'::text))) AS cumulative_sold
   FROM ticketing.tickets
  GROUP BY event_id, (date_trunc('hour'::text, created_at, 'UTC'::text));
VIEW ticketing.stale_orders WITH (security_invoker=true) AS
 SELECT event_id,
    id AS order_id,
    COALESCE(expires_at, (created_at + '24:00:00'::interval)) AS due_at
   FROM ticketing.orders
  WHERE ((status = 'pending'::text) AND (COALESCE(expires_at, (created_at + '24:00:00'::interval)) <= now()));
VIEW ticketing.tier_accounts WITH (security_invoker=true) AS
 SELECT t.id AS tier_id,
    t.event_id,
    t.pool_id,
    t.quantity,
    t.reserved_quantity,
    t.issued_quantity,
    t.withheld_quantity,
    COALESCE(h.units, (0)::bigint) AS held_units,
    COALESCE(h.due_units, (0)::bigint) AS due_units,
    COALESCE(k.units, (0)::bigint) AS ticket_units
   FROM ((ticketing.ticket_tiers t
     LEFT JOIN LATERAL ( SELECT sum(ticket_holds.quantity) AS units,
            sum(ticket_holds.quantity) FILTER (WHERE ((NOT ticket_holds.paying) AND (ticket_holds.expires_at <= now()))) AS due_units
           FROM ticketing.ticket_holds
          WHERE ((ticket_holds.tier_id = t.id) AND (ticket_holds.status = 'active'::text))) h ON (true))
     LEFT JOIN LATERAL ( SELECT count(*) AS units
           FROM ticketing.tickets
          WHERE ((tickets.tier_id = t.id) AND (tickets.status <> 'void'::text))) k ON (true));

-- Functions
CREATE OR REPLACE FUNCTION public.cleanup_expired_ticket_holds()
 RETURNS jsonb
 LANGUAGE sql
RETURN ticketing.cleanup_expired_ticket_holds();
CREATE OR REPLACE FUNCTION public.complete_order_atomic(order_id uuid)
 RETURNS jsonb
 LANGUAGE sql
RETURN ticketing.complete_order_atomic(order_id);
CREATE OR REPLACE FUNCTION public.reconcile_all_events(fix boolean DEFAULT false, max_age interval DEFAULT '7 days'::interval)
 RETURNS TABLE(event_id uuid, check_name text, subject_id uuid, expected bigint, actual bigint, action text)
 LANGUAGE sql
BEGIN ATOMIC
 SELECT reconcile_all_events.event_id,
     reconcile_all_events.check_name,
     reconcile_all_events.subject_id,
     reconcile_all_events.expected,
     reconcile_all_events.actual,
     reconcile_all_events.action
    FROM ticketing.reconcile_all_events(reconcile_all_events.fix, reconcile_all_events.max_age) reconcile_all_events(event_id, check_name, subject_id, expected, actual, action);
END;
CREATE OR REPLACE FUNCTION public.reconcile_event_tickets(event_id uuid, fix boolean DEFAULT false)
 RETURNS TABLE(check_name text, subject_id uuid, expected bigint, actual bigint, action text)
 LANGUAGE sql
BEGIN ATOMIC
 SELECT reconcile_event_tickets.check_name,
     reconcile_event_tickets.subject_id,
     reconcile_event_tickets.expected,
     reconcile_event_tickets.actual,
     reconcile_event_tickets.action
    FROM ticketing.reconcile_event_tickets(reconcile_event_tickets.event_id, reconcile_event_tickets.fix) reconcile_event_tickets(check_name, subject_id, expected, actual, action);
END;
CREATE OR REPLACE FUNCTION ticketing.add_jobs(jobs json)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
  PERFORM graphile_worker.add_jobs(ARRAY(
    SELECT ROW(task, payload, NULL, run_at, max_attempts, key, priority, flags)::graphile_worker.job_spec
    FROM json_to_recordset(jobs) AS job(task text, payload json, run_at timestamptz, max_attempts integer,
      key text, priority smallint, flags text[])));
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.cleanup_expired_ticket_holds(batch_max integer DEFAULT 1000)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
DECLARE
  tier uuid;
  pool uuid;
  batch record;
  holds integer := 0;
  units integer := 0;
  refused integer := 0;
  orders integer;
  queued integer;
BEGIN
  FOR tier IN
    -- EXISTS, because with 100,000 holds due DISTINCT takes longer than the whole batch.
    SELECT t.id FROM ticketing.ticket_tiers t JOIN events.events e ON e.id = t.event_id
    WHERE e.inventory_authority = 'postgres' AND EXISTS (SELECT FROM ticketing.ticket_holds h
      WHERE h.tier_id = t.id AND h.status = 'active' AND NOT h.paying AND h.expires_at <= now())
    ORDER BY t.id
  LOOP
    EXIT WHEN holds >= batch_max;
    SELECT t.pool_id INTO pool FROM ticketing.ticket_tiers t JOIN events.events e ON e.id = t.event_id
    WHERE t.id = tier AND e.inventory_authority = 'postgres'
    FOR NO KEY UPDATE OF t SKIP LOCKED FOR SHARE OF e SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    IF pool IS NOT NULL THEN
      PERFORM FROM ticketing.inventory_pools WHERE id = pool FOR NO KEY UPDATE SKIP LOCKED;
      CONTINUE WHEN NOT FOUND;
    END IF;
    BEGIN
      batch := ticketing.expire_due_holds(tier, batch_max - holds);
      holds := holds + batch.holds;
      units := units + batch.units;
    EXCEPTION WHEN check_violation THEN
      refused := refused + 1;
    END;
  END LOOP;
  orders := ticketing.expire_stale_orders(batch_max);

  WITH due AS (
    SELECT e.id AS event_id FROM events.events e
    WHERE e.inventory_authority = 'redis' AND EXISTS (SELECT FROM ticketing.ticket_holds h
      WHERE h.event_id = e.id AND h.status = 'active' AND NOT h.paying AND h.expires_at <= now())
  ), asked AS (
    INSERT INTO ticketing.inventory_commands (event_id, kind) SELECT event_id, 'reclaim' FROM due
    ON CONFLICT DO NOTHING
  )
  SELECT count(*) INTO queued FROM due;
  RETURN jsonb_build_object('expired_holds', holds, 'released_tickets', units, 'expired_orders', orders,
    'queued_events', queued, 'refused_tiers', refused, 'more', holds >= batch_max);
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.complete_order_atomic(order_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
#variable_conflict use_column
DECLARE
  target CONSTANT uuid := complete_order_atomic.order_id;
  reply jsonb := jsonb_build_object('success', true, 'order_id', target, 'tickets_created', 0);
  bought ticketing.orders;
  authority text;
  lines uuid[];
  line uuid;
  own_holds uuid[];
  wanted jsonb;
  conflicts jsonb;
  created integer;
BEGIN
  SELECT * INTO bought FROM ticketing.orders WHERE id = target AND deleted_at IS NULL;
  IF NOT FOUND THEN
    RETURN reply || '{"success": false, "status": "order_unknown"}';
  END IF;
  SELECT inventory_authority INTO authority FROM events.events WHERE id = bought.event_id FOR SHARE;

  -- The tiers of the order and of its hold, and all that share a pool with them: their due holds may be in the way.
  SELECT array_agg(id ORDER BY id) INTO lines FROM ticketing.ticket_tiers t
  WHERE t.event_id = bought.event_id AND (
    t.id IN (SELECT tier_id FROM ticketing.order_items WHERE order_id = target)
    OR t.id IN (SELECT tier_id FROM ticketing.ticket_holds WHERE id = bought.hold_id)
    OR t.pool_id IN (SELECT s.pool_id FROM ticketing.order_items i JOIN ticketing.ticket_tiers s ON s.id = i.tier_id
      WHERE i.order_id = target)
  );
  IF NOT EXISTS (SELECT FROM ticketing.order_items WHERE order_id = target) THEN
    RETURN reply || '{"success": false, "status": "order_empty"}';
  END IF;
  IF authority = 'postgres' THEN
    PERFORM FROM ticketing.ticket_tiers WHERE id = ANY (lines) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM ticketing.inventory_pools WHERE id IN (SELECT pool_id FROM ticketing.ticket_tiers WHERE id = ANY (lines))
      ORDER BY id FOR NO KEY UPDATE;
  END IF;

  -- A cart of the assessment's shape is tied to its order by person, tier and quantity only.
  SELECT coalesce(array_agg(id), '{}') INTO own_holds FROM (
    SELECT h.id FROM ticketing.ticket_holds h WHERE h.id = bought.hold_id AND h.status = 'active'
    UNION ALL
    SELECT * FROM (SELECT DISTINCT ON (h.tier_id) h.id FROM ticketing.ticket_holds h
      JOIN ticketing.order_items i ON i.order_id = target AND i.tier_id = h.tier_id AND i.quantity = h.quantity
      WHERE bought.hold_id IS NULL AND h.user_id = bought.user_id AND h.status = 'active' AND h.order_id IS NULL
      ORDER BY h.tier_id, h.held_at) cart
  ) own;
  IF authority = 'postgres' THEN
    PERFORM FROM ticketing.ticket_holds WHERE id = ANY (own_holds) ORDER BY id, tier_id FOR UPDATE;
    SELECT * INTO bought FROM ticketing.orders WHERE id = target FOR UPDATE;
  END IF;

  IF bought.status NOT IN ('pending', 'expired', 'paid', 'partially_refunded') THEN
    RETURN reply || jsonb_build_object('success', false, 'status', 'order_not_payable', 'order_status', bought.status);
  END IF;
  SELECT jsonb_agg(jsonb_build_object('tier_id', tier_id, 'demand', demand, 'own', own)) INTO wanted FROM (
    SELECT tier_id, sum(demand) AS demand, sum(own) AS own FROM (
      SELECT i.tier_id, i.quantity - (SELECT count(*) FROM ticketing.tickets k WHERE k.order_item_id = i.id) AS demand, 0 AS own
      FROM ticketing.order_items i WHERE i.order_id = target
      UNION ALL
      SELECT h.tier_id, 0, h.quantity FROM ticketing.ticket_holds h WHERE h.id = ANY (own_holds) AND h.status = 'active'
    ) parts GROUP BY tier_id
  ) sums WHERE demand > 0 OR own > 0;
  IF wanted IS NULL AND bought.status IN ('paid', 'partially_refunded') THEN
    RETURN reply || '{"status": "replayed"}';
  END IF;
  IF authority = 'redis' THEN
    PERFORM ticketing.queue_command(bought.event_id, 'confirm', jsonb_build_object('order', target));
    RETURN reply || '{"status": "queued"}';
  END IF;

  wanted := coalesce(wanted, '[]');
  conflicts := ticketing.order_shortage(wanted);
  -- No order is refused for want of stock while an expired hold still sits on it.
  FOREACH line IN ARRAY lines LOOP
    WHILE conflicts IS NOT NULL AND (SELECT holds > 0 FROM ticketing.expire_due_holds(line, 1000, own_holds)) LOOP
      conflicts := ticketing.order_shortage(wanted);
    END LOOP;
  END LOOP;
  IF conflicts IS NOT NULL THEN
    RETURN reply || jsonb_build_object('success', false, 'status', 'tier_sold_out', 'conflicts', conflicts);
  END IF;

  UPDATE ticketing.ticket_holds
  SET status = 'completed', paying = false, order_id = target, ended_at = now(), updated_at = now(), version = version + 1
  WHERE id = ANY (own_holds) AND status = 'active';
  WITH issued AS (
    INSERT INTO ticketing.tickets (id, order_id, order_item_id, ordinal, tier_id, event_id, owner_user_id, buyer)
    SELECT ticketing.uuid_v7(), target, i.id, n, i.tier_id, bought.event_id, bought.user_id, bought.buyer
    FROM ticketing.order_items i, generate_series(1, i.quantity) AS n WHERE i.order_id = target
    ON CONFLICT (order_item_id, ordinal) DO NOTHING
    RETURNING id
  ), told AS (
    INSERT INTO ticketing.ticket_events (ticket_id, event_type, actor_user_id, metadata)
    SELECT id, 'created', bought.user_id, jsonb_build_object('order', target) FROM issued
  )
  SELECT count(*) INTO created FROM issued;
  IF created <> (SELECT coalesce(sum(w.demand), 0) FROM jsonb_to_recordset(wanted) AS w (demand integer)) THEN
    RAISE EXCEPTION 'tickets of order % were issued by somebody who holds no lock', target USING ERRCODE = 'serialization_failure';
  END IF;
  UPDATE ticketing.ticket_tiers t
  SET reserved_quantity = t.reserved_quantity - w.own, issued_quantity = t.issued_quantity + w.demand,
    updated_at = now(), version = t.version + 1
  FROM jsonb_to_recordset(wanted) AS w (tier_id uuid, demand integer, own integer) WHERE t.id = w.tier_id;
  UPDATE ticketing.inventory_pools p
  SET reserved_quantity = p.reserved_quantity - s.own, issued_quantity = p.issued_quantity + s.demand,
    updated_at = now(), version = p.version + 1
  FROM (SELECT t.pool_id, sum(w.own)::integer AS own, sum(w.demand)::integer AS demand
    FROM jsonb_to_recordset(wanted) AS w (tier_id uuid, demand integer, own integer)
    JOIN ticketing.ticket_tiers t ON t.id = w.tier_id GROUP BY t.pool_id) s
  WHERE p.id = s.pool_id;
  UPDATE ticketing.orders
  SET status = CASE WHEN status IN ('pending', 'expired') THEN 'paid' ELSE status END,
    paid_at = coalesce(paid_at, now()), updated_at = now(), version = version + 1,
    late = late OR (status <> 'paid' AND EXISTS (
      SELECT FROM jsonb_to_recordset(wanted) AS w (demand integer, own integer) WHERE w.demand > w.own))
  WHERE id = target;
  RETURN reply || jsonb_build_object('status', 'completed', 'tickets_created', created);
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.contact_of(contact_email text, contact_name text, contact_locale text)
 RETURNS uuid
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
BEGIN ATOMIC
 INSERT INTO ticketing.contacts AS c (id, email, email_key, name, locale)
   VALUES (ticketing.uuid_v7(), contact_of.contact_email, lower(btrim(contact_of.contact_email)), contact_of.contact_name, COALESCE(contact_of.contact_locale, 'en'::text)) ON CONFLICT(email_key) DO UPDATE SET name = COALESCE(c.name, excluded.name), locale = COALESCE(contact_of.contact_locale, c.locale)
   RETURNING c.id;
END;
CREATE OR REPLACE FUNCTION ticketing.create_partitions(months_back integer DEFAULT 0, months_ahead integer DEFAULT 3)
 RETURNS TABLE(partition_name text, outcome text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '1s'
AS $function$
DECLARE
  parent text;
  month timestamptz;
  bounds text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ticketing.create_partitions'));
  FOREACH parent IN ARRAY ARRAY['ticket_holds', 'ticket_events', 'inventory_journal'] LOOP
    FOR offset_months IN -months_back .. months_ahead LOOP
      month := date_trunc('month', now()) + make_interval(months => offset_months);
      partition_name := format('%s_y%sm%s', parent, to_char(month, 'YYYY'), to_char(month, 'MM'));
      CONTINUE WHEN to_regclass('ticketing.' || partition_name) IS NOT NULL;
      bounds := CASE WHEN parent = 'inventory_journal'
        THEN format('FROM (%L) TO (%L)', month, month + interval '1 month')
        ELSE format('FROM (%L) TO (%L)', ticketing.first_id_of(month), ticketing.first_id_of(month + interval '1 month'))
      END;
      BEGIN
        EXECUTE format('CREATE TABLE ticketing.%I (LIKE ticketing.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
          partition_name, parent);
        EXECUTE format('ALTER TABLE ticketing.%I ATTACH PARTITION ticketing.%I FOR VALUES %s',
          parent, partition_name, bounds);
        -- Policies belong to the parent. With none of its own, a partition asked by its own name shows nothing.
        IF parent <> 'inventory_journal' THEN
          EXECUTE format('ALTER TABLE ticketing.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition_name);
        END IF;
        outcome := 'created';
      EXCEPTION
        WHEN check_violation THEN outcome := 'rows_in_default';
        WHEN lock_not_available THEN outcome := 'busy';
      END;
      RETURN NEXT;
    END LOOP;
  END LOOP;
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.current_uid()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.uid'::text, true), ''::text))::uuid;
CREATE OR REPLACE FUNCTION ticketing.expire_due_holds(tier uuid, batch_max integer, spared uuid[] DEFAULT '{}'::uuid[], OUT holds integer, OUT units integer)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
DECLARE
  due uuid[];
BEGIN
  SELECT array_agg(id) INTO due FROM (
    SELECT h.id FROM ticketing.ticket_holds h
    WHERE h.tier_id = tier AND h.status = 'active' AND NOT h.paying AND h.expires_at <= now() AND h.id <> ALL (spared)
    LIMIT batch_max FOR UPDATE SKIP LOCKED
  ) found;
  -- By array: a join would let the planner read whole partitions for these few.
  WITH ended AS (
    UPDATE ticketing.ticket_holds h
    SET status = 'expired', ended_at = now(), updated_at = now(), version = h.version + 1
    WHERE h.id = ANY (due) AND h.tier_id = tier
    RETURNING h.quantity
  )
  SELECT count(*), coalesce(sum(quantity), 0) INTO holds, units FROM ended;
  IF holds = 0 THEN
    RETURN;
  END IF;
  UPDATE ticketing.ticket_tiers t
  SET reserved_quantity = t.reserved_quantity - units, updated_at = now(), version = t.version + 1 WHERE t.id = tier;
  UPDATE ticketing.inventory_pools p
  SET reserved_quantity = p.reserved_quantity - units, updated_at = now(), version = p.version + 1
  WHERE p.id = (SELECT pool_id FROM ticketing.ticket_tiers WHERE id = tier);
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.expire_stale_orders(batch_max integer, only_event uuid DEFAULT NULL::uuid)
 RETURNS integer
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
BEGIN ATOMIC
 WITH stale AS (
          SELECT o.id
            FROM (ticketing.orders o
              JOIN events.events e ON ((e.id = o.event_id)))
           WHERE ((o.id IN ( SELECT stale_orders.order_id
                    FROM ticketing.stale_orders)) AND (o.status = 'pending'::text) AND (e.inventory_authority = 'postgres'::text) AND ((expire_stale_orders.only_event IS NULL) OR (o.event_id = expire_stale_orders.only_event)) AND (NOT (EXISTS ( SELECT
                    FROM ticketing.ticket_holds h
                   WHERE ((h.id = o.hold_id) AND (h.status = 'active'::text))))))
          LIMIT expire_stale_orders.batch_max
          FOR UPDATE OF o SKIP LOCKED
          FOR SHARE OF e SKIP LOCKED
         ), ended AS (
          UPDATE ticketing.orders o SET status = 'expired'::text, updated_at = now(), version = (o.version + 1)
            FROM stale
           WHERE (o.id = stale.id)
           RETURNING o.id
         )
  SELECT (count(*))::integer AS count
    FROM ended;
END;
CREATE OR REPLACE FUNCTION ticketing.first_id_of(month timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
RETURN ((lpad(to_hex((floor((EXTRACT(epoch FROM month) * (1000)::numeric)))::bigint), 12, '0'::text) || repeat('0'::text, 20)))::uuid;
CREATE OR REPLACE FUNCTION ticketing.open_incidents()
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog'
AS $function$
DECLARE
  open bigint := 0;
BEGIN
  IF to_regclass('ticketing.incidents') IS NOT NULL THEN
    EXECUTE 'SELECT count(*) FROM ticketing.incidents WHERE resolved_at IS NULL' INTO open;
  END IF;
  RETURN open;
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.order_shortage(wanted jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog'
BEGIN ATOMIC
 WITH need AS (
          SELECT w.tier_id,
             w.demand,
             w.own
            FROM jsonb_to_recordset(order_shortage.wanted) w(tier_id uuid, demand integer, own integer)
         ), lines AS (
          SELECT t.id,
             (need.demand - need.own) AS extra,
             need.demand,
             ((((t.quantity - t.reserved_quantity) - t.issued_quantity) - t.withheld_quantity) - t.spoken_for) AS available
            FROM (need
              JOIN ticketing.ticket_tiers t ON ((t.id = need.tier_id)))
         UNION ALL
          SELECT p.id,
             sum((need.demand - need.own)) AS sum,
             sum(need.demand) AS sum,
             ((((p.quantity - p.reserved_quantity) - p.issued_quantity) - p.withheld_quantity) - p.spoken_for)
            FROM ((need
              JOIN ticketing.ticket_tiers t ON ((t.id = need.tier_id)))
              JOIN ticketing.inventory_pools p ON ((p.id = t.pool_id)))
           GROUP BY p.id
         )
  SELECT jsonb_agg(jsonb_build_object('line', lines.id, 'requested', lines.demand, 'available', ((lines.available + lines.demand) - lines.extra)) ORDER BY lines.id) AS jsonb_agg
    FROM lines
   WHERE ((lines.extra > 0) AND (lines.available < lines.extra));
END;
CREATE OR REPLACE FUNCTION ticketing.promo_uses(promo uuid, of_buyer uuid, not_order uuid, OUT uses integer, OUT own integer)
 RETURNS record
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
BEGIN ATOMIC
 SELECT (count(*))::integer AS count,
     (count(*) FILTER (WHERE (o.buyer = promo_uses.of_buyer)))::integer AS count
    FROM ticketing.orders o
   WHERE ((o.promo_id = promo_uses.promo) AND (o.id <> promo_uses.not_order) AND (o.status <> ALL (ARRAY['expired'::text, 'cancelled'::text, 'refunded_unfulfilled'::text])));
END;
CREATE OR REPLACE FUNCTION ticketing.queue_command(event uuid, kind text, payload jsonb DEFAULT '{}'::jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
BEGIN ATOMIC
 INSERT INTO ticketing.inventory_commands (event_id, kind, payload)
   VALUES (queue_command.event, queue_command.kind, queue_command.payload) ON CONFLICT DO NOTHING;
END;
CREATE OR REPLACE FUNCTION ticketing.reconcile_all_events(fix boolean DEFAULT false, max_age interval DEFAULT '7 days'::interval)
 RETURNS TABLE(event_id uuid, check_name text, subject_id uuid, expected bigint, actual bigint, action text)
 LANGUAGE sql
 SET search_path TO 'pg_catalog'
BEGIN ATOMIC
 SELECT e.id,
     r.check_name,
     r.subject_id,
     r.expected,
     r.actual,
     r.action
    FROM (( SELECT events.id
            FROM events.events
           WHERE (events.start_at > (now() - reconcile_all_events.max_age))
           ORDER BY events.id) e
      CROSS JOIN LATERAL ticketing.reconcile_event_tickets(e.id, reconcile_all_events.fix) r(check_name, subject_id, expected, actual, action));
END;
CREATE OR REPLACE FUNCTION ticketing.reconcile_event_tickets(event_id uuid, fix boolean DEFAULT false)
 RETURNS TABLE(check_name text, subject_id uuid, expected bigint, actual bigint, action text)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
#variable_conflict use_column
DECLARE
  target CONSTANT uuid := reconcile_event_tickets.event_id;
  fixing CONSTANT boolean := coalesce(reconcile_event_tickets.fix, false);
  authority text;
  account record;
  can_fix text;
  done jsonb;
BEGIN
  SELECT inventory_authority INTO authority FROM events.events WHERE id = target;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no event %', target USING ERRCODE = 'no_data_found';
  END IF;
  IF fixing THEN
    -- Read again under the lock: the event may have been opened in between.
    SELECT inventory_authority INTO authority FROM events.events WHERE id = target FOR SHARE;
  END IF;
  IF fixing AND authority = 'postgres' THEN
    PERFORM FROM ticketing.ticket_tiers t WHERE t.event_id = target ORDER BY t.id FOR NO KEY UPDATE;
    PERFORM FROM ticketing.inventory_pools p WHERE p.event_id = target ORDER BY p.id FOR NO KEY UPDATE;
  END IF;
  can_fix := CASE WHEN NOT fixing THEN 'found' WHEN authority = 'redis' THEN 'queued' ELSE 'fixed' END;

  -- Tiers first, then the pools they draw on, by the same rule.
  FOR account IN
    SELECT 'tier' AS kind, a.tier_id AS line, a.quantity, a.reserved_quantity, a.issued_quantity, a.withheld_quantity,
      a.held_units, a.ticket_units FROM ticketing.tier_accounts a WHERE a.event_id = target
    UNION ALL
    SELECT 'pool', p.id, p.quantity, p.reserved_quantity, p.issued_quantity, p.withheld_quantity,
      coalesce(sum(a.held_units), 0), coalesce(sum(a.ticket_units), 0)
    FROM ticketing.inventory_pools p LEFT JOIN ticketing.tier_accounts a ON a.pool_id = p.id
    WHERE p.event_id = target GROUP BY p.id
    ORDER BY kind DESC, line
  LOOP
    subject_id := account.line;
    action := can_fix;
    IF account.held_units + account.ticket_units + account.withheld_quantity > account.quantity THEN
      action := CASE WHEN fixing THEN 'incident' ELSE 'found' END;
      check_name := 'oversold_' || account.kind;
      expected := account.quantity;
      actual := account.held_units + account.ticket_units + account.withheld_quantity;
      RETURN NEXT;
    ELSIF action = 'fixed' AND account.kind = 'tier' THEN
      UPDATE ticketing.ticket_tiers t SET reserved_quantity = account.held_units, issued_quantity = account.ticket_units,
        updated_at = now(), version = t.version + 1
      WHERE t.id = account.line
        AND (t.reserved_quantity, t.issued_quantity) IS DISTINCT FROM (account.held_units, account.ticket_units);
    ELSIF action = 'fixed' THEN
      UPDATE ticketing.inventory_pools p SET reserved_quantity = account.held_units, issued_quantity = account.ticket_units,
        updated_at = now(), version = p.version + 1
      WHERE p.id = account.line
        AND (p.reserved_quantity, p.issued_quantity) IS DISTINCT FROM (account.held_units, account.ticket_units);
    END IF;
    IF account.reserved_quantity <> account.held_units THEN
      check_name := 'ghost_reservations';
      expected := account.held_units;
      actual := account.reserved_quantity;
      RETURN NEXT;
    END IF;
    IF account.issued_quantity <> account.ticket_units THEN
      check_name := 'issued_quantity';
      expected := account.ticket_units;
      actual := account.issued_quantity;
      RETURN NEXT;
    END IF;
  END LOOP;

  action := can_fix;
  check_name := 'expired_holds';
  expected := 0;
  FOR subject_id, actual IN
    SELECT a.tier_id, a.due_units FROM ticketing.tier_accounts a WHERE a.event_id = target AND a.due_units > 0 ORDER BY 1
  LOOP
    IF can_fix = 'fixed' THEN
      BEGIN
        WHILE (SELECT d.holds > 0 FROM ticketing.expire_due_holds(subject_id, 1000) d) LOOP END LOOP;
      EXCEPTION WHEN check_violation THEN action := 'incident';
      END;
    END IF;
    RETURN NEXT;
    action := can_fix;
  END LOOP;

  check_name := 'paid_without_tickets';
  FOR subject_id, expected, actual IN
    SELECT m.order_id, sum(m.quantity), sum(m.issued) FROM ticketing.missing_tickets m WHERE m.event_id = target
    GROUP BY m.order_id ORDER BY m.order_id
  LOOP
    IF can_fix = 'fixed' THEN
      done := ticketing.complete_order_atomic(subject_id);
      action := CASE WHEN (done ->> 'success')::boolean THEN 'fixed' ELSE 'incident' END;
    END IF;
    RETURN NEXT;
    action := can_fix;
  END LOOP;

  SELECT count(*) INTO actual FROM ticketing.stale_orders s WHERE s.event_id = target;
  IF actual > 0 THEN
    check_name := 'stale_pending_orders';
    subject_id := target;
    expected := 0;
    -- Those that still own a live hold stay, and are found again.
    IF can_fix = 'fixed' THEN
      action := CASE WHEN ticketing.expire_stale_orders(actual::integer, target) = actual THEN 'fixed' ELSE 'incident' END;
    END IF;
    RETURN NEXT;
  END IF;

  -- Tickets somebody could enter with and nobody paid for, or was paid back for.
  check_name := 'tickets_without_payment';
  action := CASE WHEN fixing THEN 'incident' ELSE 'found' END;
  expected := 0;
  RETURN QUERY
    SELECT check_name, o.id, expected, count(*), action
    FROM ticketing.orders o JOIN ticketing.tickets k ON k.order_id = o.id
    WHERE o.event_id = target AND k.status <> 'void'
      AND o.status IN ('pending', 'expired', 'cancelled', 'refunded', 'refunded_unfulfilled')
    GROUP BY o.id ORDER BY o.id;

  IF can_fix = 'queued' THEN
    PERFORM ticketing.queue_command(target, 'reconcile', '{"fix": true}');
    RETURN QUERY SELECT 'inventory_command', target, NULL::bigint, NULL::bigint, can_fix;
  END IF;
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.refuse_ledger_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME LIKE 'inventory\_journal%' THEN
    IF to_jsonb(NEW) ->> 'user_id' IS NULL AND to_jsonb(NEW) - 'user_id' = to_jsonb(OLD) - 'user_id' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$function$;
CREATE OR REPLACE FUNCTION ticketing.uuid_v7(at timestamp with time zone DEFAULT clock_timestamp())
 RETURNS uuid
 LANGUAGE sql
 PARALLEL SAFE
 SET search_path TO 'pg_catalog'
RETURN (encode(set_bit(set_bit(OVERLAY(uuid_send(gen_random_uuid()) PLACING SUBSTRING(int8send((floor((EXTRACT(epoch FROM at) * (1000)::numeric)))::bigint) FROM 3) FROM 1 FOR 6), (52)::bigint, 1), (53)::bigint, 1), 'hex'::text))::uuid;

-- Triggers
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ticketing.inventory_journal FOR EACH ROW EXECUTE FUNCTION ticketing.refuse_ledger_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ticketing.inventory_journal FOR EACH STATEMENT EXECUTE FUNCTION ticketing.refuse_ledger_change();
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ticketing.journal_commits FOR EACH ROW EXECUTE FUNCTION ticketing.refuse_ledger_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ticketing.journal_commits FOR EACH STATEMENT EXECUTE FUNCTION ticketing.refuse_ledger_change();

-- Policies
POLICY count_rows ON ticketing.ticket_events_default FOR SELECT TO holdfast_readonly, holdfast_worker USING (true);
POLICY count_rows ON ticketing.ticket_holds_default FOR SELECT TO holdfast_readonly, holdfast_worker USING (true);
POLICY own_contacts ON ticketing.contacts FOR SELECT TO holdfast_app USING ((EXISTS ( SELECT
   FROM ticketing.orders o
  WHERE ((o.contact_id = contacts.id) AND (o.user_id = ( SELECT ticketing.current_uid() AS current_uid))))));
POLICY own_holds ON ticketing.ticket_holds FOR ALL TO holdfast_app USING ((user_id = ( SELECT ticketing.current_uid() AS current_uid)));
POLICY own_order_items ON ticketing.order_items FOR ALL TO holdfast_app USING ((EXISTS ( SELECT
   FROM ticketing.orders o
  WHERE ((o.id = order_items.order_id) AND (o.user_id = ( SELECT ticketing.current_uid() AS current_uid))))));
POLICY own_orders ON ticketing.orders FOR ALL TO holdfast_app USING ((user_id = ( SELECT ticketing.current_uid() AS current_uid))) WITH CHECK ((user_id = ( SELECT ticketing.current_uid() AS current_uid)));
POLICY own_refund_tickets ON ticketing.refund_tickets FOR SELECT TO holdfast_app USING ((EXISTS ( SELECT
   FROM ticketing.refund_log r
  WHERE ((r.id = refund_tickets.refund_id) AND (r.user_id = ( SELECT ticketing.current_uid() AS current_uid))))));
POLICY own_refunds ON ticketing.refund_log FOR ALL TO holdfast_app USING ((user_id = ( SELECT ticketing.current_uid() AS current_uid))) WITH CHECK ((user_id = ( SELECT ticketing.current_uid() AS current_uid)));
POLICY own_ticket_events ON ticketing.ticket_events FOR SELECT TO holdfast_app USING ((EXISTS ( SELECT
   FROM ticketing.tickets t
  WHERE ((t.id = ticket_events.ticket_id) AND (t.owner_user_id = ( SELECT ticketing.current_uid() AS current_uid))))));
POLICY own_tickets ON ticketing.tickets FOR ALL TO holdfast_app USING ((owner_user_id = ( SELECT ticketing.current_uid() AS current_uid)));
POLICY readonly_all ON ticketing.checkins FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.dispute_tickets FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.disputes FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.mails FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.order_items FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.orders FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.payments FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.refund_log FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.refund_tickets FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.ticket_events FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.ticket_holds FOR SELECT TO holdfast_readonly USING (true);
POLICY readonly_all ON ticketing.tickets FOR SELECT TO holdfast_readonly USING (true);
POLICY worker_all ON ticketing.checkins FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.contacts FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.dispute_tickets FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.disputes FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.mails FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.order_items FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.orders FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.payments FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.refund_log FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.refund_tickets FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.sign_in_links FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.ticket_events FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.ticket_holds FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);
POLICY worker_all ON ticketing.tickets FOR ALL TO holdfast_worker USING (true) WITH CHECK (true);

-- Grants on tables
GRANT INSERT, SELECT ON events.events TO holdfast_app;
GRANT SELECT ON events.events TO holdfast_backup;
GRANT SELECT ON events.events TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON events.events TO holdfast_worker;
GRANT SELECT ON holdfast.schema_migrations TO holdfast_app;
GRANT SELECT ON holdfast.schema_migrations TO holdfast_backup;
GRANT SELECT ON holdfast.schema_migrations TO holdfast_readonly;
GRANT SELECT ON holdfast.schema_migrations TO holdfast_worker;
GRANT SELECT ON public.orders TO holdfast_app;
GRANT SELECT ON public.orders TO holdfast_backup;
GRANT SELECT ON public.orders TO holdfast_readonly;
GRANT SELECT ON public.orders TO holdfast_worker;
GRANT SELECT ON public.ticket_holds TO holdfast_app;
GRANT SELECT ON public.ticket_holds TO holdfast_backup;
GRANT SELECT ON public.ticket_holds TO holdfast_readonly;
GRANT SELECT ON public.ticket_holds TO holdfast_worker;
GRANT SELECT ON public.ticket_tiers TO holdfast_app;
GRANT SELECT ON public.ticket_tiers TO holdfast_backup;
GRANT SELECT ON public.ticket_tiers TO holdfast_readonly;
GRANT SELECT ON public.ticket_tiers TO holdfast_worker;
GRANT SELECT ON public.ticketing_health TO holdfast_readonly;
GRANT SELECT ON public.ticketing_health TO holdfast_worker;
GRANT SELECT ON public.tickets TO holdfast_app;
GRANT SELECT ON public.tickets TO holdfast_backup;
GRANT SELECT ON public.tickets TO holdfast_readonly;
GRANT SELECT ON public.tickets TO holdfast_worker;
GRANT SELECT ON ticketing.api_keys TO holdfast_app;
GRANT SELECT ON ticketing.api_keys TO holdfast_backup;
GRANT SELECT ON ticketing.checkins TO holdfast_backup;
GRANT SELECT ON ticketing.checkins TO holdfast_readonly;
GRANT INSERT, SELECT ON ticketing.checkins TO holdfast_worker;
GRANT SELECT ON ticketing.contacts TO holdfast_app;
GRANT SELECT ON ticketing.contacts TO holdfast_backup;
GRANT INSERT, SELECT, UPDATE ON ticketing.contacts TO holdfast_worker;
GRANT SELECT ON ticketing.default_partition_rows TO holdfast_backup;
GRANT SELECT ON ticketing.default_partition_rows TO holdfast_readonly;
GRANT SELECT ON ticketing.default_partition_rows TO holdfast_worker;
GRANT SELECT ON ticketing.dispute_tickets TO holdfast_backup;
GRANT SELECT ON ticketing.dispute_tickets TO holdfast_readonly;
GRANT INSERT, SELECT ON ticketing.dispute_tickets TO holdfast_worker;
GRANT SELECT ON ticketing.disputes TO holdfast_backup;
GRANT SELECT ON ticketing.disputes TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.disputes TO holdfast_worker;
GRANT SELECT ON ticketing.event_cancellations TO holdfast_backup;
GRANT SELECT ON ticketing.event_cancellations TO holdfast_readonly;
GRANT INSERT, SELECT ON ticketing.event_cancellations TO holdfast_worker;
GRANT INSERT, SELECT ON ticketing.fee_rules TO holdfast_app;
GRANT SELECT ON ticketing.fee_rules TO holdfast_backup;
GRANT SELECT ON ticketing.fee_rules TO holdfast_readonly;
GRANT SELECT ON ticketing.fee_rules TO holdfast_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.idempotency_keys TO holdfast_app;
GRANT SELECT ON ticketing.idempotency_keys TO holdfast_backup;
GRANT DELETE, SELECT ON ticketing.idempotency_keys TO holdfast_worker;
GRANT SELECT ON ticketing.incidents TO holdfast_backup;
GRANT SELECT ON ticketing.incidents TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.incidents TO holdfast_worker;
GRANT SELECT ON ticketing.inventory_commands TO holdfast_backup;
GRANT SELECT ON ticketing.inventory_commands TO holdfast_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.inventory_commands TO holdfast_worker;
GRANT SELECT ON ticketing.inventory_journal TO holdfast_backup;
GRANT SELECT ON ticketing.inventory_journal TO holdfast_readonly;
GRANT INSERT, SELECT ON ticketing.inventory_journal TO holdfast_worker;
GRANT SELECT ON ticketing.inventory_journal_default TO holdfast_backup;
GRANT SELECT ON ticketing.inventory_journal_default TO holdfast_readonly;
GRANT SELECT ON ticketing.inventory_journal_default TO holdfast_worker;
GRANT SELECT ON ticketing.inventory_operations TO holdfast_app;
GRANT SELECT ON ticketing.inventory_operations TO holdfast_backup;
GRANT SELECT ON ticketing.inventory_operations TO holdfast_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.inventory_operations TO holdfast_worker;
GRANT SELECT ON ticketing.inventory_pools TO holdfast_app;
GRANT SELECT ON ticketing.inventory_pools TO holdfast_backup;
GRANT SELECT ON ticketing.inventory_pools TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.inventory_pools TO holdfast_worker;
GRANT SELECT ON ticketing.journal_commits TO holdfast_app;
GRANT SELECT ON ticketing.journal_commits TO holdfast_backup;
GRANT SELECT ON ticketing.journal_commits TO holdfast_readonly;
GRANT INSERT, SELECT ON ticketing.journal_commits TO holdfast_worker;
GRANT SELECT ON ticketing.journal_heads TO holdfast_app;
GRANT SELECT ON ticketing.journal_heads TO holdfast_backup;
GRANT SELECT ON ticketing.journal_heads TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.journal_heads TO holdfast_worker;
GRANT SELECT ON ticketing.journal_watermarks TO holdfast_app;
GRANT SELECT ON ticketing.journal_watermarks TO holdfast_backup;
GRANT SELECT ON ticketing.journal_watermarks TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.journal_watermarks TO holdfast_worker;
GRANT SELECT ON ticketing.last_reconciliation TO holdfast_backup;
GRANT SELECT ON ticketing.last_reconciliation TO holdfast_readonly;
GRANT SELECT ON ticketing.last_reconciliation TO holdfast_worker;
GRANT SELECT ON ticketing.mails TO holdfast_backup;
GRANT SELECT ON ticketing.mails TO holdfast_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.mails TO holdfast_worker;
GRANT SELECT ON ticketing.missing_tickets TO holdfast_backup;
GRANT SELECT ON ticketing.missing_tickets TO holdfast_readonly;
GRANT SELECT ON ticketing.missing_tickets TO holdfast_worker;
GRANT INSERT, SELECT ON ticketing.order_items TO holdfast_app;
GRANT SELECT ON ticketing.order_items TO holdfast_backup;
GRANT SELECT ON ticketing.order_items TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.order_items TO holdfast_worker;
GRANT SELECT ON ticketing.orders TO holdfast_app;
GRANT SELECT ON ticketing.orders TO holdfast_backup;
GRANT SELECT ON ticketing.orders TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.orders TO holdfast_worker;
GRANT SELECT ON ticketing.partition_health TO holdfast_backup;
GRANT SELECT ON ticketing.partition_health TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.partition_health TO holdfast_worker;
GRANT SELECT ON ticketing.payment_cursors TO holdfast_backup;
GRANT SELECT ON ticketing.payment_cursors TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.payment_cursors TO holdfast_worker;
GRANT SELECT ON ticketing.payments TO holdfast_backup;
GRANT SELECT ON ticketing.payments TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.payments TO holdfast_worker;
GRANT INSERT, SELECT ON ticketing.price_steps TO holdfast_app;
GRANT SELECT ON ticketing.price_steps TO holdfast_backup;
GRANT SELECT ON ticketing.price_steps TO holdfast_readonly;
GRANT SELECT ON ticketing.price_steps TO holdfast_worker;
GRANT INSERT, SELECT ON ticketing.promo_codes TO holdfast_app;
GRANT SELECT ON ticketing.promo_codes TO holdfast_backup;
GRANT SELECT ON ticketing.promo_codes TO holdfast_readonly;
GRANT SELECT ON ticketing.promo_codes TO holdfast_worker;
GRANT SELECT ON ticketing.reconciliation_findings TO holdfast_backup;
GRANT SELECT ON ticketing.reconciliation_findings TO holdfast_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.reconciliation_findings TO holdfast_worker;
GRANT SELECT ON ticketing.reconciliation_payments TO holdfast_backup;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.reconciliation_payments TO holdfast_worker;
GRANT SELECT ON ticketing.reconciliations TO holdfast_backup;
GRANT SELECT ON ticketing.reconciliations TO holdfast_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.reconciliations TO holdfast_worker;
GRANT SELECT ON ticketing.refund_log TO holdfast_app;
GRANT SELECT ON ticketing.refund_log TO holdfast_backup;
GRANT SELECT ON ticketing.refund_log TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.refund_log TO holdfast_worker;
GRANT SELECT ON ticketing.refund_tickets TO holdfast_app;
GRANT SELECT ON ticketing.refund_tickets TO holdfast_backup;
GRANT SELECT ON ticketing.refund_tickets TO holdfast_readonly;
GRANT INSERT, SELECT ON ticketing.refund_tickets TO holdfast_worker;
GRANT SELECT ON ticketing.sales_velocity TO holdfast_backup;
GRANT SELECT ON ticketing.sales_velocity TO holdfast_readonly;
GRANT SELECT ON ticketing.settlements TO holdfast_backup;
GRANT SELECT ON ticketing.settlements TO holdfast_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.settlements TO holdfast_worker;
GRANT SELECT ON ticketing.sign_in_links TO holdfast_backup;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.sign_in_links TO holdfast_worker;
GRANT SELECT ON ticketing.stale_orders TO holdfast_backup;
GRANT SELECT ON ticketing.stale_orders TO holdfast_readonly;
GRANT SELECT ON ticketing.stale_orders TO holdfast_worker;
GRANT INSERT, SELECT ON ticketing.stripe_events TO holdfast_app;
GRANT SELECT ON ticketing.stripe_events TO holdfast_backup;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.stripe_events TO holdfast_worker;
GRANT SELECT ON ticketing.task_runners TO holdfast_backup;
GRANT SELECT ON ticketing.task_runners TO holdfast_readonly;
GRANT DELETE, INSERT, SELECT, UPDATE ON ticketing.task_runners TO holdfast_worker;
GRANT SELECT ON ticketing.task_successes TO holdfast_app;
GRANT SELECT ON ticketing.task_successes TO holdfast_backup;
GRANT SELECT ON ticketing.task_successes TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.task_successes TO holdfast_worker;
GRANT SELECT ON ticketing.ticket_events TO holdfast_app;
GRANT SELECT ON ticketing.ticket_events TO holdfast_backup;
GRANT SELECT ON ticketing.ticket_events TO holdfast_readonly;
GRANT INSERT, SELECT ON ticketing.ticket_events TO holdfast_worker;
GRANT SELECT ON ticketing.ticket_events_default TO holdfast_backup;
GRANT SELECT ON ticketing.ticket_events_default TO holdfast_readonly;
GRANT SELECT ON ticketing.ticket_events_default TO holdfast_worker;
GRANT SELECT ON ticketing.ticket_holds TO holdfast_app;
GRANT SELECT ON ticketing.ticket_holds TO holdfast_backup;
GRANT SELECT ON ticketing.ticket_holds TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.ticket_holds TO holdfast_worker;
GRANT SELECT ON ticketing.ticket_holds_default TO holdfast_backup;
GRANT SELECT ON ticketing.ticket_holds_default TO holdfast_readonly;
GRANT SELECT ON ticketing.ticket_holds_default TO holdfast_worker;
GRANT SELECT ON ticketing.ticket_tiers TO holdfast_app;
GRANT SELECT ON ticketing.ticket_tiers TO holdfast_backup;
GRANT SELECT ON ticketing.ticket_tiers TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.ticket_tiers TO holdfast_worker;
GRANT SELECT ON ticketing.tickets TO holdfast_app;
GRANT SELECT ON ticketing.tickets TO holdfast_backup;
GRANT SELECT ON ticketing.tickets TO holdfast_readonly;
GRANT INSERT, SELECT, UPDATE ON ticketing.tickets TO holdfast_worker;
GRANT SELECT ON ticketing.tier_accounts TO holdfast_backup;
GRANT SELECT ON ticketing.tier_accounts TO holdfast_readonly;
GRANT SELECT ON ticketing.tier_accounts TO holdfast_worker;

-- Grants on columns
GRANT UPDATE (name, venue, start_at, time_zone, currency, status, inventory_authority, partition, sale_state, opens_at, closes_at, hold_ttl_ms, buyer_limit, extensions_max, extension_ms, extension_window_ms, version, updated_at, deleted_at, rotating_codes) ON events.events TO holdfast_app;
GRANT UPDATE (result) ON ticketing.checkins TO holdfast_worker;
GRANT INSERT (id, kind, severity, event_id, tier_id, order_id, ticket_id, payment_ref, detail, opened_by) ON ticketing.incidents TO holdfast_app;
GRANT SELECT (event_id, version, at, partition, epoch, entry, position, kind, hold_id, order_id, op, body) ON ticketing.inventory_journal TO holdfast_app;
GRANT UPDATE (user_id) ON ticketing.inventory_journal TO holdfast_worker;
GRANT INSERT (id, event_id, name, quantity, position, created_at, updated_at) ON ticketing.inventory_pools TO holdfast_app;
GRANT UPDATE (name, position, version, updated_at, deleted_at) ON ticketing.inventory_pools TO holdfast_app;
GRANT INSERT (id, event_id, user_id, buyer, hold_id, origin, stripe_session_id, stripe_payment_intent_id, subtotal_cents, fees_cents, total_cents, currency, expires_at, created_at, updated_at, contact_id, mode, hold_life, promo_id, discount_cents, comp_actor, comp_reason, request_key, request_hash) ON ticketing.orders TO holdfast_app;
GRANT UPDATE (stripe_session_id, stripe_payment_intent_id, expires_at, version, updated_at, attempt, payment_url) ON ticketing.orders TO holdfast_app;
GRANT UPDATE (version, updated_at, deleted_at) ON ticketing.price_steps TO holdfast_app;
GRANT UPDATE (done_at, outcome, version, updated_at) ON ticketing.price_steps TO holdfast_worker;
GRANT UPDATE (starts_at, ends_at, uses_max, per_buyer_max, active, version, updated_at) ON ticketing.promo_codes TO holdfast_app;
GRANT INSERT (id, order_id, ticket_id, user_id, op, amount_cents, currency, return_to, reason, actor) ON ticketing.refund_log TO holdfast_app;
GRANT UPDATE (attempts, settled_at, outcome) ON ticketing.stripe_events TO holdfast_app;
GRANT SELECT (id, type, livemode, received_at, attempts, settled_at, outcome, created_at, source, order_id, ref_kind, ref, intent, dispute) ON ticketing.stripe_events TO holdfast_readonly;
GRANT UPDATE (actor_user_id) ON ticketing.ticket_events TO holdfast_worker;
GRANT INSERT (id, event_id, name, description, price_cents, quantity, buyer_limit, pool_id, position, created_at, updated_at) ON ticketing.ticket_tiers TO holdfast_app;
GRANT UPDATE (name, description, position, version, updated_at, deleted_at) ON ticketing.ticket_tiers TO holdfast_app;

-- Grants on schemas and functions
GRANT EXECUTE ON FUNCTION public.cleanup_expired_ticket_holds() TO holdfast_worker;
GRANT EXECUTE ON FUNCTION public.complete_order_atomic(uuid) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION public.reconcile_all_events(boolean,interval) TO holdfast_readonly;
GRANT EXECUTE ON FUNCTION public.reconcile_all_events(boolean,interval) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION public.reconcile_event_tickets(uuid,boolean) TO holdfast_readonly;
GRANT EXECUTE ON FUNCTION public.reconcile_event_tickets(uuid,boolean) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.add_jobs(json) TO holdfast_app;
GRANT EXECUTE ON FUNCTION ticketing.add_jobs(json) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.cleanup_expired_ticket_holds(integer) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.complete_order_atomic(uuid) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.contact_of(text,text,text) TO holdfast_app;
GRANT EXECUTE ON FUNCTION ticketing.create_partitions(integer,integer) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.current_uid() TO PUBLIC;
GRANT EXECUTE ON FUNCTION ticketing.expire_due_holds(uuid,integer,uuid[]) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.expire_stale_orders(integer,uuid) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.open_incidents() TO holdfast_readonly;
GRANT EXECUTE ON FUNCTION ticketing.open_incidents() TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.order_shortage(jsonb) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.promo_uses(uuid,uuid,uuid) TO holdfast_app;
GRANT EXECUTE ON FUNCTION ticketing.queue_command(uuid,text,jsonb) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.reconcile_all_events(boolean,interval) TO holdfast_readonly;
GRANT EXECUTE ON FUNCTION ticketing.reconcile_all_events(boolean,interval) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.reconcile_event_tickets(uuid,boolean) TO holdfast_readonly;
GRANT EXECUTE ON FUNCTION ticketing.reconcile_event_tickets(uuid,boolean) TO holdfast_worker;
GRANT EXECUTE ON FUNCTION ticketing.uuid_v7(timestamp with time zone) TO holdfast_app;
GRANT EXECUTE ON FUNCTION ticketing.uuid_v7(timestamp with time zone) TO holdfast_worker;
GRANT USAGE ON SCHEMA events TO holdfast_app;
GRANT USAGE ON SCHEMA events TO holdfast_backup;
GRANT USAGE ON SCHEMA events TO holdfast_readonly;
GRANT USAGE ON SCHEMA events TO holdfast_worker;
GRANT USAGE ON SCHEMA holdfast TO holdfast_app;
GRANT USAGE ON SCHEMA holdfast TO holdfast_backup;
GRANT USAGE ON SCHEMA holdfast TO holdfast_readonly;
GRANT USAGE ON SCHEMA holdfast TO holdfast_worker;
GRANT USAGE ON SCHEMA ticketing TO holdfast_app;
GRANT USAGE ON SCHEMA ticketing TO holdfast_backup;
GRANT USAGE ON SCHEMA ticketing TO holdfast_readonly;
GRANT USAGE ON SCHEMA ticketing TO holdfast_worker;
