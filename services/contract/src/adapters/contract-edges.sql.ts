import { CONTRACT_EDGES, CONTRACT_STATES } from '@mandate/contracts';

/** Every transition as the database is to have it: the data's edges, and each state to itself for what only records. */
export function contractEdges(): readonly (readonly [string, string])[] {
  return [...CONTRACT_EDGES, ...CONTRACT_STATES.map((s) => [s, s] as const)];
}

/** Text of `migrations/0001-contract-edges.sql`; a test compares the two, so that data and table stay equal. */
export function contractEdgesSql(): string {
  const values = contractEdges().map(([from, to]) => `  ('${from}', '${to}')`);
  return `-- GENERATED from CONTRACT_EDGES (packages/contracts/src/states.ts) by src/adapters/contract-edges.sql.ts.
-- CONTRACT-001: the only transitions there are. A state to itself is a recorded change that is no transition.
CREATE TABLE contract_edges (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO contract_edges (from_state, to_state) VALUES
${values.join(',\n')};
`;
}
