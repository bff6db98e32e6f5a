-- GENERATED: what packages/service-kit/migrations and services/auditor/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

GRANT USAGE ON SCHEMA public TO ${role}_reader;

CREATE OR REPLACE FUNCTION public.prepare_evidence(at_ms bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  month timestamp := date_trunc('month', to_timestamp(at_ms / 1000.0) AT TIME ZONE 'UTC');
  whole boolean := true;
  part  text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('prepare_evidence', 0));
  FOR i IN 0..1 LOOP
    part := 'evidence_' || to_char(month, 'YYYY_MM');
    IF to_regclass(part) IS NULL THEN
      whole := false;
      EXECUTE format('CREATE TABLE %I PARTITION OF evidence FOR VALUES FROM (%s) TO (%s)', part,
        (extract(epoch FROM month) * 1000)::bigint, (extract(epoch FROM month + interval '1 month') * 1000)::bigint);
      EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit()', part);
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN whole;
END $function$;

CREATE OR REPLACE FUNCTION public.refuse_edit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;

GRANT EXECUTE ON FUNCTION prepare_evidence(bigint) TO ${role};

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
GRANT SELECT ON attestations TO ${role}_reader;

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
GRANT SELECT ON audits TO ${role}_reader;

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
GRANT SELECT ON cases TO ${role}_reader;

CREATE TABLE checkpoint_heads (
  number bigint NOT NULL,
  log smallint NOT NULL,
  rows bigint NOT NULL,
  head bytea NOT NULL,
  CONSTRAINT checkpoint_heads_head_check CHECK (octet_length(head) = 32),
  CONSTRAINT checkpoint_heads_log_fkey FOREIGN KEY (log) REFERENCES logs(log),
  CONSTRAINT checkpoint_heads_number_fkey FOREIGN KEY (number) REFERENCES checkpoints(number),
  CONSTRAINT checkpoint_heads_pkey PRIMARY KEY (log, number)
);
CREATE TRIGGER checkpoint_heads_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON checkpoint_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON checkpoint_heads TO ${role};
GRANT SELECT ON checkpoint_heads TO ${role}_reader;

CREATE TABLE checkpoints (
  number bigint NOT NULL,
  at bigint NOT NULL,
  previous bytea NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL,
  CONSTRAINT checkpoints_number_check CHECK (number > 0),
  CONSTRAINT checkpoints_pkey PRIMARY KEY (number),
  CONSTRAINT checkpoints_previous_check CHECK (octet_length(previous) = 32),
  CONSTRAINT checkpoints_signature_check CHECK (octet_length(signature) = 64)
);
CREATE TRIGGER checkpoints_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON checkpoints TO ${role};
GRANT SELECT ON checkpoints TO ${role}_reader;

CREATE TABLE evidence (
  recorded_at bigint NOT NULL,
  seq bigint NOT NULL,
  "offset" bigint NOT NULL,
  version bigint NOT NULL,
  "time" bigint NOT NULL,
  registry_version bigint,
  issue_id uuid NOT NULL,
  contract_id uuid,
  job_id uuid,
  log smallint NOT NULL,
  message_type text NOT NULL,
  says text NOT NULL,
  link_digest bytea NOT NULL,
  hash bytea NOT NULL,
  key bytea NOT NULL,
  mandate bytea NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT evidence_hash_check CHECK (octet_length(hash) = 32),
  CONSTRAINT evidence_link_digest_check CHECK (octet_length(link_digest) = 32),
  CONSTRAINT evidence_pkey PRIMARY KEY (log, seq, recorded_at),
  CONSTRAINT evidence_seq_check CHECK (seq > 0)
);
-- PARTITION BY RANGE (recorded_at);
CREATE INDEX evidence_by_contract ON ONLY evidence USING btree (contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX evidence_by_issue ON ONLY evidence USING btree (issue_id) WHERE issue_id <> '00000000-0000-0000-0000-000000000000'::uuid;
CREATE INDEX evidence_by_link ON ONLY evidence USING hash (link_digest);
CREATE INDEX evidence_by_subject ON ONLY evidence USING btree (key, version);
CREATE INDEX evidence_of_registry ON ONLY evidence USING btree (registry_version) WHERE registry_version IS NOT NULL;
CREATE TRIGGER evidence_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON evidence TO ${role};
GRANT SELECT ON evidence TO ${role}_reader;

CREATE TABLE findings (
  finding_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  message_type text,
  key bytea,
  version bigint,
  from_offset bigint,
  to_offset bigint,
  first_link bytea,
  other_link bytea,
  found_at bigint NOT NULL,
  CONSTRAINT findings_kind_check CHECK (kind = ANY (ARRAY['GAP'::text, 'FORK'::text, 'EQUIVOCATION'::text])),
  CONSTRAINT findings_kind_topic_partition_message_type_key_version_from_key UNIQUE NULLS NOT DISTINCT (kind, topic, partition, message_type, key, version, from_offset, first_link, other_link),
  CONSTRAINT findings_pkey PRIMARY KEY (finding_id)
);
CREATE INDEX findings_by_subject ON findings USING btree (key, version);
CREATE TRIGGER findings_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON findings FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
GRANT INSERT, SELECT ON findings TO ${role};
GRANT USAGE ON SEQUENCE findings_finding_id_seq TO ${role};

CREATE TABLE holes (
  log smallint NOT NULL,
  from_offset bigint NOT NULL,
  to_offset bigint NOT NULL,
  seen_at bigint NOT NULL,
  CONSTRAINT holes_check CHECK (to_offset >= from_offset),
  CONSTRAINT holes_log_fkey FOREIGN KEY (log) REFERENCES logs(log),
  CONSTRAINT holes_pkey PRIMARY KEY (log, from_offset)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON holes TO ${role};

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
CREATE INDEX inbox_age ON inbox USING btree (received_at);
GRANT DELETE, INSERT, SELECT ON inbox TO ${role};

CREATE TABLE logs (
  log smallint GENERATED ALWAYS AS IDENTITY NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint DEFAULT 0 NOT NULL,
  rows bigint DEFAULT 0 NOT NULL,
  bytes bigint DEFAULT 0 NOT NULL,
  head bytea NOT NULL,
  CONSTRAINT logs_head_check CHECK (octet_length(head) = 32),
  CONSTRAINT logs_pkey PRIMARY KEY (log),
  CONSTRAINT logs_topic_partition_key UNIQUE (topic, partition)
);
GRANT INSERT, SELECT, UPDATE ON logs TO ${role};
GRANT SELECT ON logs TO ${role}_reader;
GRANT USAGE ON SEQUENCE logs_log_seq TO ${role};

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

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};
