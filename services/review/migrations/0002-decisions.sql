-- REVIEW-004: every review action, refused ones too. Append-only: the runtime role may neither update nor delete.
CREATE TABLE review_events (
  event_id        uuid   PRIMARY KEY,
  contract_id     uuid   NOT NULL,
  action          text   NOT NULL,
  actor           text   NOT NULL,
  on_behalf_of    text,
  at              bigint NOT NULL,
  reason          text,
  modifications   jsonb,
  session_id      text   NOT NULL,
  dossier_seen    bytea  CHECK (octet_length(dossier_seen) = 32),
  version_seen    bigint,
  request_id      text   NOT NULL,
  idempotency_key text   NOT NULL,
  request_digest  bytea  NOT NULL CHECK (octet_length(request_digest) = 32),
  outcome         text   NOT NULL CHECK (outcome IN ('ACCEPTED', 'REFUSED')),
  code            text   CHECK ((outcome = 'REFUSED') = (code IS NOT NULL)),
  about           text,
  CONSTRAINT one_decision_per_idempotency_key UNIQUE (actor, idempotency_key)
);
CREATE INDEX review_events_by_contract ON review_events (contract_id, at);

-- What review has said: one row per ReviewDecided. `digest` is the message's identity, by which its answer is found.
CREATE TABLE decisions (
  decision_id uuid   PRIMARY KEY REFERENCES review_events (event_id),
  contract_id uuid   NOT NULL,
  version     bigint NOT NULL,
  digest      bytea  NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
  says        text   NOT NULL,
  -- The ContractChanged that the founder saw.
  cited       bytea  NOT NULL CHECK (octet_length(cited) = 32),
  cited_says  text   NOT NULL,
  CONSTRAINT version_counts_per_contract UNIQUE (contract_id, version)
);

-- Answers of requestors; the action that passes them on is not there yet.
CREATE TABLE clarifications (
  digest      bytea  PRIMARY KEY,
  contract_id uuid   NOT NULL,
  received_at bigint NOT NULL,
  value       bytea  NOT NULL,
  mandate     bytea  NOT NULL
);
CREATE INDEX clarifications_by_contract ON clarifications (contract_id, received_at);
