-- GENERATED: what packages/service-kit/migrations and services/review/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

GRANT USAGE ON SCHEMA public TO ${role}_reader;

CREATE TABLE audits (
  audit_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  job_id uuid NOT NULL,
  verdict text NOT NULL,
  is_final boolean NOT NULL,
  concluded_at bigint NOT NULL,
  decision bytea,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  CONSTRAINT audits_pkey PRIMARY KEY (audit_id)
);
CREATE INDEX audits_by_contract ON audits USING btree (contract_id, version);
CREATE INDEX audits_by_decision ON audits USING btree (decision) WHERE decision IS NOT NULL;
GRANT DELETE, INSERT, SELECT ON audits TO ${role};
GRANT SELECT ON audits TO ${role}_reader;

CREATE TABLE clarification_rounds (
  contract_id uuid NOT NULL,
  request_id text NOT NULL,
  question text NOT NULL,
  requested_at bigint NOT NULL,
  answer text,
  answered_at bigint,
  version bigint NOT NULL,
  CONSTRAINT clarification_rounds_pkey PRIMARY KEY (contract_id, request_id)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON clarification_rounds TO ${role};
GRANT SELECT ON clarification_rounds TO ${role}_reader;

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
GRANT SELECT ON contract_changes TO ${role}_reader;

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
  window_end bigint,
  created_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  search tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, ((((title || ' '::text) || source_system) || ' '::text) || reference))) STORED NOT NULL,
  CONSTRAINT contracts_pkey PRIMARY KEY (contract_id)
);
CREATE INDEX contracts_by_capability ON contracts USING gin (capabilities);
CREATE INDEX contracts_by_change ON contracts USING btree (status, changed_at, contract_id);
CREATE INDEX contracts_by_creation ON contracts USING btree (status, created_at, contract_id);
CREATE INDEX contracts_by_expiry ON contracts USING btree (status, expires_at, contract_id);
CREATE INDEX contracts_by_issue ON contracts USING btree (issue_id);
CREATE INDEX contracts_by_parent ON contracts USING btree (parent_contract_id) WHERE parent_contract_id IS NOT NULL;
CREATE INDEX contracts_by_risk ON contracts USING btree (status, risk_level, expires_at, contract_id);
CREATE INDEX contracts_by_source ON contracts USING btree (status, source, expires_at, contract_id);
CREATE INDEX contracts_by_word ON contracts USING gin (search);
CREATE INDEX contracts_executing ON contracts USING btree (window_end) WHERE status = 'ACTIVE'::text;
CREATE INDEX contracts_held ON contracts USING btree (waiting_since) WHERE status = 'APPROVED'::text AND waiting_since IS NOT NULL;
GRANT DELETE, INSERT, SELECT, UPDATE ON contracts TO ${role};
GRANT SELECT ON contracts TO ${role}_reader;

CREATE TABLE decisions (
  decision_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  digest bytea NOT NULL,
  says text NOT NULL,
  cited bytea NOT NULL,
  cited_message text NOT NULL,
  cited_says text NOT NULL,
  CONSTRAINT decisions_cited_check CHECK (octet_length(cited) = 32),
  CONSTRAINT decisions_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES review_events(event_id),
  CONSTRAINT decisions_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT decisions_digest_key UNIQUE (digest),
  CONSTRAINT decisions_pkey PRIMARY KEY (decision_id),
  CONSTRAINT version_counts_per_contract UNIQUE (contract_id, version)
);
GRANT INSERT, SELECT ON decisions TO ${role};
GRANT SELECT ON decisions TO ${role}_reader;

CREATE TABLE enrolment_challenges (
  challenge text NOT NULL,
  founder text NOT NULL,
  session_id text NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT enrolment_challenges_pkey PRIMARY KEY (challenge)
);
CREATE INDEX enrolment_challenges_oldest ON enrolment_challenges USING btree (expires_at);
GRANT DELETE, INSERT, SELECT ON enrolment_challenges TO ${role};

CREATE TABLE escalated_issues (
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  contract_id uuid,
  judged_at bigint NOT NULL,
  is_acknowledged boolean NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT escalated_issues_pkey PRIMARY KEY (issue_id, revision)
);
CREATE INDEX escalated_issues_open ON escalated_issues USING btree (judged_at DESC) WHERE NOT is_acknowledged;
GRANT DELETE, INSERT, SELECT, UPDATE ON escalated_issues TO ${role};
GRANT SELECT ON escalated_issues TO ${role}_reader;

CREATE TABLE evaluations (
  evaluation_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  job_id uuid NOT NULL,
  evaluated_at bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT evaluations_pkey PRIMARY KEY (evaluation_id)
);
CREATE INDEX evaluations_by_contract ON evaluations USING btree (contract_id, version);
GRANT DELETE, INSERT, SELECT ON evaluations TO ${role};
GRANT SELECT ON evaluations TO ${role}_reader;

CREATE TABLE events (
  transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
  number bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  body jsonb NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT events_pkey PRIMARY KEY (transaction_id, number)
);
CREATE INDEX events_by_time ON events USING btree (at);
GRANT DELETE, INSERT, SELECT ON events TO ${role};
GRANT USAGE ON SEQUENCE events_number_seq TO ${role};

CREATE TABLE founder_keys (
  key_id text NOT NULL,
  founder text NOT NULL,
  kind text NOT NULL,
  label text NOT NULL,
  public_key bytea NOT NULL,
  rp_id text,
  origin text,
  credential_id bytea,
  sign_count bigint,
  session_id text NOT NULL,
  requested_at bigint NOT NULL,
  active_since bigint,
  CONSTRAINT founder_keys_credential_id_key UNIQUE (credential_id),
  CONSTRAINT founder_keys_key_id_check CHECK (key_id ~ '^[0-9a-f]{16}$'::text),
  CONSTRAINT founder_keys_kind_check CHECK (kind = ANY (ARRAY['passkey'::text, 'browser'::text])),
  CONSTRAINT founder_keys_pkey PRIMARY KEY (key_id),
  CONSTRAINT passkey_is_whole CHECK ((kind = 'passkey'::text) = (rp_id IS NOT NULL AND origin IS NOT NULL AND credential_id IS NOT NULL AND sign_count IS NOT NULL))
);
CREATE INDEX founder_keys_by_founder ON founder_keys USING btree (founder, requested_at);
GRANT INSERT, SELECT ON founder_keys TO ${role};
GRANT UPDATE (sign_count, active_since) ON founder_keys TO ${role};

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
GRANT SELECT ON hops TO ${role}_reader;

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
CREATE INDEX inbox_age ON inbox USING btree (received_at);
GRANT DELETE, INSERT, SELECT ON inbox TO ${role};

CREATE TABLE incident_changes (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  from_state text,
  to_state text NOT NULL,
  cause text NOT NULL,
  actor text NOT NULL,
  code text,
  reason text,
  at bigint NOT NULL,
  decision bytea,
  CONSTRAINT incident_changes_pkey PRIMARY KEY (contract_id, version)
);
CREATE INDEX incident_changes_by_decision ON incident_changes USING btree (decision) WHERE decision IS NOT NULL;
GRANT DELETE, INSERT, SELECT ON incident_changes TO ${role};
GRANT SELECT ON incident_changes TO ${role}_reader;

CREATE TABLE incidents (
  contract_id uuid NOT NULL,
  incident_id uuid NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  opened_at bigint NOT NULL,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  CONSTRAINT incidents_incident_id_key UNIQUE (incident_id),
  CONSTRAINT incidents_pkey PRIMARY KEY (contract_id)
);
CREATE INDEX incidents_unsettled ON incidents USING btree (opened_at) WHERE state <> 'RESOLVED'::text;
GRANT DELETE, INSERT, SELECT, UPDATE ON incidents TO ${role};
GRANT SELECT ON incidents TO ${role}_reader;

CREATE TABLE issue_acknowledgements (
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  event_id uuid NOT NULL,
  acknowledged_by text NOT NULL,
  note text NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT issue_acknowledgements_event_id_fkey FOREIGN KEY (event_id) REFERENCES review_events(event_id),
  CONSTRAINT issue_acknowledgements_pkey PRIMARY KEY (issue_id, revision)
);
GRANT INSERT, SELECT ON issue_acknowledgements TO ${role};

CREATE TABLE issues (
  issue_id uuid NOT NULL,
  received_at bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT issues_pkey PRIMARY KEY (issue_id)
);
GRANT DELETE, INSERT, SELECT ON issues TO ${role};
GRANT SELECT ON issues TO ${role}_reader;

CREATE TABLE jobs (
  job_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  kind text NOT NULL,
  ended_at bigint,
  value bytea NOT NULL,
  CONSTRAINT jobs_pkey PRIMARY KEY (job_id)
);
CREATE INDEX jobs_by_contract ON jobs USING btree (contract_id, version);
GRANT DELETE, INSERT, SELECT, UPDATE ON jobs TO ${role};
GRANT SELECT ON jobs TO ${role}_reader;

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

CREATE TABLE notices (
  notice_id uuid NOT NULL,
  aggregate text NOT NULL,
  aggregate_id uuid NOT NULL,
  version bigint NOT NULL,
  channel text NOT NULL,
  kind text NOT NULL,
  title text,
  path text NOT NULL,
  noticed_at bigint NOT NULL,
  state text DEFAULT 'PENDING'::text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  last_error text,
  ended_at bigint,
  CONSTRAINT notices_aggregate_check CHECK (aggregate = ANY (ARRAY['contract'::text, 'incident'::text, 'audit'::text, 'issue'::text])),
  CONSTRAINT notices_channel_check CHECK (channel = ANY (ARRAY['mail'::text, 'webhook'::text])),
  CONSTRAINT notices_pkey PRIMARY KEY (notice_id),
  CONSTRAINT notices_state_check CHECK (state = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'GIVEN_UP'::text])),
  CONSTRAINT told_once_per_version_and_channel UNIQUE (aggregate, aggregate_id, version, channel)
);
GRANT INSERT, SELECT ON notices TO ${role};
GRANT UPDATE (state, attempts, last_error, ended_at) ON notices TO ${role};

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

CREATE TABLE review_events (
  event_id uuid NOT NULL,
  subject text NOT NULL,
  contract_id uuid,
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
CREATE INDEX review_events_by_contract ON review_events USING btree (contract_id, at) WHERE contract_id IS NOT NULL;
GRANT INSERT, SELECT ON review_events TO ${role};
GRANT SELECT ON review_events TO ${role}_reader;

CREATE TABLE revision_proposals (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT revision_proposals_pkey PRIMARY KEY (contract_id)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON revision_proposals TO ${role};
GRANT SELECT ON revision_proposals TO ${role}_reader;

CREATE TABLE sessions (
  session_digest bytea NOT NULL,
  session_id uuid NOT NULL,
  founder text NOT NULL,
  name text,
  roles text[] NOT NULL,
  id_token text NOT NULL,
  started_at bigint NOT NULL,
  seen_at bigint NOT NULL,
  CONSTRAINT sessions_pkey PRIMARY KEY (session_digest),
  CONSTRAINT sessions_session_digest_check CHECK (octet_length(session_digest) = 32),
  CONSTRAINT sessions_session_id_key UNIQUE (session_id)
);
CREATE INDEX sessions_by_founder ON sessions USING btree (founder);
CREATE INDEX sessions_oldest ON sessions USING btree (started_at);
GRANT DELETE, INSERT, SELECT ON sessions TO ${role};
GRANT UPDATE (seen_at) ON sessions TO ${role};

CREATE TABLE sign_ins (
  attempt_digest bytea NOT NULL,
  state text NOT NULL,
  nonce text NOT NULL,
  code_verifier text NOT NULL,
  return_to text NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT sign_ins_attempt_digest_check CHECK (octet_length(attempt_digest) = 32),
  CONSTRAINT sign_ins_pkey PRIMARY KEY (attempt_digest)
);
CREATE INDEX sign_ins_oldest ON sign_ins USING btree (expires_at);
GRANT DELETE, INSERT, SELECT ON sign_ins TO ${role};

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};
