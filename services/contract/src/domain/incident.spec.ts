import type { ResolveStatement } from '@mandate/contracts';
import { decideIncident, evolveIncident, type Incident, type IncidentCommand, openIncident } from './incident';
import { CONTRACT_ID, DAY, FOUNDER, facts, NOW, signedByFounder } from './testing/fixtures';

const open = (): Incident =>
  evolveIncident(null, openIncident('i1', CONTRACT_ID, 'Raise the limit', 'A-002 failed', NOW));
const rollback = (verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE', isFinal = true): IncidentCommand => ({
  type: 'conclude-rollback',
  verdict,
  isFinal,
  isRetried: false,
  reason: 'seen',
  leftBehind: [{ capability: 'api_rate_limit', detail: 'Step 1 is FAILED.' }],
});
const after = (incident: Incident, ...commands: IncidentCommand[]): Incident =>
  commands.reduce((i, c) => decideIncident(c, i, facts(), NOW).reduce(evolveIncident, i), incident);

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
    expect(decideIncident(rollback('FAIL'), after(open(), rollback('PASS')), facts(), NOW)).toEqual([]);
  });

  it('AM-18: is open again once an operator has the rollback run once more, and not before it had failed', () => {
    const running: IncidentCommand = {
      type: 'rollback-running',
      actor: 'ops@example.com',
      reason: 'The disk is free again.',
    };
    expect(decideIncident(running, open(), facts(), NOW)).toEqual([]);
    const failed = after(open(), rollback('FAIL'), rollback('FAIL'), rollback('FAIL'));
    expect(after(failed, running)).toMatchObject({ state: 'OPEN', rollbackAttempts: 3, leftBehind: failed.leftBehind });
    expect(after(failed, running, rollback('FAIL')).state).toBe('ROLLBACK_FAILED');
    expect(after(failed, running, rollback('PASS'))).toMatchObject({ state: 'ROLLED_BACK', leftBehind: [] });
  });

  it('records who acknowledged it, in any state, and moves nothing', () => {
    const seen = after(open(), { type: 'acknowledge', actor: 'founder', text: null });
    expect(seen).toMatchObject({ state: 'OPEN', acknowledgedBy: 'founder', version: 2 });
    const closed = after(seen, rollback('PASS'), { type: 'acknowledge', actor: 'another', text: 'Thanks.' });
    expect(closed).toMatchObject({ state: 'ROLLED_BACK', acknowledgedBy: 'another' });
  });
});

describe('resolving an incident', () => {
  const statement = (more: Partial<ResolveStatement> = {}): ResolveStatement => ({
    format: 'mandate-resolve-v1',
    purpose: 'RESOLVE',
    contract_id: CONTRACT_ID,
    incident_id: 'i1',
    incident_version: 1,
    reason: 'Put back by hand.',
    founder: FOUNDER.founder,
    session_id: 's1',
    nonce: 'n1',
    not_after: NOW + DAY,
    ...more,
  });
  const resolve = (more: Partial<ResolveStatement> = {}, actor = FOUNDER.founder): IncidentCommand => ({
    type: 'resolve',
    actor,
    signed: signedByFounder(statement(more)),
  });
  const codeOf = (command: IncidentCommand, incident = open()): (string | null)[] =>
    decideIncident(command, incident, facts(), NOW).map((e) => e.code);

  it('AM-13: closes it with the signed reason, and names the founder', () => {
    expect(after(open(), resolve())).toMatchObject({ state: 'RESOLVED', resolvedBy: FOUNDER.founder, version: 2 });
    const [event] = decideIncident(resolve(), open(), facts(), NOW);
    expect(event).toMatchObject({ type: 'resolved', reason: 'Put back by hand.', code: null });
  });

  it.each<[string, IncidentCommand]>([
    ['SIGNATURE_MISSING', { type: 'resolve', actor: FOUNDER.founder, signed: null }],
    ['REASON_TOO_SHORT', resolve({ reason: ' too short  ' })],
    ['STATEMENT_FOR_ANOTHER_INCIDENT', resolve({ incident_version: 2 })],
    ['STATEMENT_FOR_ANOTHER_INCIDENT', resolve({ incident_id: 'i2' })],
    ['STATEMENT_FOR_ANOTHER_CONTRACT', resolve({ contract_id: 'c2' })],
    ['STATEMENT_EXPIRED', resolve({ not_after: NOW - 1 })],
    ['FOUNDER_KEY_UNKNOWN', resolve({ founder: 'somebody@example.com' })],
    ['STATEMENT_FOR_ANOTHER_FOUNDER', resolve({}, 'somebody@example.com')],
  ])('AM-13: is refused as %s, and recorded', (code, command) => {
    expect(codeOf(command)).toEqual([code]);
    expect(after(open(), command)).toMatchObject({ state: 'OPEN', resolvedBy: null, version: 2 });
  });

  it('AM-13: is refused where the signature does not fit', () => {
    const signed = { ...signedByFounder(statement()), signature: Buffer.alloc(64) };
    expect(codeOf({ type: 'resolve', actor: FOUNDER.founder, signed })).toEqual(['FOUNDER_SIGNATURE_INVALID']);
  });

  it('happens once, and takes no verdict afterwards', () => {
    const resolved = after(open(), resolve());
    expect(codeOf(resolve({ incident_version: 2 }), resolved)).toEqual(['ALREADY_DECIDED']);
    expect(decideIncident(rollback('PASS'), resolved, facts(), NOW)).toEqual([]);
  });
});
