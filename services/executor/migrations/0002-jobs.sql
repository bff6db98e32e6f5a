-- Jobs and their steps. The plan of a job is what was approved: its columns carry no UPDATE grant, so that nothing can
-- be chosen or altered once it is stored.

-- The state machine as data; a test proves it equal to the one in the code. A state to itself is a recorded change that
-- is no transition.
CREATE TABLE job_edges (
  kind       text NOT NULL CHECK (kind IN ('CHANGE', 'ROLLBACK')),
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (kind, from_state, to_state)
);
INSERT INTO job_edges (kind, from_state, to_state)
  SELECT kind, f, t FROM unnest(ARRAY['CHANGE', 'ROLLBACK']) AS kind,
    (VALUES ('PENDING', 'PENDING'), ('PENDING', 'RUNNING'), ('PENDING', 'COMPLETED'), ('PENDING', 'FAILED'),
            ('RUNNING', 'RUNNING'), ('RUNNING', 'COMPLETED'), ('RUNNING', 'FAILED')) AS edge (f, t)
  UNION ALL VALUES ('ROLLBACK', 'FAILED', 'RUNNING'); -- another attempt; only a rollback has one

CREATE TABLE jobs (
  job_id       uuid    PRIMARY KEY,
  contract_id  uuid    NOT NULL,
  issue_id     uuid    NOT NULL,
  kind         text    NOT NULL CHECK (kind IN ('CHANGE', 'ROLLBACK')),
  origin       json    NOT NULL,
  plan         json    NOT NULL,
  plan_digest  bytea   NOT NULL CHECK (octet_length(plan_digest) = 32),
  cites        bytea   NOT NULL, -- the ContractChanged that ordered it, with its permits and proofs (SM-001)
  created_at   bigint  NOT NULL,
  version      bigint  NOT NULL CHECK (version > 0),
  attempt      integer NOT NULL CHECK (attempt > 0),
  state        text    NOT NULL CHECK (state IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED')),
  code         text,
  reason       text,
  waiting_since bigint,
  snapshots    json    NOT NULL,
  started_at   bigint,
  ended_at     bigint,
  CONSTRAINT contract_003_sm_006_one_job_of_a_kind UNIQUE (contract_id, kind),
  CONSTRAINT audit_001_an_end_has_a_time CHECK ((state IN ('COMPLETED', 'FAILED')) = (ended_at IS NOT NULL)),
  CONSTRAINT a_change_has_one_attempt CHECK (kind = 'ROLLBACK' OR attempt = 1)
);

-- JOB-006: the inverse of every step is stored with it, before the first one runs.
CREATE TABLE job_steps (
  job_id          uuid    NOT NULL REFERENCES jobs,
  step_index      integer NOT NULL CHECK (step_index >= 0),
  position        integer NOT NULL CHECK (position >= 0), -- the order in which they run
  change          json    NOT NULL,
  inverse         json,
  idempotency_key uuid    NOT NULL UNIQUE,
  undoes          uuid, -- in a rollback: the key under which the step was applied
  state           text    NOT NULL CHECK (state IN ('UNCLEAR', 'PENDING', 'RUNNING', 'DONE', 'FAILED', 'UNDONE', 'SKIPPED')),
  health_seen     json    NOT NULL,
  code            text,
  detail          text,
  started_at      bigint,
  ended_at        bigint,
  PRIMARY KEY (job_id, step_index),
  UNIQUE (job_id, position),
  -- JOB-002: what has run has seen the health of SYSTEM and of its target.
  CONSTRAINT job_002_health_was_looked_up CHECK (state IN ('PENDING', 'SKIPPED') OR json_array_length(health_seen) >= 2)
);

-- Append-only: each recorded change of a contract's jobs. The version counts on across jobs and attempts.
CREATE TABLE job_log (
  contract_id uuid   NOT NULL,
  version     bigint NOT NULL,
  job_id      uuid   NOT NULL REFERENCES jobs,
  kind        text   NOT NULL,
  attempt     integer NOT NULL,
  from_state  text,
  to_state    text   NOT NULL,
  cause       text   NOT NULL,
  code        text,
  reason      text,
  at          bigint NOT NULL,
  PRIMARY KEY (contract_id, version),
  FOREIGN KEY (kind, from_state, to_state) REFERENCES job_edges
);

-- A step that is recorded as done, undone or skipped is never touched again: it cannot run twice.
CREATE FUNCTION keep_recorded_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'JOB-004: step % of job % is recorded as % and cannot change', OLD.step_index, OLD.job_id, OLD.state;
END $$;
CREATE TRIGGER job_004_recorded_steps_stay BEFORE UPDATE ON job_steps
  FOR EACH ROW WHEN (OLD.state IN ('DONE', 'UNDONE', 'SKIPPED')) EXECUTE FUNCTION keep_recorded_step();

-- A finished job is what was evaluated and audited; only a rollback that failed may be tried again.
CREATE FUNCTION keep_finished_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'job % has ended as % and cannot change', OLD.job_id, OLD.state;
END $$;
CREATE TRIGGER finished_jobs_stay BEFORE UPDATE ON jobs
  FOR EACH ROW WHEN (OLD.state = 'COMPLETED' OR (OLD.state = 'FAILED' AND OLD.kind = 'CHANGE')) EXECUTE FUNCTION keep_finished_job();

GRANT UPDATE (version, attempt, state, code, reason, waiting_since, snapshots, started_at, ended_at) ON jobs TO ${role};
GRANT UPDATE (state, health_seen, code, detail, started_at, ended_at) ON job_steps TO ${role};
