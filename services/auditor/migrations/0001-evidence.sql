-- EVID-001, AUDIT-005: every message of every topic as it came, in order of arrival per partition; append-only.
-- A message that was published twice is one piece of evidence: its link's digest is its identity.
CREATE TABLE evidence (
  topic            text    NOT NULL,
  partition        integer NOT NULL,
  "offset"         bigint  NOT NULL,
  link_digest      bytea   NOT NULL UNIQUE CHECK (octet_length(link_digest) = 32),
  cause_digest     bytea   NOT NULL CHECK (octet_length(cause_digest) = 32),
  message_type     text    NOT NULL,
  says             text    NOT NULL,
  writer           text    NOT NULL,
  key              bytea   NOT NULL,
  version          bigint  NOT NULL,
  "time"           bigint  NOT NULL,  -- the writer's clock
  issue_id         uuid    NOT NULL,
  contract_id      uuid,
  job_id           uuid,
  registry_version bigint,            -- of CapabilityChanged: the gapless counter
  mandate          bytea   NOT NULL,
  value            bytea   NOT NULL,
  recorded_at      bigint  NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX evidence_by_subject ON evidence (message_type, key, version);
CREATE INDEX evidence_by_contract ON evidence (contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX evidence_by_issue ON evidence (issue_id);
CREATE INDEX evidence_of_registry ON evidence (registry_version) WHERE message_type = 'CapabilityChanged';
CREATE INDEX evidence_by_time ON evidence (message_type, key, "time");

-- Two different links of one type, subject and version: one of the two was said behind somebody's back.
CREATE TABLE equivocations (
  message_type text   NOT NULL,
  key          bytea  NOT NULL,
  version      bigint NOT NULL,
  first_link   bytea  NOT NULL,
  other_link   bytea  NOT NULL,
  found_at     bigint NOT NULL,
  PRIMARY KEY (first_link, other_link)
);
CREATE INDEX equivocations_by_subject ON equivocations (message_type, key, version);

CREATE FUNCTION refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
CREATE TRIGGER equivocations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON equivocations FOR EACH STATEMENT EXECUTE FUNCTION refuse_edit();
