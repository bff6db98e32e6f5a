import { CONTRACT_STATES } from '@mandate/contracts';
import type { MessageName } from '@mandate/schemas';
import { type Said, type Standing, standingOf } from './standing';

const T = Date.parse('2026-11-01T00:00:00Z');
const said = (name: MessageName, value: object, time = T): Said => ({ name, value, time }) as unknown as Said;
const contract = (status: string, more: object = {}, time = T): Said =>
  said(
    'ContractChanged',
    {
      ...{ contract_id: 'c', revision: 0, version: 1, status, status_reason: null, expires_at: T + 1 },
      ...{ clarification: null, waiting: null, approval: null, changes: [{ from: 'BEFORE', to: status, at: time }] },
      ...more,
    },
    time,
  );
const job = (kind: string, state: string, more: object = {}): Said =>
  said('JobChanged', { contract_id: 'c', kind, state, version: 1, attempt: 1, code: null, reason: null, ...more });
const of = (name: MessageName, kind: string, more: object = {}): Said =>
  said(name, { contract_id: 'c', kind, attempt: 1, ...more });
const incident = (state: string): Said =>
  said('IncidentChanged', { contract_id: 'c', version: 1, state, reason: 'the target answers 500' });

const asked = said('CrmIssue', {});
const received = said('IssueReceived', {}, T + 1);
const proposed = said('ProposalMade', { contract_id: null }, T + 2);
const judged = (verdict: string): Said =>
  said('EligibilityJudged', { verdict, first_failing_rule: 'E-001', retry_helps: true, retry_at: null }, T + 3);

describe('where an issue stands', () => {
  it.each<[string, Said[], Standing['state'], Standing['turn']]>([
    ['asked', [asked], 'ASKED', 'ingestion'],
    ['refused', [asked, said('CrmUpdate', { state: 'REFUSED', sentence: 'too long' })], 'REFUSED', null],
    ['received', [received, asked], 'RECEIVED', 'validator'],
    ['proposed', [proposed, received], 'PROPOSED', 'eligibility'],
    ['judged MAY', [judged('MAY'), proposed], 'MAY', 'contract'],
    ['judged MAY_NOT', [judged('MAY_NOT')], 'MAY_NOT', null],
    ['a revision, unread', [contract('ELIGIBLE'), contract('DRAFT', { revision: 1 })], 'DRAFT', 'validator'],
    [
      'a revision, read',
      [contract('DRAFT', { revision: 1 }), said('ProposalMade', { contract_id: 'c' })],
      'DRAFT',
      'eligibility',
    ],
    ['eligible', [contract('ELIGIBLE')], 'ELIGIBLE', 'founder'],
    [
      'asked back',
      [contract('ELIGIBLE', { clarification: { question: '?', requested_at: T, answered_at: null } })],
      'ELIGIBLE',
      'requestor',
    ],
    [
      'waiting',
      [contract('APPROVED', { waiting: { reason: 'HELD_BY', detail: 'd', since: T } })],
      'APPROVED',
      'contract',
    ],
    ['active', [contract('ACTIVE')], 'ACTIVE', 'executor'],
    ['running', [contract('ACTIVE'), job('CHANGE', 'RUNNING')], 'JOB RUNNING', 'executor'],
    ['job over', [contract('ACTIVE'), job('CHANGE', 'FAILED')], 'JOB FAILED', 'health'],
    [
      'evaluated',
      [contract('ACTIVE'), job('CHANGE', 'COMPLETED'), of('JobEvaluated', 'CHANGE')],
      'EVALUATED',
      'auditor',
    ],
    [
      'inconclusive',
      [contract('ACTIVE'), of('AuditConcluded', 'CHANGE', { verdict: 'INCONCLUSIVE', is_final: false })],
      'INCONCLUSIVE',
      'auditor',
    ],
    [
      'inconclusive for good',
      [contract('ACTIVE'), of('AuditConcluded', 'CHANGE', { verdict: 'INCONCLUSIVE', is_final: true })],
      'INCONCLUSIVE',
      'founder',
    ],
    ['passed', [contract('ACTIVE'), of('AuditConcluded', 'CHANGE', { verdict: 'PASS' })], 'PASS', 'contract'],
    ['completed', [contract('COMPLETED')], 'COMPLETED', null],
    ['failed', [contract('FAILED')], 'FAILED', 'contract'],
    ['incident', [contract('FAILED'), incident('OPEN')], 'FAILED', 'executor'],
    ['undoing', [contract('FAILED'), incident('OPEN'), job('ROLLBACK', 'RUNNING')], 'ROLLBACK RUNNING', 'executor'],
    ['undone', [contract('FAILED'), incident('OPEN'), job('ROLLBACK', 'COMPLETED')], 'ROLLBACK ENDED', 'health'],
    [
      'undoing judged',
      [contract('FAILED'), incident('OPEN'), job('ROLLBACK', 'COMPLETED'), of('JobEvaluated', 'ROLLBACK')],
      'ROLLBACK EVALUATED',
      'auditor',
    ],
    ['not undone', [contract('FAILED'), incident('ROLLBACK_FAILED')], 'ROLLBACK_FAILED', 'operator'],
    ['rolled back', [contract('FAILED'), incident('ROLLED_BACK')], 'FAILED', null],
    ['resolved', [contract('FAILED'), incident('RESOLVED')], 'FAILED', null],
  ])('%s', (_what, messages, state, turn) => {
    const standing = standingOf(messages);
    expect(standing).toMatchObject({ state, turn });
    expect(standing.sentence).toMatch(/^[a-z].{10,}|^E-|^too long/);
    if (turn === null) expect(standing.patienceMs).toBeNull();
  });

  it('knows a standing for every state of a contract', () => {
    for (const status of CONTRACT_STATES) expect(standingOf([contract(status)]).sentence).not.toBe('');
  });

  it('is told by the highest version, in whatever order the messages come', () => {
    const [first, second] = [
      contract('ELIGIBLE', { version: 3 }),
      contract('APPROVED', { version: 4, waiting: null }, T + 5),
    ];
    expect(standingOf([second, first])).toEqual(standingOf([first, second]));
    expect(standingOf([second, first]).state).toBe('APPROVED');
  });
});
