import { decideIncident, evolveIncident, type Incident, type IncidentCommand, openIncident } from './incident';
import { CONTRACT_ID, NOW } from './testing/fixtures';

const open = (): Incident =>
  evolveIncident(null, openIncident('i1', CONTRACT_ID, 'Raise the limit', 'A-002 failed', NOW));
const rollback = (verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE', isFinal = true): IncidentCommand => ({
  type: 'conclude-rollback',
  verdict,
  isFinal,
  reason: 'seen',
  leftBehind: [{ capability: 'api_rate_limit', detail: 'Step 1 is FAILED.' }],
});
const after = (incident: Incident, ...commands: IncidentCommand[]): Incident =>
  commands.reduce((i, c) => decideIncident(c, i, 3, NOW).reduce(evolveIncident, i), incident);

describe('an incident', () => {
  it('is closed by a rollback that passed', () => {
    expect(after(open(), rollback('FAIL'), rollback('PASS'))).toMatchObject({
      state: 'ROLLED_BACK',
      rollbackAttempts: 1,
      leftBehind: [],
    });
  });

  it('AUDIT-003: names what is left behind after the third attempt', () => {
    expect(after(open(), rollback('FAIL'), rollback('INCONCLUSIVE'))).toMatchObject({
      state: 'OPEN',
      rollbackAttempts: 2,
    });
    expect(after(open(), rollback('FAIL'), rollback('FAIL'), rollback('FAIL'))).toMatchObject({
      state: 'ROLLBACK_FAILED',
      rollbackAttempts: 3,
      leftBehind: [{ capability: 'api_rate_limit' }],
    });
  });

  it('counts no attempt that the auditor will judge again', () => {
    expect(after(open(), rollback('INCONCLUSIVE', false))).toMatchObject({
      state: 'OPEN',
      rollbackAttempts: 0,
      version: 2,
    });
  });

  it('AM-18: may still be rolled back by an attempt that an operator ordered', () => {
    expect(after(open(), rollback('FAIL'), rollback('FAIL'), rollback('FAIL'), rollback('PASS')).state).toBe(
      'ROLLED_BACK',
    );
  });

  it('takes no verdict once it is closed', () => {
    expect(decideIncident(rollback('FAIL'), after(open(), rollback('PASS')), 3, NOW)).toEqual([]);
  });

  it('is acknowledged by the founder, and resolved with a reason and a signature only', () => {
    const seen = after(open(), { type: 'acknowledge', actor: 'founder', text: null });
    expect(seen).toMatchObject({ state: 'OPEN', acknowledgedBy: 'founder' });
    const resolve = (text: string | null, problem: 'SIGNATURE_MISSING' | null) =>
      decideIncident({ type: 'resolve', actor: 'founder', text, problem }, seen, 3, NOW);
    expect(resolve('short', null)).toMatchObject([{ type: 'recorded', code: 'REASON_TOO_SHORT' }]);
    expect(resolve('Put back by hand.', 'SIGNATURE_MISSING')).toMatchObject([
      { type: 'recorded', code: 'SIGNATURE_MISSING' },
    ]);
    const resolved = resolve('Put back by hand.', null).reduce(evolveIncident, seen);
    expect(resolved).toMatchObject({ state: 'RESOLVED', resolvedBy: 'founder' });
    expect(
      decideIncident({ type: 'resolve', actor: 'x', text: 'Put back by hand.', problem: null }, resolved, 3, NOW),
    ).toMatchObject([{ code: 'ALREADY_DECIDED' }]);
  });
});
