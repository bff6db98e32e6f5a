import { DEFAULT_PARAMETERS } from '@mandate/judgement';
import { mustQueue, turnOf } from './waiting';

const NOW = 1_800_000_000_000;
const DAY_MS = 86_400_000;

describe('ELIG-004: a proposal that comes', () => {
  it.each(['DEGRADED', 'UNHEALTHY', 'UNKNOWN'] as const)('waits while SYSTEM is %s', (health) => {
    expect(mustQueue(health, false, NOW, DEFAULT_PARAMETERS)).toBe(true);
  });
  it('is judged at once while SYSTEM is HEALTHY', () => {
    expect(mustQueue('HEALTHY', false, NOW, DEFAULT_PARAMETERS)).toBe(false);
  });
  it('waits behind those who came before', () => {
    expect(mustQueue('HEALTHY', true, NOW, DEFAULT_PARAMETERS)).toBe(true);
  });
});

describe('E-104: the turn of those who wait', () => {
  it('comes for all when SYSTEM is HEALTHY', () => {
    expect(turnOf('HEALTHY', NOW, DEFAULT_PARAMETERS)).toBeGreaterThan(NOW);
  });
  it('comes after a day otherwise', () => {
    expect(turnOf('UNKNOWN', NOW, DEFAULT_PARAMETERS)).toBe(NOW - DAY_MS);
  });
  it('comes for all when nobody is to wait', () => {
    expect(turnOf('UNKNOWN', NOW, { ...DEFAULT_PARAMETERS, health_wait_ms_max: 0 })).toBeGreaterThan(NOW);
  });
});
