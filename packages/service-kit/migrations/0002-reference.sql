-- Copies of the reference topics, for services that read them: the higher version wins.
CREATE TABLE ref_capabilities (
  capability       text   PRIMARY KEY,
  version          bigint NOT NULL,
  registry_version bigint NOT NULL,
  catalogue_size   integer NOT NULL,
  state            jsonb  NOT NULL
);
CREATE TABLE ref_health (
  scope       text   PRIMARY KEY,
  version     bigint NOT NULL,
  state       text   NOT NULL,
  basis       text   NOT NULL,
  signals     jsonb  NOT NULL,
  valid_until bigint,
  scope_versions jsonb NOT NULL,
  changed_at  bigint NOT NULL
);
GRANT UPDATE, DELETE ON ref_capabilities, ref_health TO ${role};
