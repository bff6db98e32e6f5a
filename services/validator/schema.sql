-- GENERATED: what packages/service-kit/migrations and services/validator/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

GRANT USAGE ON SCHEMA public TO ${role}_reader;

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
CREATE INDEX inbox_age ON inbox USING btree (received_at);
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

CREATE TABLE originals (
  issue_id uuid NOT NULL,
  issue_type text NOT NULL,
  severity text NOT NULL,
  validator_version text NOT NULL,
  CONSTRAINT originals_issue_type_check CHECK (issue_type = ANY (ARRAY['unknown'::text, 'capability_request'::text, 'bug_report'::text, 'configuration_change'::text, 'escalation'::text])),
  CONSTRAINT originals_pkey PRIMARY KEY (issue_id),
  CONSTRAINT originals_severity_check CHECK (severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))
);
GRANT INSERT, SELECT ON originals TO ${role};
GRANT SELECT ON originals TO ${role}_reader;

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
