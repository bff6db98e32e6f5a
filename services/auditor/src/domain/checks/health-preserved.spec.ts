import { audit } from '../audit';
import { answers, type Bend, GOOD, GOOD_ROLLBACK, result, said, searchSaid, withStep } from '../testing';

describe('A-002: health preserved', () => {
  const health = (...more: ReturnType<typeof said>[]): Bend => ({
    health: [searchSaid(), said(), ...more, said({ version: 3, at: 20_000 })],
  });
  it.each<[string, Bend, string]>([
    ['ill in between', health(said({ version: 2, at: 15_000, state: 'UNHEALTHY' })), 'FAIL'],
    ['degraded in between', health(said({ version: 2, at: 15_000, state: 'DEGRADED' })), 'FAIL'],
    ['unknown in between', health(said({ version: 2, at: 15_000, state: 'UNKNOWN' })), 'INCONCLUSIVE'],
    ['a version missing', health(), 'INCONCLUSIVE'],
    [
      'silent in between',
      {
        health: [
          searchSaid(),
          said({ validUntil: 11_000 }),
          said({ version: 2, at: 15_000 }),
          said({ version: 3, at: 20_000 }),
        ],
      },
      'INCONCLUSIVE',
    ],
    [
      'nothing before the job',
      { health: [searchSaid(), said({ version: 2, at: 15_000 }), said({ version: 3, at: 20_000 })] },
      'INCONCLUSIVE',
    ],
    ['the last word missing', { health: GOOD.health.slice(0, -1) }, 'INCONCLUSIVE'],
    ['nothing of the capability', { health: GOOD.health.slice(1) }, 'INCONCLUSIVE'],
    [
      'the capability ill',
      { health: [...GOOD.health, searchSaid({ version: 2, at: 12_000, state: 'UNHEALTHY' })] },
      'FAIL',
    ],
    ['health says NO', { evaluation: { ...GOOD.evaluation, capabilitiesHealthy: 'NO' } }, 'FAIL'],
    ['INV-3 broken', answers('INV-3', 'NO'), 'FAIL'],
    ['INV-3 unknown', answers('INV-3', 'UNKNOWN'), 'INCONCLUSIVE'],
    ['INV-3 unanswered', { evaluation: { ...GOOD.evaluation, invariants: [] } }, 'INCONCLUSIVE'],
  ])('%s', (_, bend, expected) => {
    expect(result('A-002', bend)).toBe(expected);
  });

  it.each<[string, { scope: string; state: string; version: number }[], string]>([
    ['nothing recorded', [], 'INCONCLUSIVE'],
    ['the target not looked at', [{ scope: 'SYSTEM', state: 'HEALTHY', version: 1 }], 'INCONCLUSIVE'],
    [
      'run although SYSTEM was UNKNOWN',
      [
        { scope: 'SYSTEM', state: 'UNKNOWN', version: 1 },
        { scope: 'search', state: 'HEALTHY', version: 1 },
      ],
      'FAIL',
    ],
  ])('JOB-002: %s before a step', (_, healthSeen, expected) => {
    expect(result('A-002', withStep({ healthSeen }))).toBe(expected);
  });

  it('PART2-003: fails a job that claims to have seen what health never said', () => {
    const ill = said({ state: 'UNHEALTHY' });
    const checks = audit({ ...GOOD, health: [searchSaid(), ill, ...GOOD.health.slice(2)] }, false).checks;
    expect(JSON.stringify(checks)).toContain('claims to have seen SYSTEM HEALTHY');
  });

  it('takes SYSTEM for a capability that inherits it', () => {
    const inherited = searchSaid({ basis: 'inherited', state: 'UNKNOWN' });
    expect(result('A-002', { health: [inherited, ...GOOD.health.slice(1)] })).toBe('PASS');
  });

  it('AM-16: fails a rollback only if it ended worse than it started', () => {
    const ends = (state: 'UNHEALTHY' | 'DEGRADED' | 'UNKNOWN') => ({
      health: [...GOOD_ROLLBACK.health.slice(0, -1), said({ version: 3, at: 20_000, state })],
    });
    expect(result('A-002', ends('UNHEALTHY'), GOOD_ROLLBACK)).toBe('PASS');
    expect(result('A-002', ends('UNKNOWN'), GOOD_ROLLBACK)).toBe('INCONCLUSIVE');
    const worse = {
      health: [
        searchSaid(),
        said(),
        said({ version: 2, at: 15_000 }),
        said({ version: 3, at: 20_000, state: 'UNHEALTHY' as const }),
      ],
    };
    expect(result('A-002', worse, GOOD_ROLLBACK)).toBe('FAIL');
  });
});
