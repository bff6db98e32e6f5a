-- One row per record key of crm.updates.v1: the lock of everything about a reference, and its counter (FLOW-003).
CREATE TABLE crm_references (
  update_key    text   PRIMARY KEY,
  source_system text,
  reference     text,
  version       bigint NOT NULL DEFAULT 0
);

-- What the CRMs were told. Append-only.
CREATE TABLE crm_updates (
  update_key        text   NOT NULL REFERENCES crm_references,
  version           bigint NOT NULL,
  update_id         uuid   NOT NULL UNIQUE,
  source_system     text,
  reference         text,
  issue_id          uuid,
  contract_id       uuid,
  state             text   NOT NULL,
  code              text,
  field             text,
  sentence          text   NOT NULL,
  details           text   NOT NULL,
  topic_offset      text,
  at                bigint NOT NULL,
  channel           text   NOT NULL DEFAULT 'crm.updates.v1',
  aggregate         text   NOT NULL,
  aggregate_version bigint NOT NULL,
  PRIMARY KEY (update_key, version),
  CONSTRAINT "FLOW-002 told once per aggregate, version and channel" UNIQUE (channel, aggregate, aggregate_version)
);
CREATE INDEX crm_updates_reference ON crm_updates (source_system, reference, version DESC);

-- Contracts as far as heard, and how often this service has spoken to each on mandate.clarifications.v1.
CREATE TABLE contracts_heard (
  contract_id          uuid    PRIMARY KEY,
  issue_id             uuid    NOT NULL,
  version              bigint  NOT NULL,
  status               text    NOT NULL,
  revision             integer NOT NULL,
  plan_digest          bytea   NOT NULL,
  origin               text    NOT NULL,               -- JSON text of the message's origin
  waiting              text,
  open_request_id      text,
  is_cancellation_said boolean NOT NULL DEFAULT false,
  said_version         bigint  NOT NULL DEFAULT 0
);

CREATE TABLE incidents_heard (
  incident_id uuid   PRIMARY KEY,
  contract_id uuid   NOT NULL,
  version     bigint NOT NULL,
  state       text   NOT NULL
);

-- Questions that were asked: an answer is matched by its request's id and the source system.
CREATE TABLE clarification_requests (
  request_id    text   PRIMARY KEY,
  contract_id   uuid   NOT NULL,
  issue_id      uuid   NOT NULL,
  source_system text   NOT NULL,
  question      text   NOT NULL,
  requested_at  bigint NOT NULL
);

-- Issues that their CRM has withdrawn; passed on to each contract that the issue has or gets. Append-only.
CREATE TABLE cancellations (
  issue_id     uuid   PRIMARY KEY REFERENCES issue_events,
  reason       text   NOT NULL,
  digest       bytea  NOT NULL CHECK (octet_length(digest) = 32),  -- of the bytes that asked for it: what is cited
  requested_at bigint NOT NULL
);

GRANT UPDATE ON crm_references, contracts_heard, incidents_heard TO ${role};
