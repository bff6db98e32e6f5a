import type { CaseFile } from '../case-file';
import { answers, type Bend, GOOD, GOOD_ROLLBACK, result, said, searchSaid } from '../testing';

describe('A-006: no conflicting signal afterwards', () => {
  const freeze = { scope: 'search', kind: 'freeze', author: 'sam', raisedAt: 12_000, expiresAt: 90_000 };
  const listed = {
    scopeVersions: [
      { scope: 'SYSTEM', version: 3 },
      { scope: 'search', version: 2 },
    ],
  };
  const raised = (signal: typeof freeze, from: CaseFile = GOOD): Bend => ({
    health: [
      ...from.health.slice(0, -1),
      said({ version: 3, at: 20_000, ...listed }),
      searchSaid({ version: 2, at: 13_000, signals: [signal] }),
    ],
  });
  it.each<[string, Bend, string]>([
    ['one raised meanwhile', raised(freeze), 'FAIL'],
    ['one raised before and still in force', raised({ ...freeze, raisedAt: 9_000 }), 'FAIL'],
    ['one raised before that has ended', raised({ ...freeze, raisedAt: 9_000, expiresAt: 19_000 }), 'PASS'],
    ['INV-5 broken', answers('INV-5', 'NO'), 'FAIL'],
    ['the last word missing', { health: GOOD.health.slice(0, -1) }, 'INCONCLUSIVE'],
    ['a version missing', { health: [searchSaid(), said(), said({ version: 3, at: 20_000 })] }, 'INCONCLUSIVE'],
    ['no contract', { contract: null }, 'INCONCLUSIVE'],
  ])('%s', (_, bend, expected) => {
    expect(result('A-006', bend)).toBe(expected);
  });

  it('AM-16: does not count against a rollback what was in force when it began', () => {
    expect(result('A-006', raised({ ...freeze, raisedAt: 9_000 }, GOOD_ROLLBACK), GOOD_ROLLBACK)).toBe('PASS');
    expect(result('A-006', raised(freeze, GOOD_ROLLBACK), GOOD_ROLLBACK)).toBe('FAIL');
  });
});
