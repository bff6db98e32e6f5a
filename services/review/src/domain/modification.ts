import {
  type CapabilityState,
  type Change,
  capabilitiesOf,
  type Json,
  type Lifecycle,
  type RefusalCode,
  targetsOf,
} from '@mandate/contracts';
import { sameJson, satisfies, settingsOf, writesOf } from '@mandate/judgement';

/** A change as a founder asks for it: what is to be. What is there now is filled in from the registry. */
export type RequestedChange =
  | { readonly kind: 'configuration_update'; readonly capability: string; readonly key: string; readonly value: Json }
  | {
      readonly kind: 'parameter_change';
      readonly capability: string;
      readonly settings: readonly { readonly key: string; readonly value: Json }[];
    }
  | { readonly kind: 'capability_enable'; readonly capability: string; readonly lifecycle?: Lifecycle | undefined }
  | { readonly kind: 'capability_disable'; readonly capability: string; readonly reason: string };

type Capabilities = ReadonlyMap<string, CapabilityState>;

/** The requested changes with the whole prior state of what they touch. What the registry lacks has no prior value. */
export function explicitChanges(requested: readonly RequestedChange[], capabilities: Capabilities): readonly Change[] {
  return requested.map((change) => explicitChange(change, capabilities.get(change.capability)));
}

function explicitChange(change: RequestedChange, present: CapabilityState | undefined): Change {
  const { capability } = change;
  const prior = { enabled: present?.enabled ?? false, lifecycle: present?.lifecycle ?? 'PREVIEW' };
  const setting = (key: string, value: Json) => ({ key, old: present?.values[key] ?? null, new: value });
  switch (change.kind) {
    case 'configuration_update':
      return { kind: change.kind, capability, setting: setting(change.key, change.value) };
    case 'parameter_change':
      return { kind: change.kind, capability, settings: change.settings.map((s) => setting(s.key, s.value)) };
    case 'capability_enable':
      return { kind: change.kind, capability, lifecycle: change.lifecycle ?? prior.lifecycle, prior };
    case 'capability_disable':
      return { kind: change.kind, capability, reason: change.reason, prior };
  }
}

/** What is wrong with changes, whatever the contract: the first thing, with where it is. */
export function changesProblem(
  changes: readonly Change[],
  capabilities: Capabilities,
): { readonly code: RefusalCode; readonly about: string } | null {
  const targets = changes.flatMap(targetsOf);
  const twice = targets.find((target, i) => targets.indexOf(target) !== i);
  if (twice) return { code: 'CHANGES_INVALID', about: `${twice} is changed twice` };
  for (const change of changes) {
    const about = misfit(change, capabilities.get(change.capability));
    if (about) return { code: 'CHANGES_INVALID', about };
  }
  // The gate refuses what changes nothing, and then the original would be gone.
  const same = changes.flatMap(writesOf).find(({ from, to }) => sameJson(from, to));
  return same ? { code: 'NOTHING_MODIFIED', about: `${same.target} is so already` } : null;
}

/** CONTRACT-006: every value passes the schema of its key. */
function misfit(change: Change, state: CapabilityState | undefined): string | null {
  const { capability } = change;
  if (!state) return `${capability} is not in the registry`;
  for (const { key, new: value } of settingsOf(change)) {
    const schema = state.definition.keys.find((k) => k.key === key)?.schema;
    if (!schema) return `${capability}#${key} is not a key of the registry`;
    if (!satisfies(schema, value)) return `${capability}#${key} may not be ${JSON.stringify(value)}`;
  }
  if (change.kind === 'capability_disable' && change.reason.trim() === '')
    return `${capability}: no reason to disable it`;
  return null;
}

/** The capabilities that a modification acts on, as the founder named them, or else as the changes do; sorted. */
export function namedCapabilities(changes: readonly Change[], named: readonly string[] | null): readonly string[] {
  return named ? [...new Set(named)].sort() : capabilitiesOf(changes);
}
