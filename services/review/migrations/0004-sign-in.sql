-- Who is signed in, on any replica. The cookie holds 256 random bits; only their SHA-256 is here.
CREATE TABLE sessions (
  session_digest bytea  PRIMARY KEY CHECK (octet_length(session_digest) = 32),
  -- What review events and statements name: it opens nothing.
  session_id     uuid   NOT NULL UNIQUE,
  founder        text   NOT NULL,
  name           text,
  roles          text[] NOT NULL,
  -- Tells the provider whose session ends when the founder signs out.
  id_token       text   NOT NULL,
  started_at     bigint NOT NULL,
  seen_at        bigint NOT NULL
);
CREATE INDEX sessions_by_founder ON sessions (founder);
CREATE INDEX sessions_oldest ON sessions (started_at);
GRANT UPDATE (seen_at), DELETE ON sessions TO ${role};

-- Sign-ins under way: what the provider's answer has to fit. Each is taken once.
CREATE TABLE sign_ins (
  attempt_digest bytea  PRIMARY KEY CHECK (octet_length(attempt_digest) = 32),
  state          text   NOT NULL,
  nonce          text   NOT NULL,
  code_verifier  text   NOT NULL,
  return_to      text   NOT NULL,
  expires_at     bigint NOT NULL
);
CREATE INDEX sign_ins_oldest ON sign_ins (expires_at);
GRANT DELETE ON sign_ins TO ${role};

-- Keys that founders asked to be enrolled. Whether one counts is in the manifest alone; review cannot write that.
CREATE TABLE founder_keys (
  key_id        text   PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
  founder       text   NOT NULL,
  kind          text   NOT NULL CHECK (kind IN ('passkey', 'browser')),
  label         text   NOT NULL,
  public_key    bytea  NOT NULL,
  rp_id         text,
  origin        text,
  credential_id bytea  UNIQUE,
  -- A passkey's signature counter: must grow with each use, unless the authenticator has none.
  sign_count    bigint,
  session_id    text   NOT NULL,
  requested_at  bigint NOT NULL,
  -- When the manifest was first seen to name it; one that it then no longer names has been withdrawn, and is not asked for again.
  active_since  bigint,
  CONSTRAINT passkey_is_whole CHECK ((kind = 'passkey') = (rp_id IS NOT NULL AND origin IS NOT NULL AND credential_id IS NOT NULL AND sign_count IS NOT NULL))
);
CREATE INDEX founder_keys_by_founder ON founder_keys (founder, requested_at);
GRANT UPDATE (sign_count, active_since) ON founder_keys TO ${role};

-- Challenges of passkeys that are being made; each is taken once.
CREATE TABLE enrolment_challenges (
  challenge  text   PRIMARY KEY,
  founder    text   NOT NULL,
  session_id text   NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX enrolment_challenges_oldest ON enrolment_challenges (expires_at);
GRANT DELETE ON enrolment_challenges TO ${role};
