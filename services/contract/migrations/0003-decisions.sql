-- What was decided on a contract: verdicts used, founder's decisions, approvals. All of it only grows.

-- A verdict is used once, whatever it led to (spec 4-mandate "Where authority becomes effect"); a second one for the same
-- issue and revision is an equivocation.
CREATE TABLE verdicts_used (
  issue_id    uuid    NOT NULL,
  revision    integer NOT NULL,
  digest      bytea   NOT NULL CHECK (octet_length(digest) = 32),
  contract_id uuid    NOT NULL,
  used_as     text    NOT NULL CHECK (used_as IN ('CREATED', 'ATTACHED', 'DENIED', 'TOO_LATE')),
  at          bigint  NOT NULL,
  CONSTRAINT "PART2-001 a verdict is used once" PRIMARY KEY (issue_id, revision)
);

-- The same decision sent twice is one decision.
CREATE TABLE decisions_taken (
  contract_id  uuid   NOT NULL REFERENCES contracts (contract_id),
  decision_key text   NOT NULL,
  at           bigint NOT NULL,
  PRIMARY KEY (contract_id, decision_key)
);

-- One approval per contract: the primary key is the rule.
CREATE TABLE approvals (
  contract_id     uuid    PRIMARY KEY REFERENCES contracts (contract_id),
  decision_id     uuid    NOT NULL UNIQUE,
  -- what the founder signed, byte for byte (PART2-002)
  statement       bytea   NOT NULL,
  signature       bytea   NOT NULL,
  key_id          text    NOT NULL,
  approved_at     bigint  NOT NULL,
  step_timeout_ms bigint  NOT NULL CHECK (step_timeout_ms > 0),
  -- what was so when the founder approved
  facts           json    NOT NULL,
  -- the APPROVE's link and proof, cited by ACTIVE and carried as permit
  mandate         bytea   NOT NULL,
  UNIQUE (contract_id, approved_at)
);
ALTER TABLE contracts ADD CONSTRAINT "PART2-002" FOREIGN KEY (contract_id, approved_at) REFERENCES approvals (contract_id, approved_at);

-- REVIEW-001: only ELIGIBLE contracts can be approved.
CREATE FUNCTION approvals_only_eligible() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT status FROM contracts WHERE contract_id = NEW.contract_id) IS DISTINCT FROM 'ELIGIBLE' THEN
    RAISE EXCEPTION 'REVIEW-001: contract % is not ELIGIBLE', NEW.contract_id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approvals_only_eligible BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approvals_only_eligible();
CREATE TRIGGER approvals_kept BEFORE UPDATE OR DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION never_deleted();
