-- What people are told, and how they come back. No address and no text stands here: a mail is written from the records when
-- it is sent, so an erased person is written to no more, and nothing personal is left in a queue.
CREATE TABLE ticketing.mails (
  id uuid PRIMARY KEY DEFAULT ticketing.uuid_v7(),
  contact_id uuid NOT NULL REFERENCES ticketing.contacts (id),
  order_id uuid REFERENCES ticketing.orders (id),
  refund_id uuid REFERENCES ticketing.refund_log (id),
  link_id uuid,
  kind text NOT NULL,
  locale text NOT NULL DEFAULT 'en',
  dedupe text NOT NULL,
  status text NOT NULL DEFAULT 'queued',
  attempts integer NOT NULL DEFAULT 0,
  cause text,
  message_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  CONSTRAINT mails_dedupe UNIQUE (dedupe),
  CONSTRAINT check_mail_kind CHECK (kind IN ('confirmation', 'refund', 'unfulfilled', 'sign_in')),
  CONSTRAINT check_mail_status CHECK (status IN ('queued', 'sent', 'failed', 'dead')),
  CONSTRAINT check_mail_subject CHECK (
    (kind = 'sign_in') = (order_id IS NULL) AND (kind = 'sign_in') = (link_id IS NOT NULL)
    AND (kind = 'refund') = (refund_id IS NOT NULL)
  ),
  CONSTRAINT check_mail_sent_has_time CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
  CONSTRAINT check_mail_attempts CHECK (attempts >= 0)
);
COMMENT ON COLUMN ticketing.mails.dedupe IS 'What it is about, once: confirmation:{order}, unfulfilled:{order}, refund:{refund}, sign_in:{link}.';
COMMENT ON COLUMN ticketing.mails.status IS 'queued, sent; failed: the last attempt was, another follows; dead: none follows.';
COMMENT ON COLUMN ticketing.mails.cause IS 'Why the last attempt failed, in codes. Never what the other side wrote, which repeats addresses.';
CREATE INDEX idx_mails_order ON ticketing.mails (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX idx_mails_contact ON ticketing.mails (contact_id);
CREATE INDEX idx_mails_unsent ON ticketing.mails (created_at) WHERE status <> 'sent';

CREATE TABLE ticketing.sign_in_links (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL REFERENCES ticketing.contacts (id),
  sha256 text NOT NULL,
  asked_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT sign_in_links_sha256_once UNIQUE (sha256),
  CONSTRAINT check_link_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT check_link_expires CHECK (expires_at > created_at)
);
COMMENT ON COLUMN ticketing.sign_in_links.sha256 IS 'Of the token. Whoever reads this table cannot use it.';
COMMENT ON COLUMN ticketing.sign_in_links.asked_by IS 'The session that asked for it: only there are its own orders joined.';
CREATE INDEX idx_sign_in_links_contact ON ticketing.sign_in_links (contact_id, created_at);

ALTER TABLE ticketing.contacts ADD COLUMN user_id uuid, ADD CONSTRAINT contacts_user UNIQUE (user_id);
COMMENT ON COLUMN ticketing.contacts.user_id IS 'Who proved to read this mailbox, by a sign-in link; null until then.';

GRANT SELECT, INSERT, UPDATE, DELETE ON ticketing.mails TO holdfast_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ticketing.sign_in_links TO holdfast_worker;
-- The erasure of a person.
GRANT UPDATE (actor_user_id) ON ticketing.ticket_events TO holdfast_worker;
GRANT SELECT ON ticketing.mails TO holdfast_readonly;
GRANT SELECT ON ticketing.mails, ticketing.sign_in_links TO holdfast_backup;

ALTER TABLE ticketing.mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE ticketing.sign_in_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON ticketing.mails TO holdfast_worker USING (true) WITH CHECK (true);
CREATE POLICY readonly_all ON ticketing.mails FOR SELECT TO holdfast_readonly USING (true);
CREATE POLICY worker_all ON ticketing.sign_in_links TO holdfast_worker USING (true) WITH CHECK (true);
