-- What review knows of everything it reads. Rebuilt from the topics at any time; the higher version wins.

CREATE TABLE issues (
  issue_id    uuid   PRIMARY KEY,
  received_at bigint NOT NULL,
  value       bytea  NOT NULL
);

-- A revision's proposal; that of an original stands in its contract's verdict.
CREATE TABLE revision_proposals (
  contract_id uuid   PRIMARY KEY,
  version     bigint NOT NULL,
  value       bytea  NOT NULL
);

-- A MAY_NOT that a human should look at: severity critical, or the validator says escalate or defer.
CREATE TABLE escalated_issues (
  issue_id   uuid    NOT NULL,
  revision   integer NOT NULL,
  contract_id uuid,
  judged_at  bigint  NOT NULL,
  is_acknowledged boolean NOT NULL,
  value      bytea   NOT NULL,
  PRIMARY KEY (issue_id, revision)
);
CREATE INDEX escalated_issues_open ON escalated_issues (judged_at DESC) WHERE NOT is_acknowledged;

CREATE TABLE contracts (
  contract_id        uuid     PRIMARY KEY,
  issue_id           uuid     NOT NULL,
  parent_contract_id uuid,
  version            bigint   NOT NULL,
  status             text     NOT NULL,
  title              text     NOT NULL,
  risk_level         text     NOT NULL,
  source             text     NOT NULL,
  source_system      text     NOT NULL,
  reference          text     NOT NULL,
  capabilities       text[]   NOT NULL,
  expires_at         bigint   NOT NULL,
  is_paused          boolean  NOT NULL,
  waiting_since      bigint,
  -- End of the approved window; null before the approval.
  window_end         bigint,
  created_at         bigint   NOT NULL,
  changed_at         bigint   NOT NULL,
  value              bytea    NOT NULL,
  mandate            bytea    NOT NULL,
  search             tsvector NOT NULL GENERATED ALWAYS AS
    (to_tsvector('simple', title || ' ' || source_system || ' ' || reference)) STORED
);
-- The queue is read state by state, each in one of its orders and from where the last page ended.
CREATE INDEX contracts_by_expiry ON contracts (status, expires_at, contract_id);
CREATE INDEX contracts_by_creation ON contracts (status, created_at, contract_id);
CREATE INDEX contracts_by_change ON contracts (status, changed_at, contract_id);
CREATE INDEX contracts_by_risk ON contracts (status, risk_level, expires_at, contract_id);
CREATE INDEX contracts_by_source ON contracts (status, source, expires_at, contract_id);
CREATE INDEX contracts_by_issue ON contracts (issue_id);
CREATE INDEX contracts_by_parent ON contracts (parent_contract_id) WHERE parent_contract_id IS NOT NULL;
CREATE INDEX contracts_by_capability ON contracts USING gin (capabilities);
CREATE INDEX contracts_by_word ON contracts USING gin (search);
CREATE INDEX contracts_held ON contracts (waiting_since) WHERE status = 'APPROVED' AND waiting_since IS NOT NULL;
CREATE INDEX contracts_executing ON contracts (window_end) WHERE status = 'ACTIVE';

-- Questions to requestors with their answers, round by round.
CREATE TABLE clarification_rounds (
  contract_id  uuid   NOT NULL,
  request_id   text   NOT NULL,
  question     text   NOT NULL,
  requested_at bigint NOT NULL,
  answer       text,
  answered_at  bigint,
  version      bigint NOT NULL,
  PRIMARY KEY (contract_id, request_id)
);

-- Every recorded change of every contract. `decision` is the digest of the ReviewDecided that led to it.
CREATE TABLE contract_changes (
  contract_id uuid   NOT NULL,
  version     bigint NOT NULL,
  from_status text,
  to_status   text   NOT NULL,
  cause       text   NOT NULL,
  actor       text   NOT NULL,
  code        text,
  reason      text,
  at          bigint NOT NULL,
  decision    bytea,
  PRIMARY KEY (contract_id, version)
);
CREATE INDEX contract_changes_by_decision ON contract_changes (decision) WHERE decision IS NOT NULL;

CREATE TABLE jobs (
  job_id      uuid   PRIMARY KEY,
  contract_id uuid   NOT NULL,
  version     bigint NOT NULL,
  kind        text   NOT NULL,
  ended_at    bigint,
  value       bytea  NOT NULL
);
CREATE INDEX jobs_by_contract ON jobs (contract_id, version);

CREATE TABLE evaluations (
  evaluation_id uuid   PRIMARY KEY,
  contract_id   uuid   NOT NULL,
  version       bigint NOT NULL,
  job_id        uuid   NOT NULL,
  evaluated_at  bigint NOT NULL,
  value         bytea  NOT NULL
);
CREATE INDEX evaluations_by_contract ON evaluations (contract_id, version);

-- `mandate` is the header to cite an audit by; `decision` the digest of the attestation that it answers.
CREATE TABLE audits (
  audit_id     uuid    PRIMARY KEY,
  contract_id  uuid    NOT NULL,
  version      bigint  NOT NULL,
  job_id       uuid    NOT NULL,
  verdict      text    NOT NULL,
  is_final     boolean NOT NULL,
  concluded_at bigint  NOT NULL,
  decision     bytea,
  value        bytea   NOT NULL,
  mandate      bytea   NOT NULL
);
CREATE INDEX audits_by_contract ON audits (contract_id, version);
CREATE INDEX audits_by_decision ON audits (decision) WHERE decision IS NOT NULL;

CREATE TABLE incidents (
  contract_id uuid   PRIMARY KEY,
  incident_id uuid   NOT NULL UNIQUE,
  version     bigint NOT NULL,
  state       text   NOT NULL,
  opened_at   bigint NOT NULL,
  value       bytea  NOT NULL,
  mandate     bytea  NOT NULL
);
CREATE INDEX incidents_unsettled ON incidents (opened_at) WHERE state <> 'RESOLVED';

CREATE TABLE incident_changes (
  contract_id uuid   NOT NULL,
  version     bigint NOT NULL,
  from_state  text,
  to_state    text   NOT NULL,
  cause       text   NOT NULL,
  actor       text   NOT NULL,
  code        text,
  reason      text,
  at          bigint NOT NULL,
  decision    bytea,
  PRIMARY KEY (contract_id, version)
);
CREATE INDEX incident_changes_by_decision ON incident_changes (decision) WHERE decision IS NOT NULL;

-- The chain as review has seen it: the link of every message about an issue, each verified before it came here.
-- `cause_*` is what it cites; without a message and what it says, a digest from outside.
CREATE TABLE hops (
  digest        bytea   PRIMARY KEY,
  issue_id      uuid    NOT NULL,
  contract_id   uuid,
  message       text    NOT NULL,
  says          text    NOT NULL,
  writer        text    NOT NULL,
  version       bigint  NOT NULL,
  at            bigint  NOT NULL,
  has_effect    boolean NOT NULL,
  cause_digest  bytea   NOT NULL,
  cause_message text,
  cause_says    text
);
CREATE INDEX hops_by_issue ON hops (issue_id, at);

-- What clients are told as it happens. A sequence is not commit order, but a transaction's id below the oldest one still
-- running is final: readers go by (transaction, number) and never miss what commits late.
CREATE TABLE events (
  transaction_id xid8   NOT NULL DEFAULT pg_current_xact_id(),
  number         bigint GENERATED ALWAYS AS IDENTITY,
  name           text   NOT NULL,
  body           jsonb  NOT NULL,
  at             bigint NOT NULL,
  PRIMARY KEY (transaction_id, number)
);
CREATE INDEX events_by_time ON events (at);

GRANT UPDATE ON revision_proposals, escalated_issues, contracts, clarification_rounds, jobs, incidents TO ${role};
-- A rebuild empties them first.
GRANT DELETE ON issues, revision_proposals, escalated_issues, contracts, clarification_rounds, contract_changes, jobs, evaluations, audits,
  incidents, incident_changes, hops, events TO ${role};
