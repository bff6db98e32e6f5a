import { type CapabilityState, canonicalJson } from '@mandate/contracts';
import { type Citation, type Outgoing, say } from '@mandate/service-kit';
import type { LiveState } from '../domain/job';
import type { CapabilityChange, ChangeCause } from './registry.store';

const SAYS = { DEFINITION: 'DEFINED', CHANGE: 'CHANGED', ROLLBACK: 'UNDONE', FINAL: 'FINAL' } as const satisfies Record<
  ChangeCause,
  string
>;

/** A capability's new state as a message. @param planDigest the contract's; null for a definition */
export function toCapabilityChanged(
  change: CapabilityChange,
  cites: Citation,
  planDigest: Buffer | null,
  now: number,
): Outgoing {
  const { state, catalogue } = change;
  return say({
    message: 'CapabilityChanged',
    key: state.capability,
    says: SAYS[change.cause],
    issueId: change.issueId,
    version: state.version,
    planDigest,
    cites,
    now,
    value: {
      capability: state.capability,
      from_version: change.fromVersion,
      version: state.version,
      registry_version: change.registryVersion,
      cause: change.cause,
      contract_id: change.contractId,
      job_id: change.jobId,
      issue_id: change.issueId,
      catalogue_version: catalogue.version,
      catalogue_digest: catalogue.digest,
      catalogue_size: catalogue.size,
      definition: JSON.stringify(state.definition),
      enabled: state.enabled,
      lifecycle: state.lifecycle,
      values: Object.entries(state.values).map(([key, value]) => ({ key, value: canonicalJson(value) })),
      provisional_contract_id: state.provisional_contract_id,
      changed_at: now,
    },
  });
}

/** What is live of a capability, apart from its definition. */
export function liveOf(state: CapabilityState): LiveState {
  const { enabled, lifecycle, values, provisional_contract_id } = state;
  return { enabled, lifecycle, values, provisional_contract_id };
}
