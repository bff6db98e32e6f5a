-- ELIG-004: proposals that came while SYSTEM was not HEALTHY, judged in the order of seq (AM-06). The bytes are kept as
-- they came, because the verdict carries and cites them.
CREATE TABLE waiting_proposals (
  seq           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issue_id      uuid    NOT NULL,
  revision      integer NOT NULL,
  value         bytea   NOT NULL,
  mandate       bytea   NOT NULL,
  waiting_since bigint  NOT NULL,
  CONSTRAINT waiting_once UNIQUE (issue_id, revision)
);
GRANT DELETE ON waiting_proposals TO ${role};
