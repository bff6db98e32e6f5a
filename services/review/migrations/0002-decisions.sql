-- REVIEW-004: every review action, refused ones too. Append-only: the runtime role may neither update nor delete.
CREATE TABLE review_events (
  event_id        uuid   PRIMARY KEY,
  -- contract/<id>, audit/<id>, incident/<id> or issue/<id>
  subject         text   NOT NULL,
  -- Null where there is no contract, or none is known.
  contract_id     uuid,
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
CREATE INDEX review_events_by_contract ON review_events (contract_id, at) WHERE contract_id IS NOT NULL;

-- What review has said: one row per ReviewDecided. `digest` is the message's identity, by which its answer is found.
CREATE TABLE decisions (
  decision_id uuid   PRIMARY KEY REFERENCES review_events (event_id),
  contract_id uuid   NOT NULL,
  version     bigint NOT NULL,
  digest      bytea  NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
  says        text   NOT NULL,
  -- The message that the founder saw, or the answer that came.
  cited         bytea NOT NULL CHECK (octet_length(cited) = 32),
  cited_message text  NOT NULL,
  cited_says    text  NOT NULL,
  CONSTRAINT version_counts_per_contract UNIQUE (contract_id, version)
);

-- An escalated issue has no contract: what a human made of it is kept here, once.
CREATE TABLE issue_acknowledgements (
  issue_id        uuid    NOT NULL,
  -- Up to which of its verdicts: a later one is looked at anew.
  revision        integer NOT NULL,
  event_id        uuid    NOT NULL REFERENCES review_events (event_id),
  acknowledged_by text    NOT NULL,
  note            text    NOT NULL,
  at              bigint  NOT NULL,
  PRIMARY KEY (issue_id, revision)
);
