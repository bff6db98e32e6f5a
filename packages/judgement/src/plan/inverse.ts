import type { CapabilityDefinition, Change, Json, KeyDefinition, Lifecycle } from '@mandate/contracts';
import { satisfies } from '../json/schema-check';

/** One compare-and-set: `target` is written only if it still is `from` (spec 1-workflow §7). */
export interface Write {
  /** `capability#key`, or the capability alone for its enablement (as `targetsOf` names them). */
  readonly target: string;
  /** A key's value (`null`: no value), or `{enabled, lifecycle}` for an enablement. */
  readonly from: Json;
  readonly to: Json;
}

/**
 * A disable that also puts the lifecycle back. Only an inverse needs it: undoing "enable and launch" of a disabled
 * preview must end in a disabled preview, and a plain disable leaves the lifecycle as it finds it.
 */
export type RestoringDisable = Extract<Change, { kind: 'capability_disable' }> & { readonly lifecycle: Lifecycle };

/** What the undo of a change says as its reason when it has to disable. */
export const UNDO_REASON = 'undo of an enable';

/** What `isReversible` needs of a definition; a `CapabilityDefinition` and a `CapabilityFact` both have it. */
export interface ReversibilityDefinition {
  readonly irreversible_allowed: CapabilityDefinition['irreversible_allowed'];
  readonly keys: readonly Pick<KeyDefinition, 'key' | 'schema'>[];
}

/**
 * The compare-and-set writes of a change, in the order of its settings: all it does to the registry, forwards.
 * A plain disable keeps the lifecycle.
 */
export function writesOf(change: Change): readonly Write[] {
  switch (change.kind) {
    case 'capability_enable':
      return [enablement(change.capability, change.prior, { enabled: true, lifecycle: change.lifecycle })];
    case 'capability_disable':
      return [enablement(change.capability, change.prior, { enabled: false, lifecycle: lifecycleAfter(change) })];
    case 'configuration_update':
      return [keyWrite(change.capability, change.setting)];
    case 'parameter_change':
      return change.settings.map((setting) => keyWrite(change.capability, setting));
  }
}

/** The compare-and-set writes that undo a change, in the order to apply them: those of `inverseOf(change)`. */
export function undoWritesOf(change: Change): readonly Write[] {
  return writesOf(change)
    .map(({ target, from, to }) => ({ target, from: to, to: from }))
    .reverse();
}

/**
 * The rollback action of a change, derived from the change alone: applied to what the change left, it restores exactly
 * what was before (`writesOf` of the inverse is `writesOf` of the change, swapped and in reverse order).
 * The inverse of the inverse has the same writes as the change; only the words of a disable's `reason` are not kept.
 * Never throws.
 *
 * @see spec 1-workflow §3.7 (recorded before the step runs), JOB-006
 */
export function inverseOf(change: Change): Change {
  switch (change.kind) {
    case 'capability_enable':
      return toggle(change.capability, { enabled: true, lifecycle: change.lifecycle }, change.prior);
    case 'capability_disable':
      return toggle(change.capability, { enabled: false, lifecycle: lifecycleAfter(change) }, change.prior);
    case 'configuration_update':
      return { ...change, setting: swapped(change.setting) };
    case 'parameter_change':
      return { ...change, settings: change.settings.map(swapped).reverse() };
  }
}

/**
 * Whether a change has a valid rollback action: the catalogue does not list its kind as one that cannot be undone, and
 * every old value still passes its key's schema, so that undoing it leaves a valid value (INV-4).
 *
 * @throws Error when a key's schema cannot be compiled.
 * @see spec 1-workflow §6 E-007, §8 A-005
 */
export function isReversible(change: Change, definition: ReversibilityDefinition): boolean {
  if (definition.irreversible_allowed.includes(change.kind)) return false;
  return settingsOf(change).every(({ key, old }) => {
    const schema = definition.keys.find((k) => k.key === key)?.schema;
    return schema !== undefined && satisfies(schema, old);
  });
}

/** The settings a change writes; none for an enable or disable. */
export function settingsOf(change: Change): Extract<Change, { kind: 'parameter_change' }>['settings'] {
  if (change.kind === 'configuration_update') return [change.setting];
  return change.kind === 'parameter_change' ? change.settings : [];
}

type Enablement = { readonly enabled: boolean; readonly lifecycle: Lifecycle };

function toggle(capability: string, from: Enablement, to: Enablement): Change {
  const prior = { enabled: from.enabled, lifecycle: from.lifecycle };
  if (to.enabled) return { kind: 'capability_enable', capability, lifecycle: to.lifecycle, prior };
  const disable = { kind: 'capability_disable', capability, reason: UNDO_REASON, prior } as const;
  if (to.lifecycle === from.lifecycle) return disable;
  const restoring: RestoringDisable = { ...disable, lifecycle: to.lifecycle };
  return restoring;
}

function lifecycleAfter(change: Extract<Change, { kind: 'capability_disable' }>): Lifecycle {
  return (change as Partial<RestoringDisable>).lifecycle ?? change.prior.lifecycle;
}

function enablement(target: string, from: Enablement, to: Enablement): Write {
  return { target, from: { enabled: from.enabled, lifecycle: from.lifecycle }, to: { ...to } };
}

function keyWrite(
  capability: string,
  setting: { readonly key: string; readonly old: Json; readonly new: Json },
): Write {
  return { target: `${capability}#${setting.key}`, from: setting.old, to: setting.new };
}

function swapped<S extends { readonly key: string; readonly old: Json; readonly new: Json }>(setting: S): S {
  return { ...setting, old: setting.new, new: setting.old };
}
