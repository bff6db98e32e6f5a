-- What was last said of each scope. SYSTEM is always there.
CREATE TABLE health_scopes (
  scope      text   PRIMARY KEY,
  version    bigint NOT NULL DEFAULT 0,
  state      text   NOT NULL DEFAULT 'UNKNOWN' CHECK (state IN ('UNKNOWN', 'HEALTHY', 'DEGRADED', 'UNHEALTHY')),
  basis      text   NOT NULL DEFAULT 'own' CHECK (basis IN ('own', 'inherited')),
  signal_ids text[] NOT NULL DEFAULT '{}',
  said_at    bigint
);
INSERT INTO health_scopes (scope) VALUES ('SYSTEM');

-- Everything that was ever said, one row per version: the truth that jobs are compared with (PART2-003).
CREATE TABLE health_history (
  scope      text   NOT NULL,
  version    bigint NOT NULL,
  state      text   NOT NULL CHECK (state IN ('UNKNOWN', 'HEALTHY', 'DEGRADED', 'UNHEALTHY')),
  basis      text   NOT NULL CHECK (basis IN ('own', 'inherited')),
  changed_at bigint NOT NULL,
  PRIMARY KEY (scope, version)
);
CREATE INDEX health_history_by_time ON health_history (scope, changed_at);

-- Governance signals: raised and lifted by named people, never edited (AM-18).
CREATE TABLE signals (
  signal_id  uuid   PRIMARY KEY,
  scope      text   NOT NULL,
  kind       text   NOT NULL CHECK (kind IN ('freeze', 'maintenance')),
  reason     text   NOT NULL CHECK (length(btrim(reason)) > 0),
  author     text   NOT NULL CHECK (length(author) > 0),
  raised_at  bigint NOT NULL,
  expires_at bigint NOT NULL CHECK (expires_at > raised_at)
);
CREATE INDEX signals_by_expiry ON signals (expires_at);

CREATE TABLE signal_lifts (
  signal_id uuid   PRIMARY KEY REFERENCES signals (signal_id),
  author    text   NOT NULL CHECK (length(author) > 0),
  reason    text,
  lifted_at bigint NOT NULL
);

GRANT UPDATE ON health_scopes TO ${role};
