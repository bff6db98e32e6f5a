import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractEdgesSql } from './contract-edges.sql';

it('CONTRACT-001: the migration of contract_edges is what the transition data gives', () => {
  const file = join(__dirname, '..', '..', 'migrations', '0001-contract-edges.sql');
  expect(readFileSync(file, 'utf8')).toBe(contractEdgesSql());
});
