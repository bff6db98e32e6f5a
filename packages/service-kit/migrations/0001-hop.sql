-- What every hop needs: inbox, outbox, parked messages, timers. ${role} is the service's runtime role.

-- FLOW-002: a message delivered twice has its effect once; the link's digest (or topic, partition, offset) is the key.
CREATE TABLE inbox (
  digest      bytea  NOT NULL,
  reader      text   NOT NULL,
  received_at bigint NOT NULL,
  PRIMARY KEY (reader, digest)
);

-- FLOW-003: published in order of seq per topic and partition, deleted once the broker has them.
CREATE TABLE outbox (
  seq       bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic     text     NOT NULL,
  partition integer  NOT NULL,
  key       bytea    NOT NULL,
  value     bytea    NOT NULL,
  mandate   bytea,
  headers   text     NOT NULL,
  queued_at bigint   NOT NULL
);
CREATE INDEX outbox_order ON outbox (topic, partition, seq);

-- FLOW-004, CHAIN-003: PARKED holds its key, SET_ASIDE holds nothing.
CREATE TABLE parked (
  parked_id  bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text     NOT NULL CHECK (kind IN ('PARKED', 'SET_ASIDE')),
  topic      text     NOT NULL,
  partition  integer  NOT NULL,
  "offset"   bigint   NOT NULL,
  key        bytea    NOT NULL,
  value      bytea    NOT NULL,
  headers    text     NOT NULL,
  broker_time bigint  NOT NULL,
  code       text     NOT NULL,
  reason     text     NOT NULL,
  parked_at  bigint   NOT NULL,
  reader     text     NOT NULL,
  UNIQUE (reader, topic, partition, "offset")
);
CREATE INDEX parked_keys ON parked (reader, topic, key) WHERE kind = 'PARKED';

-- Who re-drove or discarded what, when and why (AM-18).
CREATE TABLE operator_actions (
  action_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor     text   NOT NULL,
  action    text   NOT NULL,
  subject   text   NOT NULL,
  reason    text   NOT NULL CHECK (length(reason) > 0),
  at        bigint NOT NULL
);

CREATE TABLE timers (
  kind         text    NOT NULL,
  aggregate_id text    NOT NULL,
  due_at       bigint  NOT NULL,
  attempts     integer NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, aggregate_id)
);
CREATE INDEX timers_due ON timers (due_at);

-- A manifest with a number lower than the last seen is refused.
CREATE TABLE manifest_seen (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  number   bigint  NOT NULL
);

GRANT DELETE ON inbox, outbox, parked, timers TO ${role};
GRANT UPDATE ON timers, parked, outbox, manifest_seen TO ${role};
