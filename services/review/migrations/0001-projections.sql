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
  value      bytea   NOT NULL,
  PRIMARY KEY (issue_id, revision)
);
CREATE INDEX escalated_issues_newest ON escalated_issues (judged_at DESC);

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
  value              bytea    NOT NULL,
  mandate            bytea    NOT NULL,
  search             tsvector NOT NULL GENERATED ALWAYS AS
    (to_tsvector('simple', title || ' ' || source_system || ' ' || reference)) STORED
);
-- The queue: what is not at an end, soonest to expire first; and the same for named states.
CREATE INDEX contracts_open ON contracts (expires_at, contract_id)
  WHERE status IN ('DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED', 'ACTIVE');
CREATE INDEX contracts_by_status ON contracts (status, expires_at, contract_id);
CREATE INDEX contracts_by_issue ON contracts (issue_id);
CREATE INDEX contracts_by_capability ON contracts USING gin (capabilities);
CREATE INDEX contracts_by_word ON contracts USING gin (search);

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
  value       bytea  NOT NULL
);
CREATE INDEX jobs_by_contract ON jobs (contract_id);

CREATE TABLE evaluations (
  evaluation_id uuid   PRIMARY KEY,
  contract_id   uuid   NOT NULL,
  version       bigint NOT NULL,
  value         bytea  NOT NULL
);
CREATE INDEX evaluations_by_contract ON evaluations (contract_id);

CREATE TABLE audits (
  audit_id    uuid    PRIMARY KEY,
  contract_id uuid    NOT NULL,
  version     bigint  NOT NULL,
  verdict     text    NOT NULL,
  is_final    boolean NOT NULL,
  value       bytea   NOT NULL
);
CREATE INDEX audits_by_contract ON audits (contract_id, version DESC);

CREATE TABLE incidents (
  contract_id uuid   PRIMARY KEY,
  version     bigint NOT NULL,
  state       text   NOT NULL,
  opened_at   bigint NOT NULL,
  value       bytea  NOT NULL
);
CREATE INDEX incidents_unsettled ON incidents (opened_at) WHERE state <> 'RESOLVED';

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

GRANT UPDATE ON revision_proposals, contracts, jobs, incidents TO ${role};
-- A rebuild empties them first.
GRANT DELETE ON issues, revision_proposals, escalated_issues, contracts, contract_changes, jobs, evaluations, audits, incidents, hops
  TO ${role};
