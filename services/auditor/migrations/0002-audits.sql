-- One case per finished job and attempt (AUDIT-001): how far its audit has come.
CREATE TABLE cases (
  job_id      uuid    NOT NULL,
  job_attempt bigint  NOT NULL,
  contract_id uuid    NOT NULL,
  has_failed  boolean NOT NULL,        -- SM-002: the end that the evaluation cites
  evaluation  bytea   NOT NULL,        -- the JobEvaluated value as received
  mandate     bytea   NOT NULL,        -- its mandate, to be cited
  link_digest bytea   NOT NULL CHECK (octet_length(link_digest) = 32),
  received_at bigint  NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  is_closed   boolean NOT NULL DEFAULT false,
  resolve_by  bigint,                  -- AM-14: until when a founder may resolve it; null before they are asked
  PRIMARY KEY (job_id, job_attempt)
);
CREATE INDEX cases_by_contract ON cases (contract_id);

-- AUDIT-004: each attempt is an immutable row.
CREATE TABLE audits (
  audit_id     uuid    PRIMARY KEY,
  job_id       uuid    NOT NULL,
  job_attempt  bigint  NOT NULL,
  contract_id  uuid    NOT NULL,
  attempt      integer NOT NULL CHECK (attempt > 0),
  version      bigint  NOT NULL CHECK (version > 0),
  verdict      text    NOT NULL CHECK (verdict IN ('PASS', 'FAIL', 'INCONCLUSIVE')),
  is_final     boolean NOT NULL,
  checks       jsonb   NOT NULL,
  reason       text    NOT NULL,
  concluded_at bigint  NOT NULL,
  UNIQUE (job_id, job_attempt, attempt),
  UNIQUE (contract_id, version),
  FOREIGN KEY (job_id, job_attempt) REFERENCES cases (job_id, job_attempt),
  CHECK (is_final OR verdict = 'INCONCLUSIVE')
);
-- AUDIT-004: one verdict per job's end; a FAIL is never turned into a PASS.
CREATE UNIQUE INDEX audits_one_verdict ON audits (job_id, job_attempt) WHERE verdict <> 'INCONCLUSIVE';
CREATE TRIGGER audits_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audits FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();

-- AM-04: a founder's word on single inconclusive checks, with what does not hold about it (null: it counts).
CREATE TABLE attestations (
  decision_id uuid    PRIMARY KEY,
  contract_id uuid    NOT NULL,
  audit_id    uuid    REFERENCES audits (audit_id),
  job_id      uuid,
  job_attempt bigint,
  value       bytea   NOT NULL,
  mandate     bytea   NOT NULL,
  problem     text,
  received_at bigint  NOT NULL,
  FOREIGN KEY (job_id, job_attempt) REFERENCES cases (job_id, job_attempt),
  CHECK (problem IS NOT NULL OR audit_id IS NOT NULL AND job_id IS NOT NULL)
);
CREATE INDEX attestations_by_case ON attestations (job_id, job_attempt) WHERE problem IS NULL;
CREATE TRIGGER attestations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON attestations FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();

GRANT UPDATE ON cases TO ${role};
