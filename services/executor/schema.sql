-- GENERATED: what packages/service-kit/migrations and services/executor/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

GRANT USAGE ON SCHEMA public TO ${role}_reader;

CREATE OR REPLACE FUNCTION public.keep_finished_job()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'job % has ended as % and cannot change', OLD.job_id, OLD.state;
END $function$;

CREATE OR REPLACE FUNCTION public.keep_recorded_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'JOB-004: step % of job % is recorded as % and cannot change', OLD.step_index, OLD.job_id, OLD.state;
END $function$;

CREATE TABLE capabilities (
  capability text NOT NULL,
  version bigint NOT NULL,
  registry_version bigint NOT NULL,
  definition json NOT NULL,
  enabled boolean NOT NULL,
  lifecycle text NOT NULL,
  "values" json NOT NULL,
  provisional_contract_id uuid,
  changed_at bigint NOT NULL,
  CONSTRAINT capabilities_lifecycle_check CHECK (lifecycle = ANY (ARRAY['PREVIEW'::text, 'LAUNCHED'::text, 'DEPRECATED'::text])),
  CONSTRAINT capabilities_pkey PRIMARY KEY (capability),
  CONSTRAINT capabilities_registry_version_key UNIQUE (registry_version),
  CONSTRAINT capabilities_version_check CHECK (version > 0)
);
GRANT INSERT, SELECT ON capabilities TO ${role};
GRANT SELECT ON capabilities TO ${role}_reader;
GRANT UPDATE (version, registry_version, definition, enabled, lifecycle, "values", provisional_contract_id, changed_at) ON capabilities TO ${role};

CREATE TABLE capability_log (
  registry_version bigint NOT NULL,
  capability text NOT NULL,
  version bigint NOT NULL,
  cause text NOT NULL,
  contract_id uuid,
  job_id uuid,
  catalogue_version bigint NOT NULL,
  enabled boolean NOT NULL,
  lifecycle text NOT NULL,
  "values" json NOT NULL,
  provisional_contract_id uuid,
  changed_at bigint NOT NULL,
  CONSTRAINT capability_log_capability_version_key UNIQUE (capability, version),
  CONSTRAINT capability_log_catalogue_version_fkey FOREIGN KEY (catalogue_version) REFERENCES catalogues(catalogue_version),
  CONSTRAINT capability_log_cause_check CHECK (cause = ANY (ARRAY['DEFINITION'::text, 'CHANGE'::text, 'ROLLBACK'::text, 'FINAL'::text])),
  CONSTRAINT capability_log_pkey PRIMARY KEY (registry_version),
  CONSTRAINT job_001_a_value_changes_only_in_a_job CHECK ((cause = ANY (ARRAY['CHANGE'::text, 'ROLLBACK'::text])) = (job_id IS NOT NULL)),
  CONSTRAINT job_001_only_a_definition_has_no_contract CHECK ((cause = 'DEFINITION'::text) = (contract_id IS NULL))
);
GRANT INSERT, SELECT ON capability_log TO ${role};
GRANT SELECT ON capability_log TO ${role}_reader;

CREATE TABLE catalogues (
  catalogue_version bigint NOT NULL,
  digest bytea NOT NULL,
  size integer NOT NULL,
  applied_at bigint NOT NULL,
  CONSTRAINT catalogues_catalogue_version_check CHECK (catalogue_version > 0),
  CONSTRAINT catalogues_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT catalogues_pkey PRIMARY KEY (catalogue_version),
  CONSTRAINT catalogues_size_check CHECK (size > 0)
);
GRANT INSERT, SELECT ON catalogues TO ${role};
GRANT SELECT ON catalogues TO ${role}_reader;

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
CREATE INDEX inbox_age ON inbox USING btree (received_at);
GRANT DELETE, INSERT, SELECT ON inbox TO ${role};

CREATE TABLE job_edges (
  kind text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT job_edges_kind_check CHECK (kind = ANY (ARRAY['CHANGE'::text, 'ROLLBACK'::text])),
  CONSTRAINT job_edges_pkey PRIMARY KEY (kind, from_state, to_state)
);
GRANT INSERT, SELECT ON job_edges TO ${role};
GRANT SELECT ON job_edges TO ${role}_reader;
-- row {"kind":"CHANGE","from_state":"PENDING","to_state":"COMPLETED"}
-- row {"kind":"CHANGE","from_state":"PENDING","to_state":"FAILED"}
-- row {"kind":"CHANGE","from_state":"PENDING","to_state":"PENDING"}
-- row {"kind":"CHANGE","from_state":"PENDING","to_state":"RUNNING"}
-- row {"kind":"CHANGE","from_state":"RUNNING","to_state":"COMPLETED"}
-- row {"kind":"CHANGE","from_state":"RUNNING","to_state":"FAILED"}
-- row {"kind":"CHANGE","from_state":"RUNNING","to_state":"RUNNING"}
-- row {"kind":"ROLLBACK","from_state":"FAILED","to_state":"RUNNING"}
-- row {"kind":"ROLLBACK","from_state":"PENDING","to_state":"COMPLETED"}
-- row {"kind":"ROLLBACK","from_state":"PENDING","to_state":"FAILED"}
-- row {"kind":"ROLLBACK","from_state":"PENDING","to_state":"PENDING"}
-- row {"kind":"ROLLBACK","from_state":"PENDING","to_state":"RUNNING"}
-- row {"kind":"ROLLBACK","from_state":"RUNNING","to_state":"COMPLETED"}
-- row {"kind":"ROLLBACK","from_state":"RUNNING","to_state":"FAILED"}
-- row {"kind":"ROLLBACK","from_state":"RUNNING","to_state":"RUNNING"}

CREATE TABLE job_log (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  job_id uuid NOT NULL,
  kind text NOT NULL,
  attempt integer NOT NULL,
  from_state text,
  to_state text NOT NULL,
  cause text NOT NULL,
  code text,
  reason text,
  at bigint NOT NULL,
  CONSTRAINT job_log_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(job_id),
  CONSTRAINT job_log_kind_from_state_to_state_fkey FOREIGN KEY (kind, from_state, to_state) REFERENCES job_edges(kind, from_state, to_state),
  CONSTRAINT job_log_pkey PRIMARY KEY (contract_id, version)
);
GRANT INSERT, SELECT ON job_log TO ${role};
GRANT SELECT ON job_log TO ${role}_reader;

CREATE TABLE job_steps (
  job_id uuid NOT NULL,
  step_index integer NOT NULL,
  "position" integer NOT NULL,
  change json NOT NULL,
  inverse json,
  idempotency_key uuid NOT NULL,
  undoes uuid,
  state text NOT NULL,
  health_seen json NOT NULL,
  code text,
  detail text,
  started_at bigint,
  ended_at bigint,
  CONSTRAINT job_002_health_was_looked_up CHECK ((state = ANY (ARRAY['PENDING'::text, 'SKIPPED'::text])) OR json_array_length(health_seen) >= 2),
  CONSTRAINT job_steps_idempotency_key_key UNIQUE (idempotency_key),
  CONSTRAINT job_steps_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(job_id),
  CONSTRAINT job_steps_job_id_position_key UNIQUE (job_id, "position"),
  CONSTRAINT job_steps_pkey PRIMARY KEY (job_id, step_index),
  CONSTRAINT job_steps_position_check CHECK ("position" >= 0),
  CONSTRAINT job_steps_state_check CHECK (state = ANY (ARRAY['UNCLEAR'::text, 'PENDING'::text, 'RUNNING'::text, 'DONE'::text, 'FAILED'::text, 'UNDONE'::text, 'SKIPPED'::text])),
  CONSTRAINT job_steps_step_index_check CHECK (step_index >= 0)
);
CREATE TRIGGER job_004_recorded_steps_stay BEFORE UPDATE ON job_steps FOR EACH ROW WHEN (old.state = ANY (ARRAY['DONE'::text, 'UNDONE'::text, 'SKIPPED'::text])) EXECUTE FUNCTION keep_recorded_step();
GRANT INSERT, SELECT ON job_steps TO ${role};
GRANT SELECT ON job_steps TO ${role}_reader;
GRANT UPDATE (state, health_seen, code, detail, started_at, ended_at) ON job_steps TO ${role};

CREATE TABLE jobs (
  job_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  issue_id uuid NOT NULL,
  kind text NOT NULL,
  origin json NOT NULL,
  plan json NOT NULL,
  plan_digest bytea NOT NULL,
  cites bytea NOT NULL,
  created_at bigint NOT NULL,
  version bigint NOT NULL,
  attempt integer NOT NULL,
  state text NOT NULL,
  code text,
  reason text,
  waiting_since bigint,
  snapshots json NOT NULL,
  started_at bigint,
  ended_at bigint,
  CONSTRAINT a_change_has_one_attempt CHECK (kind = 'ROLLBACK'::text OR attempt = 1),
  CONSTRAINT audit_001_an_end_has_a_time CHECK ((state = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text])) = (ended_at IS NOT NULL)),
  CONSTRAINT contract_003_sm_006_one_job_of_a_kind UNIQUE (contract_id, kind),
  CONSTRAINT jobs_attempt_check CHECK (attempt > 0),
  CONSTRAINT jobs_kind_check CHECK (kind = ANY (ARRAY['CHANGE'::text, 'ROLLBACK'::text])),
  CONSTRAINT jobs_pkey PRIMARY KEY (job_id),
  CONSTRAINT jobs_plan_digest_check CHECK (octet_length(plan_digest) = 32),
  CONSTRAINT jobs_state_check CHECK (state = ANY (ARRAY['PENDING'::text, 'RUNNING'::text, 'COMPLETED'::text, 'FAILED'::text])),
  CONSTRAINT jobs_version_check CHECK (version > 0)
);
CREATE TRIGGER finished_jobs_stay BEFORE UPDATE ON jobs FOR EACH ROW WHEN (old.state = 'COMPLETED'::text OR old.state = 'FAILED'::text AND old.kind = 'CHANGE'::text) EXECUTE FUNCTION keep_finished_job();
GRANT INSERT, SELECT ON jobs TO ${role};
GRANT SELECT ON jobs TO ${role}_reader;
GRANT UPDATE (version, attempt, state, code, reason, waiting_since, snapshots, started_at, ended_at) ON jobs TO ${role};

CREATE TABLE manifest_seen (
  only_row boolean DEFAULT true NOT NULL,
  number bigint NOT NULL,
  CONSTRAINT manifest_seen_only_row_check CHECK (only_row),
  CONSTRAINT manifest_seen_pkey PRIMARY KEY (only_row)
);
GRANT INSERT, SELECT, UPDATE ON manifest_seen TO ${role};

CREATE TABLE migrations (
  id integer DEFAULT nextval('migrations_id_seq'::regclass) NOT NULL,
  "timestamp" bigint NOT NULL,
  name character varying NOT NULL,
  CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);

CREATE TABLE operator_actions (
  action_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  reason text,
  at bigint NOT NULL,
  outcome text DEFAULT 'done'::text NOT NULL,
  number bigint,
  CONSTRAINT operator_actions_pkey PRIMARY KEY (action_id),
  CONSTRAINT operator_actions_reason_check CHECK (length(reason) > 0),
  CONSTRAINT told_once UNIQUE (number),
  CONSTRAINT told_with_a_reason CHECK (number IS NULL OR reason IS NOT NULL)
);
GRANT INSERT, SELECT ON operator_actions TO ${role};
GRANT USAGE ON SEQUENCE operator_actions_action_id_seq TO ${role};

CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  key bytea NOT NULL,
  value bytea NOT NULL,
  mandate bytea,
  headers text NOT NULL,
  queued_at bigint NOT NULL,
  CONSTRAINT outbox_pkey PRIMARY KEY (seq)
);
CREATE INDEX outbox_order ON outbox USING btree (topic, partition, seq);
GRANT DELETE, INSERT, SELECT, UPDATE ON outbox TO ${role};
GRANT USAGE ON SEQUENCE outbox_seq_seq TO ${role};

CREATE TABLE parked (
  parked_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  key bytea NOT NULL,
  value bytea NOT NULL,
  headers text NOT NULL,
  broker_time bigint NOT NULL,
  code text NOT NULL,
  reason text NOT NULL,
  parked_at bigint NOT NULL,
  reader text NOT NULL,
  CONSTRAINT parked_kind_check CHECK (kind = ANY (ARRAY['PARKED'::text, 'SET_ASIDE'::text])),
  CONSTRAINT parked_pkey PRIMARY KEY (parked_id),
  CONSTRAINT parked_reader_topic_partition_offset_key UNIQUE (reader, topic, partition, "offset")
);
CREATE INDEX parked_keys ON parked USING btree (reader, topic, key) WHERE kind = 'PARKED'::text;
CREATE INDEX parked_set_aside_age ON parked USING btree (parked_at) WHERE kind = 'SET_ASIDE'::text;
GRANT DELETE, INSERT, SELECT, UPDATE ON parked TO ${role};
GRANT USAGE ON SEQUENCE parked_parked_id_seq TO ${role};

CREATE TABLE pauses (
  topic text NOT NULL,
  operator text NOT NULL,
  reason text NOT NULL,
  paused_at bigint NOT NULL,
  until bigint,
  CONSTRAINT pauses_check CHECK (until > paused_at),
  CONSTRAINT pauses_pkey PRIMARY KEY (topic),
  CONSTRAINT pauses_reason_check CHECK (length(reason) > 0)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON pauses TO ${role};

CREATE TABLE ref_capabilities (
  capability text NOT NULL,
  version bigint NOT NULL,
  registry_version bigint NOT NULL,
  catalogue_size integer NOT NULL,
  state jsonb NOT NULL,
  CONSTRAINT ref_capabilities_pkey PRIMARY KEY (capability)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON ref_capabilities TO ${role};
GRANT SELECT ON ref_capabilities TO ${role}_reader;

CREATE TABLE ref_health (
  scope text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  basis text NOT NULL,
  signals jsonb NOT NULL,
  valid_until bigint,
  scope_versions jsonb NOT NULL,
  changed_at bigint NOT NULL,
  CONSTRAINT ref_health_pkey PRIMARY KEY (scope)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON ref_health TO ${role};
GRANT SELECT ON ref_health TO ${role}_reader;

CREATE TABLE registry_counter (
  only_row boolean DEFAULT true NOT NULL,
  registry_version bigint NOT NULL,
  CONSTRAINT registry_counter_only_row_check CHECK (only_row),
  CONSTRAINT registry_counter_pkey PRIMARY KEY (only_row),
  CONSTRAINT registry_counter_registry_version_check CHECK (registry_version >= 0)
);
GRANT INSERT, SELECT, UPDATE ON registry_counter TO ${role};
GRANT SELECT ON registry_counter TO ${role}_reader;
-- row {"only_row":true,"registry_version":0}

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};
