-- Every state a capability was ever in, as said; append-only.
CREATE TABLE capability_history (
  capability       text    NOT NULL,
  version          bigint  NOT NULL,
  registry_version bigint  NOT NULL,
  cause            text    NOT NULL,
  contract_id      uuid,
  job_id           uuid,
  -- INV-2: the contract that the value names is the one that its link cites
  cites_own        boolean NOT NULL,
  frozen           boolean NOT NULL,
  key_schemas      jsonb   NOT NULL,
  enabled          boolean NOT NULL,
  lifecycle        text    NOT NULL,
  "values"         jsonb   NOT NULL,
  changed_at       bigint  NOT NULL,
  PRIMARY KEY (capability, version)
);
CREATE INDEX capability_history_by_registry ON capability_history (registry_version);

-- Of each contract, what a job of it may touch; the higher version wins.
CREATE TABLE contract_scopes (
  contract_id  uuid   PRIMARY KEY,
  version      bigint NOT NULL,
  plan_digest  bytea  NOT NULL CHECK (octet_length(plan_digest) = 32),
  capabilities text[] NOT NULL,
  changes      jsonb  NOT NULL
);

-- One evaluation per job and attempt. The snapshot is health from just before the job started (AUDIT-006).
CREATE TABLE evaluations (
  evaluation_id uuid   PRIMARY KEY,
  job_id        uuid   NOT NULL,
  attempt       bigint NOT NULL,
  contract_id   uuid   NOT NULL,
  job           bytea  NOT NULL,                                    -- the JobChanged value as received
  mandate       bytea  NOT NULL,                                    -- its mandate, to be cited
  plan_digest   bytea  NOT NULL CHECK (octet_length(plan_digest) = 32),
  snapshot      jsonb  NOT NULL,
  started_at    bigint NOT NULL,
  ended_at      bigint NOT NULL,
  due_at        bigint NOT NULL,
  evaluated_at  bigint,
  version       bigint,
  answer        jsonb,
  UNIQUE (job_id, attempt),
  UNIQUE (contract_id, version),
  CHECK ((evaluated_at IS NULL) = (answer IS NULL) AND (version IS NULL) = (answer IS NULL))
);

GRANT UPDATE ON contract_scopes, evaluations TO ${role};
