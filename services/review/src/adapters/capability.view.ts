import type { Registry } from '@mandate/contracts';
import type { HealthView } from '@mandate/service-kit';
import type { CapabilityView } from '../api/contract.schema';
import { instant } from './presentable';

/** A capability as it is now; of one that the registry does not know there is its name and its health. */
export function toCapability(name: string, { capabilities }: Registry, health: HealthView): CapabilityView {
  const state = capabilities.get(name);
  const definition = state?.definition;
  return {
    name,
    is_known: state !== undefined,
    description: definition?.description ?? null,
    owner: definition?.owner ?? null,
    enabled: state?.enabled ?? null,
    lifecycle: state?.lifecycle ?? null,
    frozen: definition?.frozen ?? null,
    version: state?.version ?? null,
    provisional_contract_id: state?.provisional_contract_id ?? null,
    health: health.stateOf(name),
    health_version: health.versionOf(name),
    blocking_signals: toSignals(health, [name]),
    keys: (definition?.keys ?? []).map(({ key, description, schema }) => ({
      key,
      description,
      schema,
      value: state?.values[key] ?? null,
    })),
    values: state ? { ...state.values } : null,
  };
}

/** Active governance signals that block one of the scopes or the whole system. */
export function toSignals(health: HealthView, scopes: readonly string[]): CapabilityView['blocking_signals'] {
  return health.blockingSignals(scopes).map((signal) => ({
    signal_id: signal.signal_id,
    scope: signal.scope,
    kind: signal.kind,
    decision: signal.decision,
    source: signal.source,
    author: signal.author,
    reason: signal.reason,
    observed_at: instant(signal.observed_at),
    expires_at: instant(signal.expires_at),
  }));
}
