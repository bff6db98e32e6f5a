import { auditNotices, contractNotices, incidentNotices, isNews, issueNotice, type RecordedChange } from './notice';

const change = (more: Partial<RecordedChange>): RecordedChange => ({
  ...{ version: 4, from: 'ELIGIBLE', to: 'ELIGIBLE', cause: 'TIMER', code: null, at: 1_000 },
  ...more,
});
const kinds = (...changes: RecordedChange[]) =>
  contractNotices({ id: 'c', title: 't', changes }).map(({ version, kind }) => [version, kind]);

describe('what the founder is told of a contract (REVIEW-006)', () => {
  it.each<[string, Partial<RecordedChange>, string]>([
    ['the warning', { code: 'REVIEW_WARNING' }, 'EXPIRING'],
    ['the escalation', { code: 'REVIEW_ESCALATION' }, 'ESCALATED'],
    ['the end of its time', { to: 'EXPIRED' }, 'EXPIRED'],
    ['what holds an approved one', { from: 'APPROVED', to: 'APPROVED', cause: 'FACT', code: 'HEALTH' }, 'HELD'],
    ['a cancellation', { to: 'REJECTED', cause: 'CancellationReceived', code: 'CANCELLED' }, 'CANCELLED'],
    [
      'a cancellation that comes too late',
      { from: 'ACTIVE', to: 'ACTIVE', cause: 'CancellationReceived' },
      'CANCELLATION_ASKED',
    ],
  ])('is %s', (_, more, kind) => {
    expect(kinds(change(more))).toEqual([[4, kind]]);
  });

  it('is nothing of the founder’s own doing, nor of what goes by itself', () => {
    const own = change({ to: 'APPROVED', cause: 'ReviewDecided' });
    const active = change({ from: 'APPROVED', to: 'ACTIVE', cause: 'FACT' });
    expect(kinds(own, active, change({ to: 'REJECTED', cause: 'ReviewDecided' }))).toEqual([]);
  });

  it('is each change of one message by itself', () => {
    const changes = [change({ code: 'REVIEW_ESCALATION' }), change({ version: 5, to: 'EXPIRED' })];
    expect(kinds(...changes)).toEqual([
      [4, 'ESCALATED'],
      [5, 'EXPIRED'],
    ]);
  });
});

describe('what else the founder is told', () => {
  it('is an incident when it opens and when undoing fails, and not when it is acknowledged', () => {
    const changes = [
      change({ version: 1, from: null, to: 'OPEN' }),
      change({ version: 2, from: 'OPEN', to: 'OPEN' }),
      change({ version: 3, from: 'OPEN', to: 'ROLLBACK_FAILED' }),
      change({ version: 4, from: 'ROLLBACK_FAILED', to: 'RESOLVED' }),
    ];
    const told = incidentNotices({ id: 'i', contractId: 'c', title: 't', changes });
    expect(told.map(({ version, kind, path }) => [version, kind, path])).toEqual([
      [1, 'INCIDENT_OPENED', '/contracts/c'],
      [3, 'ROLLBACK_FAILED', '/contracts/c'],
    ]);
  });

  it('is an audit that could not tell, once it is not tried again (AM-04)', () => {
    const audit = { id: 'a', contractId: 'c', version: 2, verdict: 'INCONCLUSIVE', isFinal: true, at: 1 };
    expect(auditNotices(audit).map(({ kind }) => kind)).toEqual(['INCONCLUSIVE']);
    expect(auditNotices({ ...audit, isFinal: false })).toEqual([]);
    expect(auditNotices({ ...audit, verdict: 'FAIL' })).toEqual([]);
  });

  it('is news of the last day alone, so that a rebuild tells nothing again', () => {
    const notice = issueNotice({ id: 'i', revision: 0, title: 't', at: 0 });
    expect([isNews(notice, 86_399_999), isNews(notice, 86_400_000)]).toEqual([true, false]);
  });
});
