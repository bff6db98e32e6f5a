import type { CaseFile } from '../case-file';
import { type Bend, GOOD, result } from '../testing';

describe('the chain, the approval and the eligibility', () => {
  const chain = (more: Partial<CaseFile['chain']>): Bend => ({ chain: { ...GOOD.chain, ...more } });
  it.each<[string, string, Bend, string]>([
    [
      'CHAIN',
      'CHAIN-002: a hop that does not hold',
      chain({ hops: GOOD.chain.hops.map((h, i) => (i === 3 ? { ...h, problem: 'BAD_SIGNATURE' } : h)) }),
      'FAIL',
    ],
    ['CHAIN', 'two messages in one place', chain({ equivocations: ['JobChanged version 2'] }), 'FAIL'],
    ['CHAIN', 'a hop that nobody heard', chain({ missing: ['ab'] }), 'INCONCLUSIVE'],
    [
      'CHAIN',
      'no approval in it',
      chain({ hops: GOOD.chain.hops.filter((h) => h.says !== 'APPROVE') }),
      'INCONCLUSIVE',
    ],
    [
      'APPROVAL',
      "PART2-002: a founder's signature that does not hold",
      {
        contract: GOOD.contract && {
          ...GOOD.contract,
          approval: GOOD.contract.approval && { ...GOOD.contract.approval, problem: 'FOUNDER_SIGNATURE_INVALID' },
        },
      },
      'FAIL',
    ],
    ['APPROVAL', 'PART2-002: no approval', { contract: GOOD.contract && { ...GOOD.contract, approval: null } }, 'FAIL'],
    [
      'APPROVAL',
      'changes that are not the plan',
      { contract: GOOD.contract && { ...GOOD.contract, recomputedPlanDigest: 'bb' } },
      'FAIL',
    ],
    ['APPROVAL', 'no contract', { contract: null }, 'INCONCLUSIVE'],
    [
      'ELIGIBILITY',
      'another verdict',
      { eligibility: GOOD.eligibility && { ...GOOD.eligibility, outcome: 'DIFFERENT' } },
      'FAIL',
    ],
    [
      'ELIGIBILITY',
      'unreadable facts',
      { eligibility: GOOD.eligibility && { ...GOOD.eligibility, outcome: 'UNREADABLE_FACTS' } },
      'FAIL',
    ],
    [
      'ELIGIBILITY',
      'an altered proposal',
      { eligibility: GOOD.eligibility && { ...GOOD.eligibility, isProposalUnaltered: false } },
      'FAIL',
    ],
    [
      'ELIGIBILITY',
      'rules that are not known',
      { eligibility: GOOD.eligibility && { ...GOOD.eligibility, outcome: 'UNKNOWN_RULES' } },
      'INCONCLUSIVE',
    ],
    ['ELIGIBILITY', 'no verdict', { eligibility: null }, 'INCONCLUSIVE'],
  ])('%s: %s', (id, _, bend, expected) => {
    expect(result(id, bend)).toBe(expected);
  });
});
