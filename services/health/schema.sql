-- GENERATED: what packages/service-kit/migrations and services/health/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

GRANT USAGE ON SCHEMA public TO ${role}_reader;

CREATE TABLE alerts (
  fingerprint text NOT NULL,
  scope text NOT NULL,
  decision text NOT NULL,
  source text NOT NULL,
  reason text NOT NULL,
  observed_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT alerts_check CHECK (expires_at > observed_at),
  CONSTRAINT alerts_decision_check CHECK (decision = ANY (ARRAY['WARN'::text, 'BLOCKED'::text])),
  CONSTRAINT alerts_pkey PRIMARY KEY (fingerprint)
);
CREATE INDEX alerts_by_scope ON alerts USING btree (scope);
GRANT DELETE, INSERT, SELECT, UPDATE ON alerts TO ${role};

CREATE TABLE capability_history (
  capability text NOT NULL,
  version bigint NOT NULL,
  registry_version bigint NOT NULL,
  cause text NOT NULL,
  contract_id uuid,
  job_id uuid,
  cites_own boolean NOT NULL,
  frozen boolean NOT NULL,
  key_schemas jsonb NOT NULL,
  enabled boolean NOT NULL,
  lifecycle text NOT NULL,
  "values" jsonb NOT NULL,
  changed_at bigint NOT NULL,
  CONSTRAINT capability_history_pkey PRIMARY KEY (capability, version)
);
CREATE INDEX capability_history_by_registry ON capability_history USING btree (registry_version);
GRANT DELETE, INSERT, SELECT ON capability_history TO ${role};
GRANT SELECT ON capability_history TO ${role}_reader;

CREATE TABLE contract_scopes (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  plan_digest bytea NOT NULL,
  capabilities text[] NOT NULL,
  changes jsonb NOT NULL,
  CONSTRAINT contract_scopes_pkey PRIMARY KEY (contract_id),
  CONSTRAINT contract_scopes_plan_digest_check CHECK (octet_length(plan_digest) = 32)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON contract_scopes TO ${role};
GRANT SELECT ON contract_scopes TO ${role}_reader;

CREATE TABLE evaluations (
  evaluation_id uuid NOT NULL,
  job_id uuid NOT NULL,
  attempt bigint NOT NULL,
  contract_id uuid NOT NULL,
  job bytea NOT NULL,
  mandate bytea NOT NULL,
  plan_digest bytea NOT NULL,
  snapshot jsonb NOT NULL,
  started_at bigint NOT NULL,
  ended_at bigint NOT NULL,
  due_at bigint NOT NULL,
  evaluated_at bigint,
  version bigint,
  answer jsonb,
  CONSTRAINT evaluations_check CHECK ((evaluated_at IS NULL) = (answer IS NULL) AND (version IS NULL) = (answer IS NULL)),
  CONSTRAINT evaluations_contract_id_version_key UNIQUE (contract_id, version),
  CONSTRAINT evaluations_job_id_attempt_key UNIQUE (job_id, attempt),
  CONSTRAINT evaluations_pkey PRIMARY KEY (evaluation_id),
  CONSTRAINT evaluations_plan_digest_check CHECK (octet_length(plan_digest) = 32)
);
GRANT INSERT, SELECT, UPDATE ON evaluations TO ${role};
GRANT SELECT ON evaluations TO ${role}_reader;

CREATE TABLE health_history (
  scope text NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  basis text NOT NULL,
  changed_at bigint NOT NULL,
  CONSTRAINT health_history_basis_check CHECK (basis = ANY (ARRAY['own'::text, 'inherited'::text])),
  CONSTRAINT health_history_pkey PRIMARY KEY (scope, version),
  CONSTRAINT health_history_state_check CHECK (state = ANY (ARRAY['UNKNOWN'::text, 'HEALTHY'::text, 'DEGRADED'::text, 'UNHEALTHY'::text]))
);
CREATE INDEX health_history_by_time ON health_history USING btree (scope, changed_at);
GRANT INSERT, SELECT ON health_history TO ${role};
GRANT SELECT ON health_history TO ${role}_reader;

CREATE TABLE health_scopes (
  scope text NOT NULL,
  version bigint DEFAULT 0 NOT NULL,
  state text DEFAULT 'UNKNOWN'::text NOT NULL,
  basis text DEFAULT 'own'::text NOT NULL,
  signal_ids text[] DEFAULT '{}'::text[] NOT NULL,
  said_at bigint,
  CONSTRAINT health_scopes_basis_check CHECK (basis = ANY (ARRAY['own'::text, 'inherited'::text])),
  CONSTRAINT health_scopes_pkey PRIMARY KEY (scope),
  CONSTRAINT health_scopes_state_check CHECK (state = ANY (ARRAY['UNKNOWN'::text, 'HEALTHY'::text, 'DEGRADED'::text, 'UNHEALTHY'::text]))
);
GRANT INSERT, SELECT, UPDATE ON health_scopes TO ${role};
GRANT SELECT ON health_scopes TO ${role}_reader;
-- row {"scope":"SYSTEM","version":0,"state":"UNKNOWN","basis":"own","signal_ids":[],"said_at":null}

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

CREATE TABLE observations (
  observation_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  scope text NOT NULL,
  probe_id text NOT NULL,
  decision text NOT NULL,
  latency_ms integer NOT NULL,
  detail text NOT NULL,
  observed_at bigint NOT NULL,
  CONSTRAINT observations_decision_check CHECK (decision = ANY (ARRAY['OK'::text, 'WARN'::text, 'BLOCKED'::text])),
  CONSTRAINT observations_pkey PRIMARY KEY (observation_id)
);
CREATE INDEX observations_by_scope ON observations USING btree (scope, observed_at);
CREATE INDEX observations_by_time ON observations USING btree (observed_at);
GRANT DELETE, INSERT, SELECT ON observations TO ${role};
GRANT USAGE ON SEQUENCE observations_observation_id_seq TO ${role};

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

CREATE TABLE probes (
  scope text NOT NULL,
  probe_id text NOT NULL,
  definition jsonb NOT NULL,
  decision text,
  recent text[] DEFAULT '{}'::text[] NOT NULL,
  observed_at bigint,
  detail text,
  CONSTRAINT probes_check CHECK ((decision IS NULL) = (observed_at IS NULL)),
  CONSTRAINT probes_decision_check CHECK (decision = ANY (ARRAY['OK'::text, 'WARN'::text, 'BLOCKED'::text])),
  CONSTRAINT probes_pkey PRIMARY KEY (scope, probe_id)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON probes TO ${role};

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

CREATE TABLE signal_lifts (
  signal_id uuid NOT NULL,
  author text NOT NULL,
  reason text,
  lifted_at bigint NOT NULL,
  CONSTRAINT signal_lifts_author_check CHECK (length(author) > 0),
  CONSTRAINT signal_lifts_pkey PRIMARY KEY (signal_id),
  CONSTRAINT signal_lifts_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES signals(signal_id)
);
GRANT INSERT, SELECT ON signal_lifts TO ${role};
GRANT SELECT ON signal_lifts TO ${role}_reader;

CREATE TABLE signals (
  signal_id uuid NOT NULL,
  scope text NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  author text NOT NULL,
  raised_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT signals_author_check CHECK (length(author) > 0),
  CONSTRAINT signals_check CHECK (expires_at > raised_at),
  CONSTRAINT signals_kind_check CHECK (kind = ANY (ARRAY['freeze'::text, 'maintenance'::text])),
  CONSTRAINT signals_pkey PRIMARY KEY (signal_id),
  CONSTRAINT signals_reason_check CHECK (length(btrim(reason)) > 0)
);
CREATE INDEX signals_by_expiry ON signals USING btree (expires_at);
GRANT INSERT, SELECT ON signals TO ${role};
GRANT SELECT ON signals TO ${role}_reader;

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};
