-- What each rules_version stands for: the parameters are data (RFC 8785 text), so that a verdict can be judged again.
CREATE TABLE rule_parameters (
  rules_version text   PRIMARY KEY,
  digest        bytea  NOT NULL CHECK (octet_length(digest) = 32), -- of the rule set: code, rules, parameters
  parameters    text   NOT NULL,
  first_used_at bigint NOT NULL
);

-- Every verdict ever given. Only INSERT is granted: MAY_NOT is final for its proposal, and so is MAY.
CREATE TABLE verdicts (
  issue_id           uuid     NOT NULL,
  revision           integer  NOT NULL CHECK (revision >= 0),
  contract_id        uuid,                              -- the DRAFT that is judged; a new issue has none
  verdict            text     NOT NULL CHECK (verdict IN ('MAY', 'MAY_NOT')),
  first_failing_rule text,
  failing_rules      text[]   NOT NULL,                 -- in the order of the rules
  needs              text     NOT NULL,                 -- JSON text: what each failing rule needed, in that order
  facts              text     NOT NULL,                 -- RFC 8785 text of what it was judged on
  system_health      text     NOT NULL,
  frozen             text[]   NOT NULL,                 -- touched capabilities that the catalogue marks frozen
  proposal           bytea    NOT NULL,                 -- the ProposalMade value as it came
  proposal_digest    bytea    NOT NULL CHECK (octet_length(proposal_digest) = 32), -- of the ProposalMade's link
  plan_digest        bytea    NOT NULL CHECK (octet_length(plan_digest) = 32),
  verdict_digest     bytea    NOT NULL CHECK (octet_length(verdict_digest) = 32),  -- of the EligibilityJudged value
  rules_version      text     NOT NULL,                 -- of rule_parameters; no foreign key: its row lock is the hottest spot
  registry_version   bigint   NOT NULL,
  health_version     bigint   NOT NULL,
  judged_at          bigint   NOT NULL,
  CONSTRAINT elig_001_one_verdict_per_proposal PRIMARY KEY (issue_id, revision),
  CONSTRAINT elig_002_reasoned CHECK (verdict = 'MAY' OR cardinality(failing_rules) > 0),
  CONSTRAINT elig_003_may_only_without_a_failing_rule CHECK (
    (verdict = 'MAY') = (cardinality(failing_rules) = 0) AND first_failing_rule IS NOT DISTINCT FROM failing_rules[1]),
  CONSTRAINT elig_004_degraded_health_blocks_all CHECK (verdict = 'MAY_NOT' OR system_health = 'HEALTHY'),
  CONSTRAINT elig_005_frozen_is_inviolable CHECK (verdict = 'MAY_NOT' OR cardinality(frozen) = 0),
  CONSTRAINT verdicts_revision_has_a_contract CHECK ((revision = 0) = (contract_id IS NULL))
);
