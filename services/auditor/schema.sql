-- GENERATED: what packages/service-kit/migrations and services/auditor/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

CREATE OR REPLACE FUNCTION public.refuse_edit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;

CREATE TABLE attestations (
  decision_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  audit_id uuid,
  job_id uuid,
  job_attempt bigint,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  problem text,
  received_at bigint NOT NULL,
  CONSTRAINT attestations_audit_id_fkey FOREIGN KEY (audit_id) REFERENCES audits(audit_id),
  CONSTRAINT attestations_check CHECK (problem IS NOT NULL OR audit_id IS NOT NULL AND job_id IS NOT NULL),
  CONSTRAINT attestations_job_id_job_attempt_fkey FOREIGN KEY (job_id, job_attempt) REFERENCES cases(job_id, job_attempt),
  CONSTRAINT attestations_pkey PRIMARY KEY (decision_id)
);
CREATE INDEX attestations_by_case ON attestations USING btree (job_id, job_attempt) WHERE problem IS NULL;
CREATE TRIGGER attestations_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestations FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON attestations TO ${role};

CREATE TABLE audits (
  audit_id uuid NOT NULL,
  job_id uuid NOT NULL,
  job_attempt bigint NOT NULL,
  contract_id uuid NOT NULL,
  attempt integer NOT NULL,
  version bigint NOT NULL,
  verdict text NOT NULL,
  is_final boolean NOT NULL,
  checks jsonb NOT NULL,
  reason text NOT NULL,
  concluded_at bigint NOT NULL,
  CONSTRAINT audits_attempt_check CHECK (attempt > 0),
  CONSTRAINT audits_check CHECK (is_final OR verdict = 'INCONCLUSIVE'::text),
  CONSTRAINT audits_contract_id_version_key UNIQUE (contract_id, version),
  CONSTRAINT audits_job_id_job_attempt_attempt_key UNIQUE (job_id, job_attempt, attempt),
  CONSTRAINT audits_job_id_job_attempt_fkey FOREIGN KEY (job_id, job_attempt) REFERENCES cases(job_id, job_attempt),
  CONSTRAINT audits_pkey PRIMARY KEY (audit_id),
  CONSTRAINT audits_verdict_check CHECK (verdict = ANY (ARRAY['PASS'::text, 'FAIL'::text, 'INCONCLUSIVE'::text])),
  CONSTRAINT audits_version_check CHECK (version > 0)
);
CREATE UNIQUE INDEX audits_one_verdict ON audits USING btree (job_id, job_attempt) WHERE verdict <> 'INCONCLUSIVE'::text;
CREATE TRIGGER audits_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audits FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON audits TO ${role};

CREATE TABLE cases (
  job_id uuid NOT NULL,
  job_attempt bigint NOT NULL,
  contract_id uuid NOT NULL,
  has_failed boolean NOT NULL,
  evaluation bytea NOT NULL,
  mandate bytea NOT NULL,
  link_digest bytea NOT NULL,
  received_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  is_closed boolean DEFAULT false NOT NULL,
  resolve_by bigint,
  CONSTRAINT cases_link_digest_check CHECK (octet_length(link_digest) = 32),
  CONSTRAINT cases_pkey PRIMARY KEY (job_id, job_attempt)
);
CREATE INDEX cases_by_contract ON cases USING btree (contract_id);
GRANT INSERT, SELECT, UPDATE ON cases TO ${role};

CREATE TABLE equivocations (
  message_type text NOT NULL,
  key bytea NOT NULL,
  version bigint NOT NULL,
  first_link bytea NOT NULL,
  other_link bytea NOT NULL,
  found_at bigint NOT NULL,
  CONSTRAINT equivocations_pkey PRIMARY KEY (first_link, other_link)
);
CREATE INDEX equivocations_by_subject ON equivocations USING btree (message_type, key, version);
CREATE TRIGGER equivocations_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON equivocations FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON equivocations TO ${role};

CREATE TABLE evidence (
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  link_digest bytea NOT NULL,
  cause_digest bytea NOT NULL,
  message_type text NOT NULL,
  says text NOT NULL,
  writer text NOT NULL,
  key bytea NOT NULL,
  version bigint NOT NULL,
  "time" bigint NOT NULL,
  issue_id uuid NOT NULL,
  contract_id uuid,
  job_id uuid,
  registry_version bigint,
  mandate bytea NOT NULL,
  value bytea NOT NULL,
  recorded_at bigint NOT NULL,
  CONSTRAINT evidence_cause_digest_check CHECK (octet_length(cause_digest) = 32),
  CONSTRAINT evidence_link_digest_check CHECK (octet_length(link_digest) = 32),
  CONSTRAINT evidence_link_digest_key UNIQUE (link_digest),
  CONSTRAINT evidence_pkey PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX evidence_by_contract ON evidence USING btree (contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX evidence_by_issue ON evidence USING btree (issue_id);
CREATE INDEX evidence_by_subject ON evidence USING btree (message_type, key, version);
CREATE INDEX evidence_by_time ON evidence USING btree (message_type, key, "time");
CREATE INDEX evidence_of_registry ON evidence USING btree (registry_version) WHERE message_type = 'CapabilityChanged'::text;
CREATE TRIGGER evidence_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON evidence TO ${role};

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
GRANT DELETE, INSERT, SELECT ON inbox TO ${role};

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
  reason text NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT operator_actions_pkey PRIMARY KEY (action_id),
  CONSTRAINT operator_actions_reason_check CHECK (length(reason) > 0)
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
GRANT DELETE, INSERT, SELECT, UPDATE ON parked TO ${role};
GRANT USAGE ON SEQUENCE parked_parked_id_seq TO ${role};

CREATE TABLE ref_capabilities (
  capability text NOT NULL,
  version bigint NOT NULL,
  registry_version bigint NOT NULL,
  catalogue_size integer NOT NULL,
  state jsonb NOT NULL,
  CONSTRAINT ref_capabilities_pkey PRIMARY KEY (capability)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON ref_capabilities TO ${role};

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

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};
