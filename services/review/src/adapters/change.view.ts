import { type Change, changeFromWire, type Json, type Registry } from '@mandate/contracts';
import { sameJson, settingsOf, type UndoStep, undoOf } from '@mandate/judgement';
import type { ContractChanged } from '@mandate/schemas';
import type { ChangeView } from '../api/verdict.schema';

/** Each change beside what is there now (where that is not the old value, the step would fail), and what would undo it. */
export function toChanges(contract: ContractChanged, registry: Registry): ChangeView[] {
  const changes = contract.proposed_changes.map(changeFromWire);
  const undo = undoOf(changes, registry);
  return changes.map((change, step) => ({
    kind: change.kind,
    capability: change.capability,
    reason: change.kind === 'capability_disable' ? change.reason : null,
    settings: settingsOf(change).map((setting) => toSetting(change.capability, setting, registry)),
    enablement: enablementOf(change, registry),
    undo: toUndo(undo[step] as UndoStep),
  }));
}

type Setting = ReturnType<typeof settingsOf>[number];

function toSetting(capability: string, { key, old, new: value }: Setting, { capabilities }: Registry) {
  const state = capabilities.get(capability);
  const present: Json = state?.values[key] ?? null;
  const description = state?.definition.keys.find((k) => k.key === key)?.description ?? null;
  return { key, description, old, new: value, present, is_as_expected: sameJson(present, old) };
}

function enablementOf(change: Change, { capabilities }: Registry): ChangeView['enablement'] {
  if (change.kind !== 'capability_enable' && change.kind !== 'capability_disable') return null;
  const state = capabilities.get(change.capability);
  const present = state ? { enabled: state.enabled, lifecycle: state.lifecycle } : null;
  const old = { enabled: change.prior.enabled, lifecycle: change.prior.lifecycle };
  const isEnabled = change.kind === 'capability_enable';
  return {
    old,
    new: { enabled: isEnabled, lifecycle: change.lifecycle ?? old.lifecycle },
    present,
    is_as_expected: present !== null && sameJson(present, old),
  };
}

function toUndo({ is_one_way, reason, leads_back, driver, targets }: UndoStep): ChangeView['undo'] {
  return { is_one_way, reason, leads_back, driver, targets: targets.map((t) => ({ ...t })) };
}
