-- GENERATED: what packages/service-kit/migrations and services/review/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

CREATE TABLE audits (
  audit_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  verdict text NOT NULL,
  is_final boolean NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT audits_pkey PRIMARY KEY (audit_id)
);
CREATE INDEX audits_by_contract ON audits USING btree (contract_id, version DESC);
GRANT DELETE, INSERT, SELECT ON audits TO ${role};

CREATE TABLE clarifications (
  digest bytea NOT NULL,
  contract_id uuid NOT NULL,
  received_at bigint NOT NULL,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  CONSTRAINT clarifications_pkey PRIMARY KEY (digest)
);
CREATE INDEX clarifications_by_contract ON clarifications USING btree (contract_id, received_at);
GRANT INSERT, SELECT ON clarifications TO ${role};

CREATE TABLE contract_changes (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  from_status text,
  to_status text NOT NULL,
  cause text NOT NULL,
  actor text NOT NULL,
  code text,
  reason text,
  at bigint NOT NULL,
  decision bytea,
  CONSTRAINT contract_changes_pkey PRIMARY KEY (contract_id, version)
);
CREATE INDEX contract_changes_by_decision ON contract_changes USING btree (decision) WHERE decision IS NOT NULL;
GRANT DELETE, INSERT, SELECT ON contract_changes TO ${role};

CREATE TABLE contracts (
  contract_id uuid NOT NULL,
  issue_id uuid NOT NULL,
  parent_contract_id uuid,
  version bigint NOT NULL,
  status text NOT NULL,
  title text NOT NULL,
  risk_level text NOT NULL,
  source text NOT NULL,
  source_system text NOT NULL,
  reference text NOT NULL,
  capabilities text[] NOT NULL,
  expires_at bigint NOT NULL,
  is_paused boolean NOT NULL,
  waiting_since bigint,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  search tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, ((((title || ' '::text) || source_system) || ' '::text) || reference))) STORED NOT NULL,
  CONSTRAINT contracts_pkey PRIMARY KEY (contract_id)
);
CREATE INDEX contracts_by_capability ON contracts USING gin (capabilities);
CREATE INDEX contracts_by_issue ON contracts USING btree (issue_id);
CREATE INDEX contracts_by_status ON contracts USING btree (status, expires_at, contract_id);
CREATE INDEX contracts_by_word ON contracts USING gin (search);
CREATE INDEX contracts_open ON contracts USING btree (expires_at, contract_id) WHERE status = ANY (ARRAY['DRAFT'::text, 'VALIDATED'::text, 'ELIGIBLE'::text, 'APPROVED'::text, 'ACTIVE'::text]);
GRANT DELETE, INSERT, SELECT, UPDATE ON contracts TO ${role};

CREATE TABLE decisions (
  decision_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  digest bytea NOT NULL,
  says text NOT NULL,
  cited bytea NOT NULL,
  cited_says text NOT NULL,
  CONSTRAINT decisions_cited_check CHECK (octet_length(cited) = 32),
  CONSTRAINT decisions_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES review_events(event_id),
  CONSTRAINT decisions_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT decisions_digest_key UNIQUE (digest),
  CONSTRAINT decisions_pkey PRIMARY KEY (decision_id),
  CONSTRAINT version_counts_per_contract UNIQUE (contract_id, version)
);
GRANT INSERT, SELECT ON decisions TO ${role};

CREATE TABLE escalated_issues (
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  contract_id uuid,
  judged_at bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT escalated_issues_pkey PRIMARY KEY (issue_id, revision)
);
CREATE INDEX escalated_issues_newest ON escalated_issues USING btree (judged_at DESC);
GRANT DELETE, INSERT, SELECT ON escalated_issues TO ${role};

CREATE TABLE evaluations (
  evaluation_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT evaluations_pkey PRIMARY KEY (evaluation_id)
);
CREATE INDEX evaluations_by_contract ON evaluations USING btree (contract_id);
GRANT DELETE, INSERT, SELECT ON evaluations TO ${role};

CREATE TABLE hops (
  digest bytea NOT NULL,
  issue_id uuid NOT NULL,
  contract_id uuid,
  message text NOT NULL,
  says text NOT NULL,
  writer text NOT NULL,
  version bigint NOT NULL,
  at bigint NOT NULL,
  has_effect boolean NOT NULL,
  cause_digest bytea NOT NULL,
  cause_message text,
  cause_says text,
  CONSTRAINT hops_pkey PRIMARY KEY (digest)
);
CREATE INDEX hops_by_issue ON hops USING btree (issue_id, at);
GRANT DELETE, INSERT, SELECT ON hops TO ${role};

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
GRANT DELETE, INSERT, SELECT ON inbox TO ${role};

CREATE TABLE incidents (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  opened_at bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT incidents_pkey PRIMARY KEY (contract_id)
);
CREATE INDEX incidents_unsettled ON incidents USING btree (opened_at) WHERE state <> 'RESOLVED'::text;
GRANT DELETE, INSERT, SELECT, UPDATE ON incidents TO ${role};

CREATE TABLE issues (
  issue_id uuid NOT NULL,
  received_at bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT issues_pkey PRIMARY KEY (issue_id)
);
GRANT DELETE, INSERT, SELECT ON issues TO ${role};

CREATE TABLE jobs (
  job_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT jobs_pkey PRIMARY KEY (job_id)
);
CREATE INDEX jobs_by_contract ON jobs USING btree (contract_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON jobs TO ${role};

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

CREATE TABLE review_events (
  event_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  action text NOT NULL,
  actor text NOT NULL,
  on_behalf_of text,
  at bigint NOT NULL,
  reason text,
  modifications jsonb,
  session_id text NOT NULL,
  dossier_seen bytea,
  version_seen bigint,
  request_id text NOT NULL,
  idempotency_key text NOT NULL,
  request_digest bytea NOT NULL,
  outcome text NOT NULL,
  code text,
  about text,
  CONSTRAINT one_decision_per_idempotency_key UNIQUE (actor, idempotency_key),
  CONSTRAINT review_events_check CHECK ((outcome = 'REFUSED'::text) = (code IS NOT NULL)),
  CONSTRAINT review_events_dossier_seen_check CHECK (octet_length(dossier_seen) = 32),
  CONSTRAINT review_events_outcome_check CHECK (outcome = ANY (ARRAY['ACCEPTED'::text, 'REFUSED'::text])),
  CONSTRAINT review_events_pkey PRIMARY KEY (event_id),
  CONSTRAINT review_events_request_digest_check CHECK (octet_length(request_digest) = 32)
);
CREATE INDEX review_events_by_contract ON review_events USING btree (contract_id, at);
GRANT INSERT, SELECT ON review_events TO ${role};

CREATE TABLE revision_proposals (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT revision_proposals_pkey PRIMARY KEY (contract_id)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON revision_proposals TO ${role};

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};
