import fc from 'fast-check';
import type { Alert } from './alert';
import type { Decision } from './probe-decision';
import { type GovernanceSignal, type ProbeNow, reportOf, type ScopeSaid, SYSTEM, stateOf } from './scope-state';

const NOW = 1_000_000;
const probe = (decision: Decision | null, agoMs = 1_000): ProbeNow => ({
  probeId: 'p',
  rhythm: { interval_ms: 1_000, timeout_ms: 2_000 },
  detail: null,
  decision,
  recent: decision ? [decision] : [],
  observedAt: decision ? NOW - agoMs : null,
});
const seen = (probes: readonly ProbeNow[], alerts: readonly Alert[] = []) => ({ probes, alerts });
const alert = (decision: Alert['decision'], expiresAt = NOW + 1): Alert => ({
  fingerprint: 'f1',
  scope: SYSTEM,
  decision,
  source: 'Slow',
  reason: 'p99',
  observedAt: NOW - 1,
  expiresAt,
});
const freeze: GovernanceSignal = {
  signalId: 's1',
  scope: SYSTEM,
  kind: 'freeze',
  reason: 'release',
  author: 'sam',
  raisedAt: NOW - 1,
  expiresAt: NOW + 60_000,
};
const said = (more: Partial<ScopeSaid> = {}): ScopeSaid => ({
  scope: SYSTEM,
  version: 4,
  state: 'HEALTHY',
  basis: 'own',
  signalIds: [],
  ...more,
});

describe("a scope's state", () => {
  it.each([
    [['OK', 'OK'], 'HEALTHY'],
    [['OK', 'WARN'], 'DEGRADED'],
    [['WARN', 'BLOCKED'], 'UNHEALTHY'],
    [['OK', null], 'UNKNOWN'],
    [['WARN', null], 'UNKNOWN'],
    [['BLOCKED', null], 'UNHEALTHY'],
    [[], 'UNKNOWN'],
  ] as const)('of probes %j is %s', (decisions, state) => {
    expect(stateOf(seen([...decisions].map((d) => probe(d))), NOW)).toBe(state);
  });

  it('is UNKNOWN when nothing was observed lately', () => {
    expect(stateOf(seen([probe('OK', 10_000)]), NOW)).toBe('HEALTHY');
    expect(stateOf(seen([probe('OK', 10_001)]), NOW)).toBe('UNKNOWN');
    expect(stateOf(seen([probe('BLOCKED', 10_001)]), NOW)).toBe('UNKNOWN');
  });

  it('is made worse by alerts while they last, never better', () => {
    const well = [probe('OK')];
    expect(stateOf(seen(well, [alert('WARN')]), NOW)).toBe('DEGRADED');
    expect(stateOf(seen(well, [alert('BLOCKED')]), NOW)).toBe('UNHEALTHY');
    expect(stateOf(seen(well, [alert('BLOCKED', NOW)]), NOW)).toBe('HEALTHY');
    expect(stateOf(seen([probe(null)], [alert('WARN')]), NOW)).toBe('UNKNOWN');
    expect(stateOf(seen([], [alert('BLOCKED')]), NOW)).toBe('UNHEALTHY');
  });

  it("of a capability that nothing probes is its alerts' as long as they last, and never better than SYSTEM", () => {
    const once = said({ scope: 'search', version: 1, basis: 'inherited' });
    const report = (system: 'HEALTHY' | 'UNHEALTHY', decision: Alert['decision']) =>
      reportOf(once, seen([], [alert(decision)]), [], system, NOW, false);
    expect(report('HEALTHY', 'WARN')).toMatchObject({ state: 'DEGRADED', basis: 'own' });
    expect(report('HEALTHY', 'BLOCKED')).toMatchObject({ state: 'UNHEALTHY', basis: 'own' });
    expect(report('UNHEALTHY', 'WARN')).toMatchObject({ state: 'UNHEALTHY', basis: 'own' });
    const over = reportOf(
      { ...once, basis: 'own', state: 'DEGRADED' },
      seen([], [alert('WARN', NOW)]),
      [],
      'HEALTHY',
      NOW,
      false,
    );
    expect(over).toMatchObject({ basis: 'inherited' });
  });

  it('is HEALTHY only if every probe was heard lately and is OK', () => {
    const any = fc.record({
      d: fc.constantFrom('OK', 'WARN', 'BLOCKED', null),
      ago: fc.integer({ min: 0, max: 30_000 }),
    });
    fc.assert(
      fc.property(fc.array(any), (list) => {
        const isWell = list.length > 0 && list.every((x) => x.d === 'OK' && x.ago <= 10_000);
        const probes = list.map((x) => probe(x.d as Decision | null, x.ago));
        expect(stateOf(seen(probes), NOW) === 'HEALTHY').toBe(isWell);
      }),
    );
  });
});

describe('what is said of a scope', () => {
  it('is nothing while nothing changed', () => {
    expect(reportOf(said(), seen([probe('OK')]), [], 'HEALTHY', NOW, false)).toBeNull();
  });

  it('HEALTH-001: is repeated as a new version although nothing changed', () => {
    expect(reportOf(said(), seen([probe('OK')]), [], 'HEALTHY', NOW, true)).toMatchObject({
      version: 5,
      state: 'HEALTHY',
    });
  });

  it('follows the probes', () => {
    expect(reportOf(said(), seen([probe('BLOCKED')]), [], 'HEALTHY', NOW, false)).toMatchObject({
      version: 5,
      state: 'UNHEALTHY',
    });
  });

  it('has a raised and a lifted signal at once, and the state stays what the probes say', () => {
    const raised = reportOf(said(), seen([probe('OK')]), [freeze], 'HEALTHY', NOW, false);
    expect(raised).toMatchObject({ version: 5, state: 'HEALTHY', signals: [freeze] });
    const lifted = reportOf(said({ version: 5, signalIds: ['s1'] }), seen([probe('OK')]), [], 'HEALTHY', NOW, false);
    expect(lifted).toMatchObject({ version: 6, signals: [] });
  });

  it('of a capability without probes is inherited, once', () => {
    const never = said({ scope: 'search', version: 0, state: 'UNKNOWN' });
    expect(reportOf(never, seen([]), [], 'DEGRADED', NOW, false)).toMatchObject({
      version: 1,
      state: 'DEGRADED',
      basis: 'inherited',
    });
    const once = said({ scope: 'search', version: 1, state: 'DEGRADED', basis: 'inherited' });
    expect(reportOf(once, seen([]), [], 'UNHEALTHY', NOW, false)).toBeNull();
  });

  it('of SYSTEM without probes is UNKNOWN, not inherited', () => {
    expect(reportOf(said(), seen([]), [], 'UNKNOWN', NOW, false)).toMatchObject({ state: 'UNKNOWN', basis: 'own' });
  });

  it('changes its basis when a capability gets probes', () => {
    const once = said({ scope: 'search', version: 1, state: 'HEALTHY', basis: 'inherited' });
    expect(reportOf(once, seen([probe('OK')]), [], 'HEALTHY', NOW, false)).toMatchObject({ version: 2, basis: 'own' });
  });
});
