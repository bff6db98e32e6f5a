import type { CapabilityState } from '@mandate/contracts';
import type { Job } from './job';

/**
 * SM-005, JOB-005: what becomes final once a contract has passed its audit: of its capabilities those that its own
 * finished CHANGE job left provisional, in the order of their names. Pure.
 *
 * @param change the contract's CHANGE job; null: it had none
 * @returns null where no completed job stands behind it
 */
export function madeFinal(
  contractId: string,
  affected: readonly string[],
  change: Pick<Job, 'state'> | null,
  stateOf: (capability: string) => CapabilityState | undefined,
): readonly CapabilityState[] | null {
  if (change?.state !== 'COMPLETED') return null;
  return [...affected].sort().flatMap((capability) => {
    const state = stateOf(capability);
    return state?.provisional_contract_id === contractId ? { ...state, provisional_contract_id: null } : [];
  });
}
