-- How far the contract of each issue and revision has come: a projection of mandate.contracts.v1, the higher version wins.
-- Read beside the verdicts, so that it can be told what became of what other rules would have judged otherwise.
CREATE TABLE outcomes (
  issue_id      uuid    NOT NULL,
  revision      integer NOT NULL,
  contract_id   uuid    NOT NULL,
  version       bigint  NOT NULL,
  status        text    NOT NULL,
  reason        text,
  audit_verdict text,
  changed_at    bigint  NOT NULL,
  PRIMARY KEY (issue_id, revision)
);
GRANT UPDATE, DELETE ON outcomes TO ${role};
CREATE INDEX outcomes_by_contract ON outcomes (contract_id);
