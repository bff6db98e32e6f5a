-- What a CRM said, and what became of it. ${role} is the service's runtime role: it reads and appends; where a table
-- below is granted more, it is a present state beside the record, never the record.

-- Step 1 of the workflow. Append-only: status stays RECEIVED for ever, later fates stand in issue_progress.
CREATE TABLE issue_events (
  issue_id        uuid    PRIMARY KEY,
  source          text    NOT NULL CHECK (source IN ('crm_feedback', 'support_ticket', 'ops_alert')),
  raw_payload     bytea   NOT NULL,                    -- byte for byte, as the broker or the HTTP client gave it
  payload         jsonb   NOT NULL,                    -- the same to look at; what jsonb refuses is replaced visibly
  payload_digest  bytea   NOT NULL CHECK (octet_length(payload_digest) = 32),
  received_at     bigint  NOT NULL,
  status          text    NOT NULL DEFAULT 'RECEIVED' CHECK (status = 'RECEIVED'),
  source_system   text    NOT NULL,
  reference       text    NOT NULL,
  idempotency_key text    NOT NULL,
  repetition      integer NOT NULL CHECK (repetition >= 0),  -- 0 at first; counts issues of one key 24 h apart
  submitter       text,
  tenant          text,
  occurred_at     bigint  NOT NULL,
  appended_at     bigint  NOT NULL,
  recurrence_of   uuid,
  related_to      uuid,
  follows         uuid,
  via             text    NOT NULL UNIQUE,             -- topic/partition/offset, or http/<id>
  CONSTRAINT "FLOW-002 one issue per key and repetition" UNIQUE (source_system, idempotency_key, repetition)
);

-- How far an issue has come, as far as this service has read.
CREATE TABLE issue_progress (
  issue_id        uuid    PRIMARY KEY REFERENCES issue_events,
  seq             bigint  GENERATED ALWAYS AS IDENTITY,
  source_system   text    NOT NULL,
  reference       text    NOT NULL,
  idempotency_key text    NOT NULL,
  is_open         boolean NOT NULL DEFAULT true,
  is_cancelled    boolean NOT NULL DEFAULT false,
  ended_by        text    CHECK (is_open = (ended_by IS NULL)),
  contract_id     uuid,
  contract_status text,
  revision        integer NOT NULL DEFAULT 0
);
CREATE INDEX issue_progress_reference ON issue_progress (source_system, reference, seq DESC);
CREATE INDEX issue_progress_open ON issue_progress (source_system, reference, seq DESC) WHERE is_open;

-- The last use of each idempotency key; its row is the lock under which a key is judged new or known (FLOW-002).
CREATE TABLE intake_keys (
  source_system   text    NOT NULL,
  kind            text    NOT NULL,
  idempotency_key text    NOT NULL,
  subject_id      uuid,                                -- null: looked at, never taken
  appended_at     bigint  NOT NULL DEFAULT 0,
  repetition      integer NOT NULL DEFAULT 0,
  PRIMARY KEY (source_system, kind, idempotency_key)
);

-- What was refused or could not be read, with its bytes (FLOW-004: never dropped silently).
CREATE TABLE refused_inputs (
  refused_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  via           text   NOT NULL UNIQUE,
  record_key    bytea,
  value         bytea  NOT NULL,
  value_digest  bytea  NOT NULL,
  code          text   NOT NULL,
  field         text,
  sentence      text   NOT NULL,
  source_system text,
  reference     text,
  refused_at    bigint NOT NULL
);
CREATE INDEX refused_inputs_recent ON refused_inputs (refused_at);

GRANT UPDATE ON issue_progress, intake_keys TO ${role};
