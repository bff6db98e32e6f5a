import type { Change as WireChange } from '@mandate/schemas';
import { type Change, canonicalJson, type Json, type Lifecycle, type Setting } from './plan';

const settingToWire = (s: Setting) => ({
  key: s.key,
  old_value: canonicalJson(s.old),
  new_value: canonicalJson(s.new),
});
const settingFromWire = (s: WireChange['settings'][number]): Setting => ({
  key: s.key,
  old: JSON.parse(s.old_value) as Json,
  new: JSON.parse(s.new_value) as Json,
});
const EMPTY = { lifecycle: null, reason: null, enabled_before: null, lifecycle_before: null, settings: [] };

/** A change as the Avro record that carries it. */
export function changeToWire(change: Change): WireChange {
  switch (change.kind) {
    case 'capability_enable':
    case 'capability_disable':
      return {
        ...EMPTY,
        kind: change.kind,
        capability: change.capability,
        lifecycle: (change as { lifecycle?: Lifecycle }).lifecycle ?? null, // the undo of an enable may restore one
        reason: change.kind === 'capability_disable' ? change.reason : null,
        enabled_before: change.prior.enabled,
        lifecycle_before: change.prior.lifecycle,
      };
    case 'configuration_update':
      return { ...EMPTY, kind: change.kind, capability: change.capability, settings: [settingToWire(change.setting)] };
    case 'parameter_change':
      return {
        ...EMPTY,
        kind: change.kind,
        capability: change.capability,
        settings: change.settings.map(settingToWire),
      };
  }
}

/** The change an Avro record carries. @throws TypeError if it is none (PLAN_UNREADABLE for the caller) */
export function changeFromWire(wire: WireChange): Change {
  const { kind, capability } = wire;
  const prior = { enabled: wire.enabled_before ?? false, lifecycle: (wire.lifecycle_before ?? 'PREVIEW') as Lifecycle };
  const settings = wire.settings.map(settingFromWire);
  switch (kind) {
    case 'capability_enable':
      return { kind, capability, lifecycle: (wire.lifecycle ?? 'LAUNCHED') as Lifecycle, prior };
    case 'capability_disable': {
      const restored = wire.lifecycle === null ? {} : { lifecycle: wire.lifecycle as Lifecycle };
      return { kind, capability, reason: wire.reason ?? '', prior, ...restored };
    }
    case 'configuration_update': {
      const [setting] = settings;
      if (!setting || settings.length !== 1) throw new TypeError('a configuration_update has exactly one setting');
      return { kind, capability, setting };
    }
    case 'parameter_change':
      return { kind, capability, settings };
    default:
      throw new TypeError(`unknown kind of change ${kind}`);
  }
}
