-- One incident per failed contract, with the log of what happened to it.
CREATE TABLE incidents (
  incident_id       uuid    PRIMARY KEY,
  contract_id       uuid    NOT NULL UNIQUE REFERENCES contracts (contract_id),
  version           bigint  NOT NULL,
  state             text    NOT NULL CHECK (state IN ('OPEN', 'ROLLED_BACK', 'ROLLBACK_FAILED', 'RESOLVED')),
  title             text    NOT NULL,
  reason            text    NOT NULL,
  rollback_attempts integer NOT NULL,
  left_behind       json    NOT NULL,
  acknowledged_by   text,
  resolved_by       text,
  opened_at         bigint  NOT NULL,
  changed_at        bigint  NOT NULL,
  CHECK ((state = 'RESOLVED') = (resolved_by IS NOT NULL))
);
CREATE TABLE incident_log (
  incident_id uuid   NOT NULL REFERENCES incidents (incident_id),
  version     bigint NOT NULL,
  from_state  text,
  to_state    text   NOT NULL,
  cause       text   NOT NULL,
  actor       text   NOT NULL,
  code        text,
  reason      text   NOT NULL,
  at          bigint NOT NULL,
  PRIMARY KEY (incident_id, version)
);
CREATE TRIGGER incident_log_kept BEFORE UPDATE OR DELETE ON incident_log FOR EACH ROW EXECUTE FUNCTION never_deleted();
GRANT UPDATE ON incidents TO ${role};
