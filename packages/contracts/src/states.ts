/** Contract states (spec 1-workflow §4). */
export const CONTRACT_STATES = [
  'DRAFT',
  'VALIDATED',
  'ELIGIBLE',
  'APPROVED',
  'ACTIVE',
  'COMPLETED',
  'FAILED',
  'REJECTED',
  'EXPIRED',
  'SUPERSEDED',
] as const;
export type ContractState = (typeof CONTRACT_STATES)[number];

/** Terminal states are immutable (CONTRACT-005). */
export const TERMINAL_STATES: readonly ContractState[] = ['COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED', 'SUPERSEDED'];

/**
 * Every transition there is (CONTRACT-001). The contract service's table `contract_edges` is generated from this and a
 * test proves them equal. A recorded change that is no transition goes from a state to itself.
 */
export const CONTRACT_EDGES: readonly (readonly [ContractState, ContractState])[] = [
  ['DRAFT', 'VALIDATED'],
  ['DRAFT', 'REJECTED'],
  ['DRAFT', 'EXPIRED'],
  ['VALIDATED', 'ELIGIBLE'],
  ['VALIDATED', 'REJECTED'],
  ['VALIDATED', 'EXPIRED'],
  ['ELIGIBLE', 'APPROVED'],
  ['ELIGIBLE', 'REJECTED'],
  ['ELIGIBLE', 'EXPIRED'],
  ['ELIGIBLE', 'SUPERSEDED'],
  ['APPROVED', 'ACTIVE'],
  ['APPROVED', 'REJECTED'],
  ['APPROVED', 'EXPIRED'],
  ['ACTIVE', 'COMPLETED'],
  ['ACTIVE', 'FAILED'],
];

/** Job states (spec 1-workflow §3.7). */
export const JOB_EDGES: readonly (readonly [string, string])[] = [
  ['PENDING', 'RUNNING'],
  ['PENDING', 'FAILED'],
  ['PENDING', 'COMPLETED'],
  ['RUNNING', 'COMPLETED'],
  ['RUNNING', 'FAILED'],
];

/** True if a contract in `state` can never change again. */
export function isTerminal(state: ContractState): boolean {
  return TERMINAL_STATES.includes(state);
}
