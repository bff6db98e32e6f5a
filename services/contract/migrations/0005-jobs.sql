-- The jobs of a contract as far as heard, the auditor's verdicts about them, and how contracts ended.

CREATE TABLE jobs (
  contract_id uuid    NOT NULL REFERENCES contracts (contract_id),
  kind        text    NOT NULL CHECK (kind IN ('CHANGE', 'ROLLBACK')),
  job_id      uuid    NOT NULL UNIQUE,
  version     bigint  NOT NULL,
  state       text    NOT NULL,
  attempt     integer NOT NULL,
  -- steps that a ROLLBACK job has not undone
  left_behind json    NOT NULL,
  ended_at    bigint,
  CONSTRAINT "CONTRACT-003 one job of a kind" PRIMARY KEY (contract_id, kind)
);
GRANT UPDATE ON jobs TO ${role};

-- WAITING: its job has not been heard of yet. TOO_LATE: the contract or incident had moved on.
CREATE TABLE audits (
  digest      bytea   PRIMARY KEY CHECK (octet_length(digest) = 32),
  contract_id uuid    NOT NULL REFERENCES contracts (contract_id),
  job_id      uuid    NOT NULL,
  version     bigint  NOT NULL,
  verdict     text    NOT NULL,
  outcome     text    NOT NULL CHECK (outcome IN ('WAITING', 'APPLIED', 'TOO_LATE')),
  value       bytea   NOT NULL,
  mandate     bytea   NOT NULL,
  received_at bigint  NOT NULL
);
CREATE INDEX audits_waiting ON audits (contract_id) WHERE outcome = 'WAITING';
GRANT UPDATE ON audits TO ${role};

CREATE TABLE outcomes (
  contract_id uuid   NOT NULL REFERENCES contracts (contract_id),
  capability  text   NOT NULL,
  change_kind text   NOT NULL,
  outcome     text   NOT NULL CHECK (outcome IN ('COMPLETED', 'FAILED')),
  ended_at    bigint NOT NULL,
  PRIMARY KEY (contract_id, capability, change_kind)
);
CREATE INDEX outcomes_recent ON outcomes (ended_at);
