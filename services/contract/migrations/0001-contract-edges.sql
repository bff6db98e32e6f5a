-- GENERATED from CONTRACT_EDGES (packages/contracts/src/states.ts) by src/adapters/contract-edges.sql.ts.
-- CONTRACT-001: the only transitions there are. A state to itself is a recorded change that is no transition.
CREATE TABLE contract_edges (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO contract_edges (from_state, to_state) VALUES
  ('DRAFT', 'VALIDATED'),
  ('DRAFT', 'REJECTED'),
  ('DRAFT', 'EXPIRED'),
  ('VALIDATED', 'ELIGIBLE'),
  ('VALIDATED', 'REJECTED'),
  ('VALIDATED', 'EXPIRED'),
  ('ELIGIBLE', 'APPROVED'),
  ('ELIGIBLE', 'REJECTED'),
  ('ELIGIBLE', 'EXPIRED'),
  ('ELIGIBLE', 'SUPERSEDED'),
  ('APPROVED', 'ACTIVE'),
  ('APPROVED', 'REJECTED'),
  ('APPROVED', 'EXPIRED'),
  ('ACTIVE', 'COMPLETED'),
  ('ACTIVE', 'FAILED'),
  ('DRAFT', 'DRAFT'),
  ('VALIDATED', 'VALIDATED'),
  ('ELIGIBLE', 'ELIGIBLE'),
  ('APPROVED', 'APPROVED'),
  ('ACTIVE', 'ACTIVE'),
  ('COMPLETED', 'COMPLETED'),
  ('FAILED', 'FAILED'),
  ('REJECTED', 'REJECTED'),
  ('EXPIRED', 'EXPIRED'),
  ('SUPERSEDED', 'SUPERSEDED');
