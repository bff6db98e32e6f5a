import { type Change, canonicalJson, type Json } from '@mandate/contracts';

/** The part of a capability's state that changes write. */
export interface LiveState {
  readonly enabled: boolean;
  readonly lifecycle: string;
  readonly values: { readonly [key: string]: Json };
}

/** The state that these changes lead to from `before`, taken in their order. A key set to null has no value. */
export function outcomeOf(before: LiveState, changes: readonly Change[]): LiveState {
  return changes.reduce(applied, before);
}

/** Whether two states are the same values, enablement and lifecycle. */
export function isSameState(a: LiveState, b: LiveState): boolean {
  return canonicalJson(plain(a)) === canonicalJson(plain(b));
}

function applied(state: LiveState, change: Change): LiveState {
  switch (change.kind) {
    case 'capability_enable':
      return { ...state, enabled: true, lifecycle: change.lifecycle };
    case 'capability_disable': // the undo of an enable may restore a lifecycle
      return { ...state, enabled: false, lifecycle: (change as { lifecycle?: string }).lifecycle ?? state.lifecycle };
    case 'configuration_update':
      return { ...state, values: { ...state.values, [change.setting.key]: change.setting.new } };
    case 'parameter_change':
      return {
        ...state,
        values: { ...state.values, ...Object.fromEntries(change.settings.map((s) => [s.key, s.new])) },
      };
  }
}

function plain({ enabled, lifecycle, values }: LiveState): LiveState {
  return { enabled, lifecycle, values: Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null)) };
}
