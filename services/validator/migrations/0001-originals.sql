-- What an issue was found to be, kept for its revisions: type and severity come from the original issue, not from the
-- founder. VAL-001: no UPDATE and no DELETE is granted, so that what was once read can never read otherwise.
CREATE TABLE originals (
  issue_id          uuid PRIMARY KEY,
  issue_type        text NOT NULL
    CHECK (issue_type IN ('unknown', 'capability_request', 'bug_report', 'configuration_change', 'escalation')),
  severity          text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  validator_version text NOT NULL -- VAL-002
);
