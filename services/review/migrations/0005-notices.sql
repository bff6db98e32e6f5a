-- What founders are told outside the page, and what became of it. A notice exists only for a channel that is configured.
CREATE TABLE notices (
  notice_id    uuid    PRIMARY KEY,
  aggregate    text    NOT NULL CHECK (aggregate IN ('contract', 'incident', 'audit', 'issue')),
  aggregate_id uuid    NOT NULL,
  version      bigint  NOT NULL,
  channel      text    NOT NULL CHECK (channel IN ('mail', 'webhook')),
  kind         text    NOT NULL,
  title        text,
  path         text    NOT NULL,
  noticed_at   bigint  NOT NULL,
  state        text    NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DELIVERED', 'GIVEN_UP')),
  attempts     integer NOT NULL DEFAULT 0,
  last_error   text,
  ended_at     bigint,
  -- However many replicas read the change, and however often: it is told once.
  CONSTRAINT told_once_per_version_and_channel UNIQUE (aggregate, aggregate_id, version, channel)
);
GRANT UPDATE (state, attempts, last_error, ended_at) ON notices TO ${role};
