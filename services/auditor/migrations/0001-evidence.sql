-- One row per topic and partition: how far it has been read, and the head of its chain. Locked while messages are added,
-- so that a chain has one end.
CREATE TABLE logs (
  log         smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic       text     NOT NULL,
  partition   integer  NOT NULL,
  next_offset bigint   NOT NULL DEFAULT 0,
  rows        bigint   NOT NULL DEFAULT 0,
  bytes       bigint   NOT NULL DEFAULT 0,   -- of keys, values and mandates, as they were on the topic
  head        bytea    NOT NULL CHECK (octet_length(head) = 32),
  UNIQUE (topic, partition)
);

-- EVID-001, AUDIT-005: every message as it came; append-only. `hash` covers the row and the hash of the row before it in
-- its log. A message that was published twice is one piece of evidence: its link's digest is its identity. What stands
-- beside key, mandate and value can be told from them and is there to be searched. No topic, writer or cause: the log,
-- the type and the mandate say them. Partitioned by month of arrival.
CREATE TABLE evidence (
  recorded_at      bigint   NOT NULL,
  seq              bigint   NOT NULL CHECK (seq > 0),  -- gapless within its log
  "offset"         bigint   NOT NULL,
  version          bigint   NOT NULL,
  "time"           bigint   NOT NULL,                  -- the writer's clock
  registry_version bigint,                             -- of CapabilityChanged: the gapless counter
  issue_id         uuid     NOT NULL,
  contract_id      uuid,
  job_id           uuid,
  log              smallint NOT NULL,
  message_type     text     NOT NULL,
  says             text     NOT NULL,
  link_digest      bytea    NOT NULL CHECK (octet_length(link_digest) = 32),
  hash             bytea    NOT NULL CHECK (octet_length(hash) = 32),
  key              bytea    NOT NULL,
  mandate          bytea    NOT NULL,
  value            bytea    NOT NULL,
  PRIMARY KEY (log, seq, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX evidence_by_link ON evidence USING hash (link_digest);
CREATE INDEX evidence_by_subject ON evidence (key, version);
CREATE INDEX evidence_by_contract ON evidence (contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX evidence_by_issue ON evidence (issue_id) WHERE issue_id <> '00000000-0000-0000-0000-000000000000';
CREATE INDEX evidence_of_registry ON evidence (registry_version) WHERE registry_version IS NOT NULL;

CREATE FUNCTION refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();

-- The runtime role may make no tables: this makes the partitions of an instant's month and of the next one, and no others.
-- True if they were there: what was made in a transaction that does not commit must not be counted on.
CREATE FUNCTION prepare_evidence(at_ms bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month timestamp := date_trunc('month', to_timestamp(at_ms / 1000.0) AT TIME ZONE 'UTC');
  whole boolean := true;
  part  text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('prepare_evidence', 0));
  FOR i IN 0..1 LOOP
    part := 'evidence_' || to_char(month, 'YYYY_MM');
    IF to_regclass(part) IS NULL THEN
      whole := false;
      EXECUTE format('CREATE TABLE %I PARTITION OF evidence FOR VALUES FROM (%s) TO (%s)', part,
        (extract(epoch FROM month) * 1000)::bigint, (extract(epoch FROM month + interval '1 month') * 1000)::bigint);
      EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit()', part);
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN whole;
END $$;
REVOKE ALL ON FUNCTION prepare_evidence(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prepare_evidence(bigint) TO ${role};

-- Offsets that were passed over. What was set aside explains them; what nothing explains becomes a finding.
CREATE TABLE holes (
  log         smallint NOT NULL REFERENCES logs,
  from_offset bigint   NOT NULL,
  to_offset   bigint   NOT NULL CHECK (to_offset >= from_offset),
  seen_at     bigint   NOT NULL,
  PRIMARY KEY (log, from_offset)
);

-- GAP: offsets, or a subject's version, that nobody has heard. FORK: one offset held two messages. EQUIVOCATION: two
-- messages of one type, subject and version: one of the two was said behind somebody's back.
CREATE TABLE findings (
  finding_id   bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind         text    NOT NULL CHECK (kind IN ('GAP', 'FORK', 'EQUIVOCATION')),
  topic        text    NOT NULL,
  partition    integer NOT NULL,
  message_type text,
  key          bytea,
  version      bigint,
  from_offset  bigint,
  to_offset    bigint,
  first_link   bytea,
  other_link   bytea,
  found_at     bigint  NOT NULL,
  UNIQUE NULLS NOT DISTINCT (kind, topic, partition, message_type, key, version, from_offset, first_link, other_link)
);
CREATE INDEX findings_by_subject ON findings (key, version);
CREATE TRIGGER findings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON findings FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();

-- EVID-001: what the auditor signed once a minute. Of a checkpoint's heads only those that moved since the one before.
CREATE TABLE checkpoints (
  number    bigint PRIMARY KEY CHECK (number > 0),
  at        bigint NOT NULL,
  previous  bytea  NOT NULL CHECK (octet_length(previous) = 32),
  key_id    text   NOT NULL,
  signature bytea  NOT NULL CHECK (octet_length(signature) = 64)
);
CREATE TABLE checkpoint_heads (
  number bigint   NOT NULL REFERENCES checkpoints,
  log    smallint NOT NULL REFERENCES logs,
  rows   bigint   NOT NULL,
  head   bytea    NOT NULL CHECK (octet_length(head) = 32),
  PRIMARY KEY (log, number)
);
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
CREATE TRIGGER checkpoint_heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();

GRANT UPDATE ON logs TO ${role};
GRANT UPDATE, DELETE ON holes TO ${role};
