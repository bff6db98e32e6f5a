import {
  type CapabilityState,
  type Change,
  canonicalJson,
  type Json,
  type Registry,
  type Setting,
} from '@mandate/contracts';
import { byCodeUnits } from '../../json/same-json';
import type { Atom } from './atoms';

/**
 * The changes that atoms come to, with the registry's present state as their prior state. Several keys of one
 * capability are one `parameter_change`. Sorted by capability, enablement before keys.
 */
export function changesOf(atoms: readonly Atom[], registry: Registry): readonly Change[] {
  const settings = new Map<string, Setting[]>();
  const changes: Change[] = [];
  for (const atom of atoms) {
    const { capability } = atom;
    const state = registry.capabilities.get(capability) as CapabilityState;
    const prior = { enabled: state.enabled, lifecycle: state.lifecycle };
    if (atom.kind === 'enable') {
      changes.push({ kind: 'capability_enable', capability, lifecycle: atom.lifecycle, prior });
    } else if (atom.kind === 'disable') {
      changes.push({ kind: 'capability_disable', capability, reason: atom.reason, prior });
    } else {
      const list = settings.get(capability) ?? [];
      list.push({ key: atom.key, old: presentValue(state, atom.key), new: atom.value });
      settings.set(capability, list);
    }
  }
  for (const [capability, list] of settings) changes.push(settingChange(capability, list));
  return changes.sort((a, b) => byCodeUnits(a.capability, b.capability) || byCodeUnits(a.kind, b.kind));
}

/** The stated old values that the registry contradicts, as sentences. */
export function staleClaims(atoms: readonly Atom[], registry: Registry): readonly string[] {
  return atoms.flatMap((atom) => {
    if (atom.kind !== 'set' || atom.statedOld === undefined) return [];
    const present = presentValue(registry.capabilities.get(atom.capability) as CapabilityState, atom.key);
    if (present === atom.statedOld) return [];
    return [
      `${atom.capability}#${atom.key} is ${canonicalJson(present)}, not ${canonicalJson(atom.statedOld)} as stated`,
    ];
  });
}

function settingChange(capability: string, list: readonly Setting[]): Change {
  const settings = [...list].sort((a, b) => byCodeUnits(a.key, b.key));
  return settings.length === 1
    ? { kind: 'configuration_update', capability, setting: settings[0] as Setting }
    : { kind: 'parameter_change', capability, settings };
}

function presentValue(state: CapabilityState, key: string): Json {
  return Object.hasOwn(state.values, key) ? (state.values[key] as Json) : null;
}
