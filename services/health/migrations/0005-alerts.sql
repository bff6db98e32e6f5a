-- What Alertmanager says fires; each ends by itself when it is not heard again.
CREATE TABLE alerts (
  fingerprint text   PRIMARY KEY,
  scope       text   NOT NULL,
  decision    text   NOT NULL CHECK (decision IN ('WARN', 'BLOCKED')),
  source      text   NOT NULL,
  reason      text   NOT NULL,
  observed_at bigint NOT NULL,
  expires_at  bigint NOT NULL CHECK (expires_at > observed_at)
);
CREATE INDEX alerts_by_scope ON alerts (scope);

GRANT UPDATE, DELETE ON alerts TO ${role};
