import type { ChangeKind, Json, Lifecycle } from './plan';

/** Risk or severity, lowest first. */
export const LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** One configuration key of a capability: its JSON Schema and the value it was first given. */
export interface KeyDefinition {
  readonly key: string;
  readonly schema: { readonly [keyword: string]: Json };
  readonly first_value: Json;
  readonly description: string;
  /** Other words people use for this key ("rate limit"); never widen what is allowed. */
  readonly aliases: readonly string[];
}

interface ProbeRhythm {
  readonly id: string;
  readonly interval_ms: number;
  readonly timeout_ms: number;
  /** How many results in a row move the decision (flapping is damped). */
  readonly threshold: number;
}

/** A GET of a governed system: failing is BLOCKED, slower than `warn_ms` is WARN. */
export interface HttpProbe extends ProbeRhythm {
  readonly url: string;
  readonly warn_ms: number;
}

/** When a figure is out of bounds: above or below; at least one of the two is given. */
export interface Bound {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** A query to Prometheus: any of its series out of `blocked` is BLOCKED, out of `warn` is WARN; no series is no result. */
export interface PromqlProbe extends ProbeRhythm {
  readonly promql: string;
  readonly warn?: Bound | undefined;
  readonly blocked?: Bound | undefined;
}

/** How health looks at a governed system (spec 1-workflow section 7). Times are milliseconds. */
export type ProbeDefinition = HttpProbe | PromqlProbe;

/** Defaults for a contract's execution constraints; a founder may only tighten them. */
export interface Constraints {
  readonly max_duration_ms: number;
  readonly step_timeout_ms: number;
  readonly steps_per_minute: number;
  readonly allowed_targets: readonly string[];
}

/** A capability as the catalogue defines it (spec 1-workflow §7). */
export interface CapabilityDefinition {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly owner: string;
  readonly lifecycle: Lifecycle;
  readonly enabled: boolean;
  readonly frozen: boolean;
  readonly driver: 'registry' | 'webhook';
  readonly keys: readonly KeyDefinition[];
  readonly risk: Partial<Record<ChangeKind, Level>>;
  /** Change kinds the catalogue allows although they cannot be undone. */
  readonly irreversible_allowed: readonly ChangeKind[];
  readonly probes: readonly ProbeDefinition[];
  readonly constraints: Constraints;
}

/** A capability's live state in the registry: definition and values at a version. */
export interface CapabilityState {
  readonly capability: string;
  readonly version: number;
  readonly definition: CapabilityDefinition;
  readonly enabled: boolean;
  readonly lifecycle: Lifecycle;
  readonly values: { readonly [key: string]: Json };
  /** The contract whose change is live but not yet final; null when final. */
  readonly provisional_contract_id: string | null;
}

/** The whole registry at one version of its gapless counter. */
export interface Registry {
  readonly registry_version: number;
  readonly capabilities: ReadonlyMap<string, CapabilityState>;
}
