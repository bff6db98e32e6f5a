import type { CapabilityState, Json } from '@mandate/contracts';

/** A capability's enablement or one of its values, as OpenFeature's remote evaluation protocol gives it. */
export interface Flag {
  readonly key: string;
  readonly value: Json;
  readonly variant: string;
  /** The value is the same for everybody. */
  readonly reason: 'STATIC';
  readonly metadata: {
    readonly capability: string;
    readonly version: number;
    /** Whether an audit has made the value final (AM-19). */
    readonly state: 'provisional' | 'final';
    /** The contract whose change is live; absent while the capability is as the catalogue first gave it. */
    readonly contract_id?: string;
  };
}

/**
 * The flags of a capability: `<capability>` says whether it is enabled, `<capability>.<key>` holds a value.
 *
 * @param finalContract the contract whose change of it was made final last; null: none was
 */
export function flagsOf(state: CapabilityState, finalContract: string | null): readonly Flag[] {
  const { capability, version, provisional_contract_id: provisional } = state;
  const contract = provisional ?? finalContract;
  const metadata = {
    capability,
    version,
    state: provisional === null ? ('final' as const) : ('provisional' as const),
    ...(contract === null ? {} : { contract_id: contract }),
  };
  const flag = (key: string, value: Json, variant: string): Flag => ({
    key,
    value,
    variant,
    reason: 'STATIC',
    metadata,
  });
  return [
    flag(capability, state.enabled, state.enabled ? 'enabled' : 'disabled'),
    ...Object.entries(state.values).map(([key, value]) => flag(`${capability}.${key}`, value, `v${version}`)),
  ];
}

/** The capability that a flag belongs to. */
export function capabilityOf(flagKey: string): string {
  const dot = flagKey.indexOf('.');
  return dot < 0 ? flagKey : flagKey.slice(0, dot);
}
