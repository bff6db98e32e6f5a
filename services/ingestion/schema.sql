-- GENERATED: what packages/service-kit/migrations and services/ingestion/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

GRANT USAGE ON SCHEMA public TO ${role}_reader;

CREATE TABLE cancellations (
  issue_id uuid NOT NULL,
  reason text NOT NULL,
  digest bytea NOT NULL,
  requested_at bigint NOT NULL,
  CONSTRAINT cancellations_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT cancellations_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES issue_events(issue_id),
  CONSTRAINT cancellations_pkey PRIMARY KEY (issue_id)
);
GRANT INSERT, SELECT ON cancellations TO ${role};
GRANT SELECT ON cancellations TO ${role}_reader;

CREATE TABLE clarification_requests (
  request_id text NOT NULL,
  contract_id uuid NOT NULL,
  issue_id uuid NOT NULL,
  source_system text NOT NULL,
  question text NOT NULL,
  requested_at bigint NOT NULL,
  CONSTRAINT clarification_requests_pkey PRIMARY KEY (request_id)
);
GRANT INSERT, SELECT ON clarification_requests TO ${role};
GRANT SELECT ON clarification_requests TO ${role}_reader;

CREATE TABLE contracts_heard (
  contract_id uuid NOT NULL,
  issue_id uuid NOT NULL,
  version bigint NOT NULL,
  status text NOT NULL,
  revision integer NOT NULL,
  plan_digest bytea NOT NULL,
  origin text NOT NULL,
  waiting text,
  open_request_id text,
  is_cancellation_said boolean DEFAULT false NOT NULL,
  said_version bigint DEFAULT 0 NOT NULL,
  CONSTRAINT contracts_heard_pkey PRIMARY KEY (contract_id)
);
GRANT INSERT, SELECT, UPDATE ON contracts_heard TO ${role};
GRANT SELECT ON contracts_heard TO ${role}_reader;

CREATE TABLE crm_references (
  update_key text NOT NULL,
  source_system text,
  reference text,
  version bigint DEFAULT 0 NOT NULL,
  CONSTRAINT crm_references_pkey PRIMARY KEY (update_key)
);
GRANT INSERT, SELECT, UPDATE ON crm_references TO ${role};
GRANT SELECT ON crm_references TO ${role}_reader;

CREATE TABLE crm_updates (
  update_key text NOT NULL,
  version bigint NOT NULL,
  update_id uuid NOT NULL,
  source_system text,
  reference text,
  issue_id uuid,
  contract_id uuid,
  state text NOT NULL,
  code text,
  field text,
  sentence text NOT NULL,
  details text NOT NULL,
  topic_offset text,
  at bigint NOT NULL,
  channel text DEFAULT 'crm.updates.v1'::text NOT NULL,
  aggregate text NOT NULL,
  aggregate_version bigint NOT NULL,
  CONSTRAINT "FLOW-002 told once per aggregate, version and channel" UNIQUE (channel, aggregate, aggregate_version),
  CONSTRAINT crm_updates_pkey PRIMARY KEY (update_key, version),
  CONSTRAINT crm_updates_update_id_key UNIQUE (update_id),
  CONSTRAINT crm_updates_update_key_fkey FOREIGN KEY (update_key) REFERENCES crm_references(update_key)
);
CREATE INDEX crm_updates_reference ON crm_updates USING btree (source_system, reference, version DESC);
GRANT INSERT, SELECT ON crm_updates TO ${role};
GRANT SELECT ON crm_updates TO ${role}_reader;

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
CREATE INDEX inbox_age ON inbox USING btree (received_at);
GRANT DELETE, INSERT, SELECT ON inbox TO ${role};

CREATE TABLE incidents_heard (
  incident_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  CONSTRAINT incidents_heard_pkey PRIMARY KEY (incident_id)
);
GRANT INSERT, SELECT, UPDATE ON incidents_heard TO ${role};
GRANT SELECT ON incidents_heard TO ${role}_reader;

CREATE TABLE intake_keys (
  source_system text NOT NULL,
  kind text NOT NULL,
  idempotency_key text NOT NULL,
  subject_id uuid,
  appended_at bigint DEFAULT 0 NOT NULL,
  repetition integer DEFAULT 0 NOT NULL,
  reference text,
  content jsonb,
  CONSTRAINT intake_keys_pkey PRIMARY KEY (source_system, kind, idempotency_key)
);
GRANT INSERT, SELECT, UPDATE ON intake_keys TO ${role};

CREATE TABLE issue_events (
  issue_id uuid NOT NULL,
  source text NOT NULL,
  raw_payload bytea NOT NULL,
  payload jsonb NOT NULL,
  payload_digest bytea NOT NULL,
  received_at bigint NOT NULL,
  status text DEFAULT 'RECEIVED'::text NOT NULL,
  source_system text NOT NULL,
  reference text NOT NULL,
  idempotency_key text NOT NULL,
  repetition integer NOT NULL,
  submitter text,
  tenant text,
  occurred_at bigint NOT NULL,
  appended_at bigint NOT NULL,
  recurrence_of uuid,
  related_to uuid,
  follows uuid,
  via text NOT NULL,
  CONSTRAINT "FLOW-002 one issue per key and repetition" UNIQUE (source_system, idempotency_key, repetition),
  CONSTRAINT issue_events_payload_digest_check CHECK (octet_length(payload_digest) = 32),
  CONSTRAINT issue_events_pkey PRIMARY KEY (issue_id),
  CONSTRAINT issue_events_repetition_check CHECK (repetition >= 0),
  CONSTRAINT issue_events_source_check CHECK (source = ANY (ARRAY['crm_feedback'::text, 'support_ticket'::text, 'ops_alert'::text])),
  CONSTRAINT issue_events_status_check CHECK (status = 'RECEIVED'::text),
  CONSTRAINT issue_events_via_key UNIQUE (via)
);
GRANT INSERT, SELECT ON issue_events TO ${role};
GRANT SELECT ON issue_events TO ${role}_reader;

CREATE TABLE issue_progress (
  issue_id uuid NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  source_system text NOT NULL,
  reference text NOT NULL,
  idempotency_key text NOT NULL,
  is_open boolean DEFAULT true NOT NULL,
  is_cancelled boolean DEFAULT false NOT NULL,
  ended_by text,
  contract_id uuid,
  contract_status text,
  revision integer DEFAULT 0 NOT NULL,
  CONSTRAINT issue_progress_check CHECK (is_open = (ended_by IS NULL)),
  CONSTRAINT issue_progress_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES issue_events(issue_id),
  CONSTRAINT issue_progress_pkey PRIMARY KEY (issue_id)
);
CREATE INDEX issue_progress_open ON issue_progress USING btree (source_system, reference, seq DESC) WHERE is_open;
CREATE INDEX issue_progress_reference ON issue_progress USING btree (source_system, reference, seq DESC);
GRANT INSERT, SELECT, UPDATE ON issue_progress TO ${role};
GRANT SELECT ON issue_progress TO ${role}_reader;
GRANT USAGE ON SEQUENCE issue_progress_seq_seq TO ${role};

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

CREATE TABLE refused_inputs (
  refused_id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  via text NOT NULL,
  record_key bytea,
  value bytea NOT NULL,
  value_digest bytea NOT NULL,
  code text NOT NULL,
  field text,
  sentence text NOT NULL,
  source_system text,
  reference text,
  refused_at bigint NOT NULL,
  CONSTRAINT refused_inputs_pkey PRIMARY KEY (refused_id),
  CONSTRAINT refused_inputs_via_key UNIQUE (via)
);
CREATE INDEX refused_inputs_recent ON refused_inputs USING btree (refused_at);
GRANT INSERT, SELECT ON refused_inputs TO ${role};
GRANT USAGE ON SEQUENCE refused_inputs_refused_id_seq TO ${role};

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};
