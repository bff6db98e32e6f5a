-- Contracts with their state, and the log of every recorded change. ${role} is the service's runtime role.

CREATE TABLE contracts (
  contract_id           uuid     PRIMARY KEY,
  issue_id              uuid     NOT NULL,
  revision              integer  NOT NULL,
  parent_contract_id    uuid     REFERENCES contracts (contract_id),
  successor_contract_id uuid,
  version               bigint   NOT NULL CHECK (version > 0),
  status                text     NOT NULL,
  status_reason         text,
  -- title, origin, plan, scope, constraints, health impact; json keeps whatever text an outsider wrote
  terms                 json     NOT NULL,
  affected_capabilities jsonb    NOT NULL,
  risk_level            text     NOT NULL CHECK (risk_level IN ('low', 'medium', 'high', 'critical')),
  confidence            double precision,
  payload_digest        bytea    NOT NULL CHECK (octet_length(payload_digest) = 32),
  plan_digest           bytea    NOT NULL CHECK (octet_length(plan_digest) = 32),
  dossier_digest        bytea    NOT NULL CHECK (octet_length(dossier_digest) = 32),
  verdict               bytea,
  -- the MAY's link and proof; a revision carries its parent's until it has its own
  may_mandate           bytea    NOT NULL,
  -- the contract's own last message, to be cited by what time and facts bring
  last_mandate          bytea    NOT NULL,
  created_at            bigint   NOT NULL,
  ttl_started_at        bigint   NOT NULL,
  ttl_paused_at         bigint,
  ttl_paused_ms         bigint   NOT NULL,
  is_warned             boolean  NOT NULL,
  is_escalated          boolean  NOT NULL,
  -- who had the ball, from when to when
  ttl_ledger            json     NOT NULL,
  clarification         json,
  waiting               json,
  -- what is otherwise than when the founder approved
  since_approval        json     NOT NULL,
  approved_by           text,
  approved_at           bigint,
  window_start          bigint,
  window_end            bigint,
  activated_at          bigint,
  audit_verdict         text,
  registry_version      bigint   NOT NULL,
  health_version        bigint   NOT NULL,
  changed_at            bigint   NOT NULL,

  CONSTRAINT one_contract_per_revision UNIQUE (issue_id, revision),
  CONSTRAINT "AM-21 revisions" CHECK (revision BETWEEN 0 AND 5 AND (revision > 0) = (parent_contract_id IS NOT NULL)),
  CONSTRAINT "PART2-001" CHECK (verdict IS NOT NULL OR parent_contract_id IS NOT NULL),
  CONSTRAINT "PART2-001 eligible on its own MAY" CHECK (verdict IS NOT NULL OR status IN ('DRAFT', 'REJECTED', 'EXPIRED')),
  CONSTRAINT "CONTRACT-002" CHECK (status NOT IN ('APPROVED', 'ACTIVE', 'COMPLETED', 'FAILED')
    OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)),
  CONSTRAINT "REVIEW-003" CHECK ((approved_at IS NULL) = (window_start IS NULL)
    AND (approved_at IS NULL) = (window_end IS NULL) AND window_end > window_start),
  CONSTRAINT "CONTRACT-003" CHECK ((activated_at IS NOT NULL) = (status IN ('ACTIVE', 'COMPLETED', 'FAILED'))
    AND activated_at >= window_start AND activated_at < window_end),
  -- SM-003 as well: COMPLETED needs a PASS.
  CONSTRAINT "CONTRACT-004" CHECK (status <> 'COMPLETED' OR audit_verdict IS NOT DISTINCT FROM 'PASS'),
  CONSTRAINT "SM-004" CHECK (status <> 'FAILED' OR audit_verdict IS NOT DISTINCT FROM 'FAIL'),
  CONSTRAINT "CONTRACT-007" CHECK (confidence BETWEEN 0 AND 1)
);
CREATE INDEX contracts_pending ON contracts (status) WHERE status IN ('DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED', 'ACTIVE');

CREATE TABLE contract_transitions (
  contract_id  uuid   NOT NULL REFERENCES contracts (contract_id),
  version      bigint NOT NULL,
  from_state   text,
  to_state     text   NOT NULL,
  cause        text   NOT NULL,
  actor        text   NOT NULL,
  code         text,
  reason       text,
  at           bigint NOT NULL,
  -- the link of the message that permitted it
  cause_digest bytea  NOT NULL,
  PRIMARY KEY (contract_id, version),
  CONSTRAINT "CONTRACT-001" FOREIGN KEY (from_state, to_state) REFERENCES contract_edges (from_state, to_state),
  CONSTRAINT "CONTRACT-001 starts as draft" CHECK ((from_state IS NULL) = (version = 1) AND (from_state IS NOT NULL OR to_state = 'DRAFT')),
  CONSTRAINT "REVIEW-002" CHECK (NOT (to_state = 'REJECTED' AND from_state <> 'REJECTED' AND cause = 'ReviewDecided')
    OR (reason IS NOT NULL AND length(btrim(reason)) > 10))
);

-- A contract begins as a draft (a revision) or with both verdicts attached (on a MAY), never further on.
CREATE FUNCTION contracts_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.status, NEW.version) NOT IN (('DRAFT', 1), ('ELIGIBLE', 3)) THEN
    RAISE EXCEPTION 'PART2-001: contract % cannot begin as % at version %', NEW.contract_id, NEW.status, NEW.version;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contracts_begin BEFORE INSERT ON contracts FOR EACH ROW EXECUTE FUNCTION contracts_begin();

-- CONTRACT-005: of a terminal row only what counts recorded decisions may grow.
CREATE FUNCTION contracts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER contracts_guard BEFORE UPDATE ON contracts FOR EACH ROW EXECUTE FUNCTION contracts_guard();

-- CONTRACT-001: every step from the old state to the new one stands in the log, without a gap.
CREATE FUNCTION contracts_logged() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER contracts_logged AFTER UPDATE ON contracts FOR EACH ROW EXECUTE FUNCTION contracts_logged();

CREATE FUNCTION never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows', TG_TABLE_NAME;
END $$;
CREATE TRIGGER contracts_kept BEFORE DELETE ON contracts FOR EACH ROW EXECUTE FUNCTION never_deleted();
CREATE TRIGGER contract_transitions_kept BEFORE UPDATE OR DELETE ON contract_transitions FOR EACH ROW EXECUTE FUNCTION never_deleted();

GRANT UPDATE ON contracts TO ${role};
