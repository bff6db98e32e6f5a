import type { Messages } from '@mandate/schemas';
import { changeText, sentenceOf } from './sentences';

const origin = {
  source: 'support_ticket',
  source_system: 'desk',
  reference: 'T-1',
  submitter: null,
  tenant: null,
  received_at: 0,
};
const recorded = (from: string | null, to: string, more: object = {}) =>
  ({
    version: 1,
    from,
    to,
    cause: 'c',
    actor: 'a',
    code: null,
    reason: null,
    at: 0,
    ...more,
  }) as Messages['ContractChanged']['changes'][number];

describe('a message in a sentence', () => {
  it('names a change as a person would', () => {
    const setting = { key: 'depth', old: 3, new: 9 };
    expect(changeText({ kind: 'configuration_update', capability: 'search', setting })).toBe('search depth 3 → 9');
    expect(
      changeText({
        kind: 'capability_disable',
        capability: 'export',
        reason: 'cost',
        prior: { enabled: true, lifecycle: 'PREVIEW' },
      }),
    ).toBe('disable export: cost');
  });

  it('says which rules failed and what they needed', () => {
    const rules = [
      { id: 'E-001', passed: false, need: '{"text":"confidence 0.70"}' },
      { id: 'E-002', passed: true, need: null },
    ];
    expect(
      sentenceOf('EligibilityJudged', { verdict: 'MAY_NOT', rules } as unknown as Messages['EligibilityJudged']),
    ).toBe('MAY_NOT: E-001 (confidence 0.70)');
  });

  it('shows every state a contract went through, and a refusal that moved nothing', () => {
    const contract = (changes: unknown[]) =>
      ({ changes, waiting: null, risk_level: 'low', proposed_changes: [] }) as unknown as Messages['ContractChanged'];
    const created = [recorded(null, 'DRAFT'), recorded('DRAFT', 'VALIDATED'), recorded('VALIDATED', 'ELIGIBLE')];
    expect(sentenceOf('ContractChanged', contract(created))).toBe(
      'DRAFT → VALIDATED → ELIGIBLE (risk low; no concrete change)',
    );
    const refused = recorded('ELIGIBLE', 'ELIGIBLE', { code: 'HEALTH_UNKNOWN', reason: 'not heard' });
    expect(sentenceOf('ContractChanged', contract([refused]))).toBe('ELIGIBLE [HEALTH_UNKNOWN]: not heard');
  });

  it('tells what a CRM was told', () => {
    const update = { state: 'COMPLETED', source_system: 'desk', sentence: 'It is done.' } as Messages['CrmUpdate'];
    expect(sentenceOf('CrmUpdate', update)).toBe('COMPLETED told to desk: It is done.');
    expect(sentenceOf('IssueReceived', { origin, subject: 'Raise it' } as Messages['IssueReceived'])).toBe(
      'received from desk, T-1: Raise it',
    );
  });
});
