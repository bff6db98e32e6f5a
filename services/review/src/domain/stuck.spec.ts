import { stuckOn } from './stuck';

const MINUTE_MS = 60_000;
const fresh = { windowEnd: 100 * MINUTE_MS, jobEndedAt: null, evaluatedAt: null, auditedAt: null };

describe('an ACTIVE contract', () => {
  it('is stuck on the executor once its window is over without a job that ended', () => {
    expect(stuckOn(fresh, 100 * MINUTE_MS)).toBeNull();
    expect(stuckOn(fresh, 100 * MINUTE_MS + 1)).toEqual({ on: 'executor', since: 100 * MINUTE_MS });
  });
  it('is stuck on health ten minutes after the job has ended, whatever the window', () => {
    const ended = { ...fresh, jobEndedAt: 5 * MINUTE_MS };
    expect(stuckOn(ended, 15 * MINUTE_MS)).toBeNull();
    expect(stuckOn(ended, 16 * MINUTE_MS)).toEqual({ on: 'health', since: 15 * MINUTE_MS });
  });
  it('is stuck on the auditor ten minutes after the evaluation', () => {
    const evaluated = { ...fresh, jobEndedAt: 5 * MINUTE_MS, evaluatedAt: 6 * MINUTE_MS };
    expect(stuckOn(evaluated, 17 * MINUTE_MS)).toEqual({ on: 'auditor', since: 16 * MINUTE_MS });
    expect(stuckOn({ ...evaluated, auditedAt: 7 * MINUTE_MS }, 1e9)).toBeNull();
  });
});
