-- Which contract holds a capability, from its activation until it is final, rolled back or its incident resolved (AM-15).
CREATE TABLE holds (
  capability  text   NOT NULL,
  contract_id uuid   NOT NULL REFERENCES contracts (contract_id),
  since       bigint NOT NULL,
  CONSTRAINT "HOLD-001" PRIMARY KEY (capability)
);
CREATE INDEX holds_by_contract ON holds (contract_id);
GRANT DELETE ON holds TO ${role};
