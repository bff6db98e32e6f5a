-- GENERATED: what packages/service-kit/migrations and services/contract/migrations make of an empty database.
-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:
-- UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema

GRANT USAGE ON SCHEMA public TO ${role};

GRANT USAGE ON SCHEMA public TO ${role}_reader;

CREATE OR REPLACE FUNCTION public.approvals_only_eligible()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF (SELECT status FROM contracts WHERE contract_id = NEW.contract_id) IS DISTINCT FROM 'ELIGIBLE' THEN
    RAISE EXCEPTION 'REVIEW-001: contract % is not ELIGIBLE', NEW.contract_id;
  END IF;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.contracts_begin()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF (NEW.status, NEW.version) NOT IN (('DRAFT', 1), ('ELIGIBLE', 3)) THEN
    RAISE EXCEPTION 'PART2-001: contract % cannot begin as % at version %', NEW.contract_id, NEW.status, NEW.version;
  END IF;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.contracts_guard()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE kept contracts%ROWTYPE := OLD;
BEGIN
  IF NEW.version <= OLD.version THEN
    RAISE EXCEPTION 'FLOW-002: contract % cannot go from version % to %', OLD.contract_id, OLD.version, NEW.version;
  END IF;
  IF OLD.status IN ('COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED', 'SUPERSEDED') THEN
    kept.version := NEW.version;
    kept.changed_at := NEW.changed_at;
    kept.last_mandate := NEW.last_mandate;
    kept.registry_version := NEW.registry_version;
    kept.health_version := NEW.health_version;
    IF kept::text IS DISTINCT FROM NEW::text THEN
      RAISE EXCEPTION 'CONTRACT-005: contract % is % and cannot change', OLD.contract_id, OLD.status;
    END IF;
  END IF;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.contracts_logged()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  steps bigint;
  broken bigint;
  last_state text;
BEGIN
  SELECT count(*), count(*) FILTER (WHERE from_state IS DISTINCT FROM prior), max(to_state) FILTER (WHERE version = NEW.version)
    INTO steps, broken, last_state
    FROM (SELECT version, from_state, to_state, lag(to_state, 1, OLD.status) OVER (ORDER BY version) AS prior
          FROM contract_transitions WHERE contract_id = NEW.contract_id AND version > OLD.version AND version <= NEW.version) AS log;
  IF steps <> NEW.version - OLD.version OR broken > 0 OR last_state IS DISTINCT FROM NEW.status THEN
    RAISE EXCEPTION 'CONTRACT-001: the log of contract % does not lead from % to %', NEW.contract_id, OLD.status, NEW.status;
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.never_deleted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% only grows', TG_TABLE_NAME;
END $function$;

CREATE TABLE approvals (
  contract_id uuid NOT NULL,
  decision_id uuid NOT NULL,
  statement bytea NOT NULL,
  signature bytea NOT NULL,
  key_id text NOT NULL,
  approved_at bigint NOT NULL,
  step_timeout_ms bigint NOT NULL,
  facts json NOT NULL,
  mandate bytea NOT NULL,
  CONSTRAINT approvals_contract_id_approved_at_key UNIQUE (contract_id, approved_at),
  CONSTRAINT approvals_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT approvals_decision_id_key UNIQUE (decision_id),
  CONSTRAINT approvals_pkey PRIMARY KEY (contract_id),
  CONSTRAINT approvals_step_timeout_ms_check CHECK (step_timeout_ms > 0)
);
CREATE TRIGGER approvals_kept BEFORE DELETE OR UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION never_deleted();
CREATE TRIGGER approvals_only_eligible BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approvals_only_eligible();
GRANT INSERT, SELECT ON approvals TO ${role};
GRANT SELECT ON approvals TO ${role}_reader;

CREATE TABLE audits (
  digest bytea NOT NULL,
  contract_id uuid NOT NULL,
  job_id uuid NOT NULL,
  version bigint NOT NULL,
  verdict text NOT NULL,
  outcome text NOT NULL,
  value bytea NOT NULL,
  mandate bytea NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT audits_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT audits_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT audits_outcome_check CHECK (outcome = ANY (ARRAY['WAITING'::text, 'APPLIED'::text, 'TOO_LATE'::text])),
  CONSTRAINT audits_pkey PRIMARY KEY (digest)
);
CREATE INDEX audits_waiting ON audits USING btree (contract_id) WHERE outcome = 'WAITING'::text;
GRANT INSERT, SELECT, UPDATE ON audits TO ${role};
GRANT SELECT ON audits TO ${role}_reader;

CREATE TABLE contract_edges (
  from_state text NOT NULL,
  to_state text NOT NULL,
  CONSTRAINT contract_edges_pkey PRIMARY KEY (from_state, to_state)
);
GRANT INSERT, SELECT ON contract_edges TO ${role};
GRANT SELECT ON contract_edges TO ${role}_reader;
-- row {"from_state":"ACTIVE","to_state":"ACTIVE"}
-- row {"from_state":"ACTIVE","to_state":"COMPLETED"}
-- row {"from_state":"ACTIVE","to_state":"FAILED"}
-- row {"from_state":"APPROVED","to_state":"ACTIVE"}
-- row {"from_state":"APPROVED","to_state":"APPROVED"}
-- row {"from_state":"APPROVED","to_state":"EXPIRED"}
-- row {"from_state":"APPROVED","to_state":"REJECTED"}
-- row {"from_state":"COMPLETED","to_state":"COMPLETED"}
-- row {"from_state":"DRAFT","to_state":"DRAFT"}
-- row {"from_state":"DRAFT","to_state":"EXPIRED"}
-- row {"from_state":"DRAFT","to_state":"REJECTED"}
-- row {"from_state":"DRAFT","to_state":"VALIDATED"}
-- row {"from_state":"ELIGIBLE","to_state":"APPROVED"}
-- row {"from_state":"ELIGIBLE","to_state":"ELIGIBLE"}
-- row {"from_state":"ELIGIBLE","to_state":"EXPIRED"}
-- row {"from_state":"ELIGIBLE","to_state":"REJECTED"}
-- row {"from_state":"ELIGIBLE","to_state":"SUPERSEDED"}
-- row {"from_state":"EXPIRED","to_state":"EXPIRED"}
-- row {"from_state":"FAILED","to_state":"FAILED"}
-- row {"from_state":"REJECTED","to_state":"REJECTED"}
-- row {"from_state":"SUPERSEDED","to_state":"SUPERSEDED"}
-- row {"from_state":"VALIDATED","to_state":"ELIGIBLE"}
-- row {"from_state":"VALIDATED","to_state":"EXPIRED"}
-- row {"from_state":"VALIDATED","to_state":"REJECTED"}
-- row {"from_state":"VALIDATED","to_state":"VALIDATED"}

CREATE TABLE contract_transitions (
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  from_state text,
  to_state text NOT NULL,
  cause text NOT NULL,
  actor text NOT NULL,
  code text,
  reason text,
  at bigint NOT NULL,
  cause_digest bytea NOT NULL,
  CONSTRAINT "CONTRACT-001" FOREIGN KEY (from_state, to_state) REFERENCES contract_edges(from_state, to_state),
  CONSTRAINT "CONTRACT-001 starts as draft" CHECK ((from_state IS NULL) = (version = 1) AND (from_state IS NOT NULL OR to_state = 'DRAFT'::text)),
  CONSTRAINT "REVIEW-002" CHECK (NOT (to_state = 'REJECTED'::text AND from_state <> 'REJECTED'::text AND cause = 'ReviewDecided'::text) OR reason IS NOT NULL AND length(btrim(reason)) > 10),
  CONSTRAINT contract_transitions_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT contract_transitions_pkey PRIMARY KEY (contract_id, version)
);
CREATE TRIGGER contract_transitions_kept BEFORE DELETE OR UPDATE ON contract_transitions FOR EACH ROW EXECUTE FUNCTION never_deleted();
GRANT INSERT, SELECT ON contract_transitions TO ${role};
GRANT SELECT ON contract_transitions TO ${role}_reader;

CREATE TABLE contracts (
  contract_id uuid NOT NULL,
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  parent_contract_id uuid,
  successor_contract_id uuid,
  version bigint NOT NULL,
  status text NOT NULL,
  status_reason text,
  terms json NOT NULL,
  affected_capabilities jsonb NOT NULL,
  risk_level text NOT NULL,
  confidence double precision,
  payload_digest bytea NOT NULL,
  plan_digest bytea NOT NULL,
  dossier_digest bytea NOT NULL,
  verdict bytea,
  may_mandate bytea NOT NULL,
  last_mandate bytea NOT NULL,
  created_at bigint NOT NULL,
  ttl_started_at bigint NOT NULL,
  ttl_paused_at bigint,
  ttl_paused_ms bigint NOT NULL,
  is_warned boolean NOT NULL,
  is_escalated boolean NOT NULL,
  ttl_ledger json NOT NULL,
  clarification json,
  waiting json,
  since_approval json NOT NULL,
  approved_by text,
  approved_at bigint,
  window_start bigint,
  window_end bigint,
  activated_at bigint,
  audit_verdict text,
  registry_version bigint NOT NULL,
  health_version bigint NOT NULL,
  changed_at bigint NOT NULL,
  CONSTRAINT "AM-21 revisions" CHECK (revision >= 0 AND revision <= 5 AND (revision > 0) = (parent_contract_id IS NOT NULL)),
  CONSTRAINT "CONTRACT-002" CHECK ((status <> ALL (ARRAY['APPROVED'::text, 'ACTIVE'::text, 'COMPLETED'::text, 'FAILED'::text])) OR approved_by IS NOT NULL AND approved_at IS NOT NULL),
  CONSTRAINT "CONTRACT-003" CHECK ((activated_at IS NOT NULL) = (status = ANY (ARRAY['ACTIVE'::text, 'COMPLETED'::text, 'FAILED'::text])) AND activated_at >= window_start AND activated_at < window_end),
  CONSTRAINT "CONTRACT-004" CHECK (status <> 'COMPLETED'::text OR NOT audit_verdict IS DISTINCT FROM 'PASS'::text),
  CONSTRAINT "CONTRACT-007" CHECK (confidence >= 0::double precision AND confidence <= 1::double precision),
  CONSTRAINT "PART2-001" CHECK (verdict IS NOT NULL OR parent_contract_id IS NOT NULL),
  CONSTRAINT "PART2-001 eligible on its own MAY" CHECK (verdict IS NOT NULL OR (status = ANY (ARRAY['DRAFT'::text, 'REJECTED'::text, 'EXPIRED'::text]))),
  CONSTRAINT "PART2-002" FOREIGN KEY (contract_id, approved_at) REFERENCES approvals(contract_id, approved_at),
  CONSTRAINT "REVIEW-003" CHECK ((approved_at IS NULL) = (window_start IS NULL) AND (approved_at IS NULL) = (window_end IS NULL) AND window_end > window_start),
  CONSTRAINT "SM-004" CHECK (status <> 'FAILED'::text OR NOT audit_verdict IS DISTINCT FROM 'FAIL'::text),
  CONSTRAINT contracts_dossier_digest_check CHECK (octet_length(dossier_digest) = 32),
  CONSTRAINT contracts_parent_contract_id_fkey FOREIGN KEY (parent_contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT contracts_payload_digest_check CHECK (octet_length(payload_digest) = 32),
  CONSTRAINT contracts_pkey PRIMARY KEY (contract_id),
  CONSTRAINT contracts_plan_digest_check CHECK (octet_length(plan_digest) = 32),
  CONSTRAINT contracts_risk_level_check CHECK (risk_level = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text])),
  CONSTRAINT contracts_version_check CHECK (version > 0),
  CONSTRAINT one_contract_per_revision UNIQUE (issue_id, revision)
);
CREATE INDEX contracts_pending ON contracts USING btree (status) WHERE status = ANY (ARRAY['DRAFT'::text, 'VALIDATED'::text, 'ELIGIBLE'::text, 'APPROVED'::text, 'ACTIVE'::text]);
CREATE TRIGGER contracts_begin BEFORE INSERT ON contracts FOR EACH ROW EXECUTE FUNCTION contracts_begin();
CREATE TRIGGER contracts_guard BEFORE UPDATE ON contracts FOR EACH ROW EXECUTE FUNCTION contracts_guard();
CREATE TRIGGER contracts_kept BEFORE DELETE ON contracts FOR EACH ROW EXECUTE FUNCTION never_deleted();
CREATE TRIGGER contracts_logged AFTER UPDATE ON contracts FOR EACH ROW EXECUTE FUNCTION contracts_logged();
GRANT INSERT, SELECT, UPDATE ON contracts TO ${role};
GRANT SELECT ON contracts TO ${role}_reader;

CREATE TABLE decisions_taken (
  contract_id uuid NOT NULL,
  decision_key text NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT decisions_taken_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT decisions_taken_pkey PRIMARY KEY (contract_id, decision_key)
);
GRANT INSERT, SELECT ON decisions_taken TO ${role};
GRANT SELECT ON decisions_taken TO ${role}_reader;

CREATE TABLE holds (
  capability text NOT NULL,
  contract_id uuid NOT NULL,
  since bigint NOT NULL,
  CONSTRAINT "HOLD-001" PRIMARY KEY (capability),
  CONSTRAINT holds_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id)
);
CREATE INDEX holds_by_contract ON holds USING btree (contract_id);
GRANT DELETE, INSERT, SELECT ON holds TO ${role};
GRANT SELECT ON holds TO ${role}_reader;

CREATE TABLE inbox (
  digest bytea NOT NULL,
  reader text NOT NULL,
  received_at bigint NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (reader, digest)
);
CREATE INDEX inbox_age ON inbox USING btree (received_at);
GRANT DELETE, INSERT, SELECT ON inbox TO ${role};

CREATE TABLE incident_log (
  incident_id uuid NOT NULL,
  version bigint NOT NULL,
  from_state text,
  to_state text NOT NULL,
  cause text NOT NULL,
  actor text NOT NULL,
  code text,
  reason text NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT incident_log_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incidents(incident_id),
  CONSTRAINT incident_log_pkey PRIMARY KEY (incident_id, version)
);
CREATE TRIGGER incident_log_kept BEFORE DELETE OR UPDATE ON incident_log FOR EACH ROW EXECUTE FUNCTION never_deleted();
GRANT INSERT, SELECT ON incident_log TO ${role};
GRANT SELECT ON incident_log TO ${role}_reader;

CREATE TABLE incidents (
  incident_id uuid NOT NULL,
  contract_id uuid NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  title text NOT NULL,
  reason text NOT NULL,
  rollback_attempts integer NOT NULL,
  left_behind json NOT NULL,
  acknowledged_by text,
  resolved_by text,
  opened_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  CONSTRAINT incidents_check CHECK ((state = 'RESOLVED'::text) = (resolved_by IS NOT NULL)),
  CONSTRAINT incidents_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT incidents_contract_id_key UNIQUE (contract_id),
  CONSTRAINT incidents_pkey PRIMARY KEY (incident_id),
  CONSTRAINT incidents_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'ROLLED_BACK'::text, 'ROLLBACK_FAILED'::text, 'RESOLVED'::text]))
);
GRANT INSERT, SELECT, UPDATE ON incidents TO ${role};
GRANT SELECT ON incidents TO ${role}_reader;

CREATE TABLE jobs (
  contract_id uuid NOT NULL,
  kind text NOT NULL,
  job_id uuid NOT NULL,
  version bigint NOT NULL,
  state text NOT NULL,
  attempt integer NOT NULL,
  left_behind json NOT NULL,
  ended_at bigint,
  CONSTRAINT "CONTRACT-003 one job of a kind" PRIMARY KEY (contract_id, kind),
  CONSTRAINT jobs_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT jobs_job_id_key UNIQUE (job_id),
  CONSTRAINT jobs_kind_check CHECK (kind = ANY (ARRAY['CHANGE'::text, 'ROLLBACK'::text]))
);
GRANT INSERT, SELECT, UPDATE ON jobs TO ${role};
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
  contract_id uuid NOT NULL,
  capability text NOT NULL,
  change_kind text NOT NULL,
  outcome text NOT NULL,
  ended_at bigint NOT NULL,
  CONSTRAINT outcomes_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES contracts(contract_id),
  CONSTRAINT outcomes_outcome_check CHECK (outcome = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text])),
  CONSTRAINT outcomes_pkey PRIMARY KEY (contract_id, capability, change_kind)
);
CREATE INDEX outcomes_recent ON outcomes USING btree (ended_at);
GRANT INSERT, SELECT ON outcomes TO ${role};
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

CREATE TABLE timers (
  kind text NOT NULL,
  aggregate_id text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  CONSTRAINT timers_pkey PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers USING btree (due_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON timers TO ${role};

CREATE TABLE verdicts_used (
  issue_id uuid NOT NULL,
  revision integer NOT NULL,
  digest bytea NOT NULL,
  contract_id uuid NOT NULL,
  used_as text NOT NULL,
  at bigint NOT NULL,
  CONSTRAINT "PART2-001 a verdict is used once" PRIMARY KEY (issue_id, revision),
  CONSTRAINT verdicts_used_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT verdicts_used_used_as_check CHECK (used_as = ANY (ARRAY['CREATED'::text, 'ATTACHED'::text, 'DENIED'::text, 'TOO_LATE'::text]))
);
GRANT INSERT, SELECT ON verdicts_used TO ${role};
GRANT SELECT ON verdicts_used TO ${role}_reader;
