-- E-006. Which targets (a capability's key, or its enablement) the line of an issue has taken: by a MAY, and by its
-- contract for as long as that is open. An issue has one open contract at a time, so the line is the issue.
CREATE TABLE reservations (
  target      text   NOT NULL,
  issue_id    uuid   NOT NULL,
  contract_id uuid,            -- none while the MAY has no contract yet
  since       bigint NOT NULL, -- the time of the line's newest MAY
  PRIMARY KEY (target, issue_id)
);
CREATE INDEX reservations_by_issue ON reservations (issue_id);
CREATE INDEX reservations_without_contract ON reservations (since) WHERE contract_id IS NULL;

-- The newest state of the line of each issue: of the contract with the highest revision. A projection of
-- mandate.contracts.v1: the higher revision, then the higher version wins.
CREATE TABLE lines (
  issue_id     uuid    PRIMARY KEY,
  contract_id  uuid    NOT NULL,
  revision     integer NOT NULL,
  version      bigint  NOT NULL,
  is_over      boolean NOT NULL, -- terminal
  is_judged    boolean NOT NULL, -- has a verdict of its own; a revision's DRAFT has none yet
  successor_id uuid,             -- named by SUPERSEDED
  targets      text[]  NOT NULL,
  may_at       bigint  NOT NULL  -- the time of the MAY it stands on
);
GRANT UPDATE, DELETE ON reservations, lines TO ${role};
