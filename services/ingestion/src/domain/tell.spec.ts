import { NOON } from '../testing/inputs';
import { verdictNews } from '../testing/news';
import { refusal } from './refusal';
import { type IncidentNews, tellIncident } from './tell-incident';
import { tellIntake } from './tell-intake';
import { tellVerdict } from './tell-verdict';
import { isProgress } from './told';

describe('what a CRM is told of a verdict', () => {
  it('nothing of a MAY: its contract speaks', () => {
    expect(tellVerdict(verdictNews({ isMay: true }), false)).toBeNull();
  });

  it('NOT_ELIGIBLE with what each failing rule needed and whether to try again', () => {
    const told = tellVerdict(verdictNews(), false);
    expect(told).toMatchObject({
      state: 'NOT_ELIGIBLE',
      code: 'E-001',
      details: { retry_helps: false, is_on_attention_list: false },
    });
    expect(told?.details.failing_rules).toEqual([{ id: 'E-001', need: expect.objectContaining({ want: 0.7 }) }]);
    expect(told?.sentence).toBe(
      'Not eligible (E-001: confidence is 0.64, needs 0.70). The same words will not succeed later; please send a new issue that meets the need.',
    );
    expect(tellVerdict(verdictNews({ retryHelps: true }), false)?.sentence).toContain('Trying again later may help.');
    expect(tellVerdict(verdictNews({ retryHelps: true, retryAt: NOON }), false)?.sentence).toContain(
      'from 2026-11-24T12:00:00Z.',
    );
  });

  it('names what was perhaps meant', () => {
    expect(tellVerdict(verdictNews({ suggestions: ['bulk_export'] }), false)?.sentence).toContain(
      'Perhaps you meant bulk_export.',
    );
  });

  it('ESCALATED where a human must look: critical, or the validator says so', () => {
    const critical = tellVerdict(verdictNews({ severity: 'critical' }), false);
    expect(critical).toMatchObject({ state: 'ESCALATED', details: { is_on_attention_list: true } });
    expect(tellVerdict(verdictNews({ recommendedAction: 'escalate' }), false)).toMatchObject({ state: 'ESCALATED' });
    const deferred = tellVerdict(verdictNews({ recommendedAction: 'defer' }), false);
    expect(deferred).toMatchObject({ state: 'NOT_ELIGIBLE', details: { is_on_attention_list: true } });
  });

  it('only a NOTE where the issue had been cancelled', () => {
    expect(tellVerdict(verdictNews(), true)).toMatchObject({ state: 'NOTE', code: 'E-001' });
  });
});

describe('what a CRM is told of an incident', () => {
  const incident = (state: string, more: Partial<IncidentNews> = {}): IncidentNews => ({
    incidentId: 'n-1',
    contractId: 'c-1',
    issueId: 'i-1',
    version: 2,
    state,
    reason: 'health was lost',
    lastWords: 'put back by hand',
    rollbackAttempts: 1,
    leftBehind: [],
    ...more,
  });

  it('how the undoing ended, and nothing while it is open', () => {
    expect(tellIncident(incident('OPEN'), null)).toBeNull();
    expect(tellIncident(incident('ROLLED_BACK'), 'OPEN')).toMatchObject({ state: 'ROLLED_BACK' });
    expect(tellIncident(incident('ROLLED_BACK'), 'ROLLED_BACK')).toBeNull();
    expect(tellIncident(incident('RESOLVED'), 'ROLLBACK_FAILED')).toMatchObject({
      state: 'NOTE',
      code: 'INCIDENT_RESOLVED',
      sentence: 'The incident was resolved by the founder: put back by hand',
    });
  });

  it('AM-18: that an undoing which had failed is tried once more, and how that ended', () => {
    expect(tellIncident(incident('OPEN'), 'ROLLBACK_FAILED')).toMatchObject({
      state: 'NOTE',
      code: 'ROLLBACK_RETRIED',
      sentence: 'The undoing of the change is being tried once more.',
    });
    expect(tellIncident(incident('OPEN'), 'OPEN')).toBeNull();
    expect(tellIncident(incident('ROLLBACK_FAILED'), 'OPEN')).toMatchObject({ state: 'ROLLBACK_FAILED' });
  });

  it('what is left where the undoing failed', () => {
    const left = [{ capability: 'bulk_export', detail: 'still enabled' }];
    expect(tellIncident(incident('ROLLBACK_FAILED', { leftBehind: left }), 'OPEN')).toMatchObject({
      state: 'ROLLBACK_FAILED',
      sentence: 'The change could not be undone completely (bulk_export); people are working on it.',
      details: { left_behind: left },
    });
  });
});

describe('what a CRM is told of its input', () => {
  it('RECEIVED, DUPLICATE, REFUSED', () => {
    const links = { repetition: 0, recurrenceOf: 'a', relatedTo: null, follows: null };
    expect(tellIntake({ type: 'issue-received', issueId: 'i', ...links })).toMatchObject([
      { state: 'RECEIVED', issueId: 'i', details: { recurrence_of: 'a' } },
    ]);
    expect(tellIntake({ type: 'duplicate', issueId: 'i', reference: 'T-1', differs: [] })).toMatchObject([
      {
        state: 'DUPLICATE',
        code: 'DUPLICATE',
        issueId: 'i',
        sentence: 'This was received before as T-1 (issue i); nothing new was started.',
        details: { issue_id: 'i', reference: 'T-1' },
      },
    ]);
    const event = { type: 'input-refused', refusal: refusal('FIELD_TOO_LONG', 'body', 'too long') } as const;
    expect(tellIntake(event)).toMatchObject([
      { state: 'REFUSED', code: 'FIELD_TOO_LONG', field: 'body', sentence: 'too long' },
    ]);
  });

  it.each([
    [['body'], 'whose content differs'],
    [['reference'], 'whose reference differs'],
    [['reference', 'subject'], 'whose reference and content differ'],
  ])('KEY_REUSED: what the key was used for, and that nothing new was started (%p)', (differs, said) => {
    expect(tellIntake({ type: 'duplicate', issueId: 'i', reference: 'DESK-1', differs })).toMatchObject([
      {
        state: 'DUPLICATE',
        code: 'KEY_REUSED',
        field: 'idempotency_key',
        issueId: 'i',
        details: { issue_id: 'i', reference: 'DESK-1', differs },
        sentence: `This idempotency key was used for DESK-1 (issue i), ${said}; nothing new was started. Send it again with a key of its own if it is another issue.`,
      },
    ]);
  });

  it.each([
    ['CANCELLED', 'was already cancelled'],
    ['UNDER_WAY', 'was already received and takes effect unless execution starts first'],
    ['TOO_LATE', 'execution had started by then'],
  ] as const)('ALREADY_CANCELLED: that it was cancelled before (%s)', (state, said) => {
    expect(tellIntake({ type: 'already-cancelled', issueId: 'i', state })).toMatchObject([
      { state: 'DUPLICATE', code: 'ALREADY_CANCELLED', issueId: 'i', sentence: expect.stringContaining(said) },
    ]);
  });

  it('one update for each issue that is cancelled', () => {
    const issues = [
      { issueId: 'a', contractId: null, isEnd: true },
      { issueId: 'b', contractId: 'c-1', isEnd: false },
    ];
    expect(tellIntake({ type: 'issues-cancelled', issues })).toMatchObject([
      { state: 'CANCELLED', issueId: 'a' },
      { state: 'NOTE', code: 'CANCELLATION_PASSED_ON', issueId: 'b', contractId: 'c-1' },
    ]);
  });

  it('that an answer was passed on', () => {
    const request = { requestId: 'q-1', contractId: 'c-1', issueId: 'i-1', sourceSystem: 'desk' };
    expect(tellIntake({ type: 'clarification-received', request })).toMatchObject([
      { state: 'NOTE', code: 'ANSWER_PASSED_ON' },
    ]);
  });
});

it('a duplicate, a refusal or a remark moves nothing on; a failure does', () => {
  expect(isProgress({ state: 'COMPLETED', code: null })).toBe(true);
  expect(isProgress({ state: 'NOTE', code: 'FAILED' })).toBe(true);
  for (const state of ['DUPLICATE', 'REFUSED', 'NOTE'] as const) expect(isProgress({ state, code: 'X' })).toBe(false);
});
