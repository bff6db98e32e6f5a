import { type Link, NIL_ID } from './link';
import { sha256 } from './plan';
import { checkValue } from './value-check';

const CONTRACT = '019b0000-0000-7000-8000-000000000001';
const ISSUE = '019b0000-0000-7000-8000-000000000002';
const PLAN = sha256('a plan');

const about = (type: Link['type'], says: Link['says'], more: Partial<Link> = {}): Link =>
  ({ type, says, issueId: ISSUE, planDigest: PLAN, version: 3, ...more }) as Link;
const value = { contract_id: CONTRACT, issue_id: ISSUE, plan_digest: PLAN, version: 3 };
const health = about('HealthChanged', 'HEALTHY', { issueId: NIL_ID });

describe('a value and its link', () => {
  it.each<[string, Link, string, object]>([
    ['ContractChanged', about('ContractChanged', 'ACTIVE'), CONTRACT, { ...value, status: 'ACTIVE' }],
    ['IncidentChanged', about('IncidentChanged', 'INCIDENT_OPEN'), CONTRACT, { ...value, state: 'OPEN' }],
    ['ReviewDecided', about('ReviewDecided', 'MODIFY'), CONTRACT, { ...value, action: 'MODIFY_SCOPE' }],
    ['JobChanged', about('JobChanged', 'JOB_DONE'), CONTRACT, { ...value, kind: 'CHANGE', state: 'COMPLETED' }],
    ['rollback', about('JobChanged', 'ROLLBACK_FAILED'), CONTRACT, { ...value, kind: 'ROLLBACK', state: 'FAILED' }],
    ['JobEvaluated', about('JobEvaluated', 'ROLLBACK_EVALUATED'), CONTRACT, { ...value, kind: 'ROLLBACK' }],
    ['AuditConcluded', about('AuditConcluded', 'PASS'), CONTRACT, { ...value, kind: 'CHANGE', verdict: 'PASS' }],
    ['CapabilityChanged', about('CapabilityChanged', 'UNDONE'), 'a', { ...value, capability: 'a', cause: 'ROLLBACK' }],
    ['HealthChanged', health, 'SYSTEM', { scope: 'SYSTEM', version: 3, state: 'HEALTHY' }],
    ['EligibilityJudged', about('EligibilityJudged', 'MAY'), ISSUE, { issue_id: ISSUE, verdict: 'MAY' }],
    ['IssueReceived', about('IssueReceived', 'RECEIVED'), ISSUE, { issue_id: ISSUE }],
    [
      'a DEFINITION',
      about('CapabilityChanged', 'DEFINED', { issueId: NIL_ID }),
      'a',
      { capability: 'a', issue_id: null, cause: 'DEFINITION' },
    ],
  ])('CHAIN-002: fit: %s', (_, link, key, given) => {
    expect(() => checkValue(link, Buffer.from(key), given)).not.toThrow();
  });

  const active = { ...value, status: 'ACTIVE' };
  it.each<[string, object]>([
    ['about another contract', { ...active, contract_id: ISSUE }],
    ['about another issue', { ...active, issue_id: CONTRACT }],
    ['about no issue', { ...active, issue_id: null }],
    ['about another plan', { ...active, plan_digest: sha256('another') }],
    ['of another version', { ...active, version: 4 }],
    ['that says another word', { ...active, status: 'COMPLETED' }],
  ])('CHAIN-002, CHAIN-003: a value %s is refused', (_, given) => {
    const refused = expect.objectContaining({ code: 'VALUE_NOT_AS_LINKED' });
    expect(() => checkValue(about('ContractChanged', 'ACTIVE'), Buffer.from(CONTRACT), given)).toThrow(refused);
  });

  it('CHAIN-002: health of one scope is not taken for that of another', () => {
    const given = { scope: 'SYSTEM', version: 3, state: 'HEALTHY' };
    expect(() => checkValue(health, Buffer.from('a'), given)).toThrow('about another scope');
  });
});
