-- GENERATED: what packages/service-kit/migrations and services/eligibility/migrations make of an empty database.
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

CREATE TABLE lines (
  issue_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  revision integer NOT NULL,
  version bigint NOT NULL,
  is_over boolean NOT NULL,
  is_judged boolean NOT NULL,
  successor_id uuid,
  targets text[] NOT NULL,
  may_at bigint NOT NULL,
  CONSTRAINT lines_pkey PRIMARY KEY (issue_id)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON lines TO ${role};
GRANT SELECT ON lines TO ${role}_reader;

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

CREATE TABLE outcomes (
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  status text NOT NULL,
  reason text,
  audit_verdict text,
  changed_at bigint NOT NULL,
  CONSTRAINT outcomes_pkey PRIMARY KEY (issue_id, revision)
);
CREATE INDEX outcomes_by_contract ON outcomes USING btree (contract_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON outcomes TO ${role};
GRANT SELECT ON outcomes TO ${role}_reader;

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

CREATE TABLE reservations (
  target text NOT NULL,
  issue_id uuid NOT NULL,
  contract_id uuid,
  since bigint NOT NULL,
  CONSTRAINT reservations_pkey PRIMARY KEY (target, issue_id)
);
CREATE INDEX reservations_by_issue ON reservations USING btree (issue_id);
CREATE INDEX reservations_without_contract ON reservations USING btree (since) WHERE contract_id IS NULL;
GRANT DELETE, INSERT, SELECT, UPDATE ON reservations TO ${role};
GRANT SELECT ON reservations TO ${role}_reader;

CREATE TABLE rule_parameters (
  rules_version text NOT NULL,
  digest bytea NOT NULL,
  parameters text NOT NULL,
  first_used_at bigint NOT NULL,
  CONSTRAINT rule_parameters_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT rule_parameters_pkey PRIMARY KEY (rules_version)
);
GRANT INSERT, SELECT ON rule_parameters TO ${role};

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};

CREATE TABLE verdicts (
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  contract_id uuid,
  verdict text NOT NULL,
  first_failing_rule text,
  failing_rules text[] NOT NULL,
  needs text NOT NULL,
  facts text NOT NULL,
  system_health text NOT NULL,
  frozen text[] NOT NULL,
  proposal bytea NOT NULL,
  proposal_digest bytea NOT NULL,
  plan_digest bytea NOT NULL,
  verdict_digest bytea NOT NULL,
  rules_version text NOT NULL,
  registry_version bigint NOT NULL,
  health_version bigint NOT NULL,
  judged_at bigint NOT NULL,
  CONSTRAINT elig_001_one_verdict_per_proposal PRIMARY KEY (issue_id, revision),
  CONSTRAINT elig_002_reasoned CHECK (verdict = 'MAY'::text OR cardinality(failing_rules) > 0),
  CONSTRAINT elig_003_may_only_without_a_failing_rule CHECK ((verdict = 'MAY'::text) = (cardinality(failing_rules) = 0) AND NOT first_failing_rule IS DISTINCT FROM failing_rules[1]),
  CONSTRAINT elig_004_degraded_health_blocks_all CHECK (verdict = 'MAY_NOT'::text OR system_health = 'HEALTHY'::text),
  CONSTRAINT elig_005_frozen_is_inviolable CHECK (verdict = 'MAY_NOT'::text OR cardinality(frozen) = 0),
  CONSTRAINT verdicts_plan_digest_check CHECK (octet_length(plan_digest) = 32),
  CONSTRAINT verdicts_proposal_digest_check CHECK (octet_length(proposal_digest) = 32),
  CONSTRAINT verdicts_revision_check CHECK (revision >= 0),
  CONSTRAINT verdicts_revision_has_a_contract CHECK ((revision = 0) = (contract_id IS NULL)),
  CONSTRAINT verdicts_verdict_check CHECK (verdict = ANY (ARRAY['MAY'::text, 'MAY_NOT'::text])),
  CONSTRAINT verdicts_verdict_digest_check CHECK (octet_length(verdict_digest) = 32)
);
GRANT INSERT, SELECT ON verdicts TO ${role};
GRANT SELECT ON verdicts TO ${role}_reader;

CREATE TABLE waiting_proposals (
  seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  waiting_since bigint NOT NULL,
  CONSTRAINT waiting_once UNIQUE (issue_id, revision),
  CONSTRAINT waiting_proposals_pkey PRIMARY KEY (seq)
);
GRANT DELETE, INSERT, SELECT ON waiting_proposals TO ${role};
GRANT SELECT ON waiting_proposals TO ${role}_reader;
GRANT USAGE ON SEQUENCE waiting_proposals_seq_seq TO ${role};
