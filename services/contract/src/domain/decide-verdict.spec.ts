import { decideVerdict, type JobVerdict, type VerdictMatter } from './decide-verdict';
import { evolveIncident, openIncident } from './incident';
import { active, approved, CONTRACT_ID, facts, NOW } from './testing/fixtures';

const INCIDENT_ID = '01900000-0000-7000-8000-0000000000e1';
const verdict = (kind: 'CHANGE' | 'ROLLBACK', said: JobVerdict['verdict']): JobVerdict => ({
  kind,
  jobAttempt: 1,
  verdict: said,
  isFinal: true,
  reason: 'A-002',
});
const matter = (more: Partial<VerdictMatter> = {}): VerdictMatter => ({
  contract: active(),
  incident: null,
  job: { attempt: 1, leftBehind: [{ capability: 'api_rate_limit', detail: 'Step 1 is FAILED.' }] },
  incidentId: INCIDENT_ID,
  incidentTitle: 'Raise the API rate limit',
  ...more,
});
const incident = evolveIncident(null, openIncident(INCIDENT_ID, CONTRACT_ID, 'Raise the API rate limit', 'A-002', NOW));

describe("the auditor's verdict on a job", () => {
  it('SM-002: counts only once its job has been heard of', () => {
    for (const kind of ['CHANGE', 'ROLLBACK'] as const) {
      const decided = decideVerdict(verdict(kind, 'PASS'), matter({ incident, job: null }), facts(), NOW);
      expect(decided).toEqual({ outcome: 'WAITING', contract: [], incident: [] });
    }
  });

  it('SM-004: FAIL fails the contract and opens its incident in one decision', () => {
    const decided = decideVerdict(verdict('CHANGE', 'FAIL'), matter(), facts(), NOW);
    expect(decided.contract).toMatchObject([{ type: 'failed', reason: 'A-002' }]);
    expect(decided.incident).toMatchObject([{ type: 'opened', incidentId: INCIDENT_ID, contractId: CONTRACT_ID }]);
  });

  it('PART2-004: PASS and INCONCLUSIVE open no incident', () => {
    expect(decideVerdict(verdict('CHANGE', 'PASS'), matter(), facts(), NOW)).toMatchObject({
      outcome: 'APPLIED',
      contract: [{ type: 'completed' }],
      incident: [],
    });
    expect(decideVerdict(verdict('CHANGE', 'INCONCLUSIVE'), matter(), facts(), NOW).incident).toEqual([]);
  });

  it('comes too late for a contract that is not ACTIVE, and for a rollback without an incident', () => {
    const late = { outcome: 'TOO_LATE', contract: [], incident: [] };
    expect(decideVerdict(verdict('CHANGE', 'FAIL'), matter({ contract: approved() }), facts(), NOW)).toEqual(late);
    expect(decideVerdict(verdict('ROLLBACK', 'PASS'), matter(), facts(), NOW)).toEqual(late);
  });

  it("moves the incident by a rollback's verdict and never the contract", () => {
    const decided = decideVerdict(
      verdict('ROLLBACK', 'FAIL'),
      matter({ incident }),
      { ...facts(), limits: { ...facts().limits, rollbackAttemptsMax: 1 } },
      NOW,
    );
    expect(decided.contract).toEqual([]);
    expect(decided.incident).toMatchObject([
      { type: 'rollback-failed', leftBehind: [{ capability: 'api_rate_limit' }] },
    ]);
  });

  it('AM-18: takes the verdict on an earlier attempt for a miss where the job runs again already', () => {
    const last = { ...incident, rollbackAttempts: 2 };
    const job = { attempt: 4, leftBehind: [] };
    const missed = decideVerdict(
      { ...verdict('ROLLBACK', 'FAIL'), jobAttempt: 3 },
      matter({ incident: last, job }),
      facts(),
      NOW,
    );
    expect(missed.incident).toMatchObject([{ type: 'rollback-missed' }]);
  });
});
