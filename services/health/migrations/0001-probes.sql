-- What is probed, and the decision that its last results led to. One row per probe; no row, no probing.
CREATE TABLE probes (
  scope       text   NOT NULL,
  probe_id    text   NOT NULL,
  definition  jsonb  NOT NULL,
  decision    text   CHECK (decision IN ('OK', 'WARN', 'BLOCKED')),
  recent      text[] NOT NULL DEFAULT '{}',  -- last results, oldest first, at most the threshold
  observed_at bigint,
  detail      text,
  PRIMARY KEY (scope, probe_id),
  CHECK ((decision IS NULL) = (observed_at IS NULL))
);

-- Every result, undamped. Trimmed: only evaluations of recent jobs look back.
CREATE TABLE observations (
  observation_id bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope          text    NOT NULL,
  probe_id       text    NOT NULL,
  decision       text    NOT NULL CHECK (decision IN ('OK', 'WARN', 'BLOCKED')),
  latency_ms     integer NOT NULL,
  detail         text    NOT NULL,
  observed_at    bigint  NOT NULL
);
CREATE INDEX observations_by_time ON observations (observed_at);
CREATE INDEX observations_by_scope ON observations (scope, observed_at);

GRANT UPDATE, DELETE ON probes TO ${role};
GRANT DELETE ON observations TO ${role};
