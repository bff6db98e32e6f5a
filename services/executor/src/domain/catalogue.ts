import type { CapabilityDefinition, CapabilityState, ChangeKind } from '@mandate/contracts';
import { satisfies } from '@mandate/judgement';

/** A catalogue file as it was read (spec 1-workflow §7). */
export interface Catalogue {
  readonly version: number;
  /** SHA-256 of the file's bytes, hex. */
  readonly digest: string;
  readonly capabilities: readonly CapabilityDefinition[];
}

export const CHANGE_KINDS = [
  'capability_enable',
  'capability_disable',
  'configuration_update',
  'parameter_change',
] as const satisfies readonly ChangeKind[];

/** What is known of catalogues: which digests may be applied, and which was applied last. */
export interface CatalogueFacts {
  readonly allowedDigests: readonly string[];
  readonly applied: { readonly version: number; readonly digest: string } | null;
  readonly states: ReadonlyMap<string, CapabilityState>;
  /** The drivers there are, and whether each can undo. */
  readonly drivers: ReadonlyMap<string, boolean>;
}

export type CatalogueDecision =
  | { readonly kind: 'nothing'; readonly why: string }
  /** The start is refused, in one sentence. */
  | { readonly kind: 'refuse'; readonly sentence: string }
  /** States to say DEFINED, in name order; their versions are the registry's to raise. */
  | { readonly kind: 'define'; readonly states: readonly CapabilityState[] };

/**
 * Decides what a catalogue does to the registry. Pure. A newer one replaces definitions and adds capabilities and keys;
 * a value that exists, enablement and lifecycle included, is never changed by it (AM-20).
 */
export function decideCatalogue(catalogue: Catalogue, facts: CatalogueFacts): CatalogueDecision {
  const { applied, allowedDigests } = facts;
  const named = `The catalogue (version ${catalogue.version}, SHA-256 ${catalogue.digest.slice(0, 16)}…)`;
  if (!allowedDigests.includes(catalogue.digest)) {
    return refuse(
      `${named} is not among those that authority.json allows; have its digest added and the manifest signed.`,
    );
  }
  if (applied && catalogue.version < applied.version)
    return { kind: 'nothing', why: `version ${applied.version} has been applied` };
  if (applied && catalogue.version === applied.version) {
    if (catalogue.digest === applied.digest) return { kind: 'nothing', why: 'it has been applied' };
    return refuse(
      `${named} was edited without a higher version; version ${applied.version} has been applied with other content.`,
    );
  }
  const problem = problemInside(catalogue, facts.drivers) ?? problemWithPresent(catalogue, facts.states);
  if (problem) return refuse(`${named} cannot be applied: ${problem}.`);
  const sorted = [...catalogue.capabilities].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: 'define', states: sorted.map((d) => defined(d, facts.states.get(d.name))) };
}

function refuse(sentence: string): CatalogueDecision {
  return { kind: 'refuse', sentence };
}

function problemInside({ capabilities }: Catalogue, drivers: ReadonlyMap<string, boolean>): string | null {
  const twice = firstTwice(capabilities.map((c) => c.name));
  if (twice) return `it defines ${twice} twice`;
  for (const c of capabilities) {
    const key = firstTwice(c.keys.map((k) => k.key));
    if (key) return `${c.name} has the key ${key} twice`;
    const canUndo = drivers.get(c.driver);
    if (canUndo === undefined) return `${c.name} names the driver ${c.driver}, which this executor does not have`;
    const kept = CHANGE_KINDS.find((kind) => !c.irreversible_allowed.includes(kind));
    if (!canUndo && kept !== undefined)
      return `${c.name} does not allow ${kept} as irreversible, but its driver ${c.driver} cannot undo`;
    for (const k of c.keys) {
      const fits = check(() => satisfies(k.schema, k.first_value));
      if (typeof fits === 'string') return `the schema of ${c.name}.${k.key} cannot be used (${fits})`;
      if (!fits) return `the first value of ${c.name}.${k.key} does not fit its own schema`;
    }
  }
  return null;
}

function problemWithPresent({ capabilities }: Catalogue, states: ReadonlyMap<string, CapabilityState>): string | null {
  const byName = new Map(capabilities.map((c) => [c.name, c]));
  for (const state of states.values()) {
    const definition = byName.get(state.capability);
    if (!definition) {
      if (isInUse(state)) return `${state.capability} is missing but in use (disable and deprecate it first)`;
      continue;
    }
    for (const [key, value] of Object.entries(state.values)) {
      const schema = definition.keys.find((k) => k.key === key)?.schema;
      if (!schema && isInUse(state)) return `the key ${state.capability}.${key} is missing but in use`;
      if (schema && !satisfies(schema, value))
        return `the present value of ${state.capability}.${key} (${JSON.stringify(value)}) fails its new schema`;
    }
  }
  return null;
}

/** A capability is out of use once it is disabled and deprecated, and no contract is changing it. */
function isInUse(state: CapabilityState): boolean {
  return state.enabled || state.lifecycle !== 'DEPRECATED' || state.provisional_contract_id !== null;
}

function defined(definition: CapabilityDefinition, present: CapabilityState | undefined): CapabilityState {
  const values = definition.keys.map(
    (k) => [k.key, present && Object.hasOwn(present.values, k.key) ? present.values[k.key] : k.first_value] as const,
  );
  return {
    capability: definition.name,
    version: present?.version ?? 0,
    definition,
    enabled: present?.enabled ?? definition.enabled,
    lifecycle: present?.lifecycle ?? definition.lifecycle,
    values: Object.fromEntries(values) as CapabilityState['values'],
    provisional_contract_id: present?.provisional_contract_id ?? null,
  };
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

function check(fits: () => boolean): boolean | string {
  try {
    return fits();
  } catch (error) {
    return (error as Error).message;
  }
}
