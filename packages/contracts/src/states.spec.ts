import { WORDS } from './authority';
import { CONTRACT_EDGES, CONTRACT_STATES, type ContractState, isTerminal, JOB_EDGES, TERMINAL_STATES } from './states';

const reachableFrom = (from: ContractState): ReadonlySet<ContractState> => {
  const found = new Set<ContractState>();
  const visit = (state: ContractState): void => {
    for (const [source, target] of CONTRACT_EDGES) {
      if (source !== state || found.has(target)) continue;
      found.add(target);
      visit(target);
    }
  };
  visit(from);
  return found;
};
const before = (state: ContractState) => CONTRACT_EDGES.filter(([, to]) => to === state).map(([from]) => from);

describe('the contract states', () => {
  it.each(TERMINAL_STATES)('CONTRACT-005: nothing leads out of %s', (state) => {
    expect(isTerminal(state)).toBe(true);
    expect(CONTRACT_EDGES.filter(([from]) => from === state)).toEqual([]);
  });

  it('CONTRACT-001: every other state can end, and every state but DRAFT is reached from DRAFT', () => {
    const others = CONTRACT_STATES.filter((state) => !isTerminal(state));
    for (const state of others) expect([...reachableFrom(state)].some(isTerminal)).toBe(true);
    expect([...reachableFrom('DRAFT')].sort()).toEqual(CONTRACT_STATES.filter((state) => state !== 'DRAFT').sort());
    expect(CONTRACT_EDGES.some(([from, to]) => from === to)).toBe(false);
  });

  it('PART2-002, PART2-004, REVIEW-001: approval, activation and completion each have one way in', () => {
    expect(before('APPROVED')).toEqual(['ELIGIBLE']);
    expect(before('ACTIVE')).toEqual(['APPROVED']);
    expect(before('COMPLETED')).toEqual(['ACTIVE']);
    expect(before('FAILED')).toEqual(['ACTIVE']);
  });

  it('are the words in which a contract speaks', () => {
    expect([...WORDS.ContractChanged.says]).toEqual([...CONTRACT_STATES]);
  });
});

describe('the job states', () => {
  it('end in COMPLETED or FAILED and never leave them', () => {
    const sources = JOB_EDGES.map(([from]) => from);
    const ends = JOB_EDGES.map(([, to]) => to).filter((state) => !sources.includes(state));
    expect([...new Set(ends)].sort()).toEqual(['COMPLETED', 'FAILED']);
  });
});
