-- The registry: what every capability is and holds now. ${role} is the executor's runtime role.

-- One gapless counter over the whole registry; whoever changes anything holds this row's lock until the commit.
CREATE TABLE registry_counter (
  only_row         boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  registry_version bigint  NOT NULL CHECK (registry_version >= 0)
);
INSERT INTO registry_counter (registry_version) VALUES (0);

-- Catalogues that were applied, each once (AM-20).
CREATE TABLE catalogues (
  catalogue_version bigint  PRIMARY KEY CHECK (catalogue_version > 0),
  digest            bytea   NOT NULL CHECK (octet_length(digest) = 32),
  size              integer NOT NULL CHECK (size > 0),
  applied_at        bigint  NOT NULL
);

CREATE TABLE capabilities (
  capability              text    PRIMARY KEY,
  version                 bigint  NOT NULL CHECK (version > 0),
  registry_version        bigint  NOT NULL UNIQUE,
  definition              json    NOT NULL,
  enabled                 boolean NOT NULL,
  lifecycle               text    NOT NULL CHECK (lifecycle IN ('PREVIEW', 'LAUNCHED', 'DEPRECATED')),
  "values"                json    NOT NULL,
  provisional_contract_id uuid,
  changed_at              bigint  NOT NULL
);

-- Every state the registry ever had, append-only: gapless by primary key, one row per version of a capability.
CREATE TABLE capability_log (
  registry_version        bigint  PRIMARY KEY,
  capability              text    NOT NULL,
  version                 bigint  NOT NULL,
  cause                   text    NOT NULL CHECK (cause IN ('DEFINITION', 'CHANGE', 'ROLLBACK', 'FINAL')),
  contract_id             uuid,
  job_id                  uuid,
  catalogue_version       bigint  NOT NULL REFERENCES catalogues,
  enabled                 boolean NOT NULL,
  lifecycle               text    NOT NULL,
  "values"                json    NOT NULL,
  provisional_contract_id uuid,
  changed_at              bigint  NOT NULL,
  UNIQUE (capability, version),
  CONSTRAINT job_001_only_a_definition_has_no_contract CHECK ((cause = 'DEFINITION') = (contract_id IS NULL)),
  CONSTRAINT job_001_a_value_changes_only_in_a_job CHECK ((cause IN ('CHANGE', 'ROLLBACK')) = (job_id IS NOT NULL))
);

GRANT UPDATE ON registry_counter TO ${role};
GRANT UPDATE (version, registry_version, definition, enabled, lifecycle, "values", provisional_contract_id, changed_at)
  ON capabilities TO ${role};
