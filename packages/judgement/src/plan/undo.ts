import type { Change, Json, Registry } from '@mandate/contracts';
import { sameJson } from '../json/same-json';
import { inverseOf, isReversible, type Write, writesOf } from './inverse';

/** What undo would do to one step of a plan. */
export interface UndoStep {
  /** The step, counted from 0 in the plan's order; a rollback goes through them backwards. */
  readonly step: number;
  readonly change: Change;
  /** What the rollback would do; null where nothing would bring the state before back. */
  readonly inverse: Change | null;
  readonly is_one_way: boolean;
  /** Why it is one-way. */
  readonly reason: string | null;
  /** What each target would hold before the step, after it, and after its undo. */
  readonly targets: readonly {
    readonly target: string;
    readonly before: Json;
    readonly after: Json;
    readonly undone: Json;
  }[];
  /** Computed on these values, not promised: the undo leads back to what was before. */
  readonly leads_back: boolean;
  /** The driver that would carry it out: what `leads_back` says holds for the registry; another system may answer otherwise. */
  readonly driver: string | null;
}

type State = ReadonlyMap<string, Json>;

/**
 * What rolling back a plan would do, computed on copies of the values that the plan itself states; nothing is touched.
 * The steps are applied in order and undone backwards, as a rollback would, so that two steps on one target show what
 * really would stand there. Pure, never throws.
 *
 * @param registry where the definitions are read; its present values do not matter
 * @see spec 1-workflow §3.7, §3.10, JOB-006
 */
export function undoOf(changes: readonly Change[], registry: Pick<Registry, 'capabilities'>): readonly UndoStep[] {
  let state: State = statedBy(changes);
  const states: State[] = [];
  for (const change of changes) {
    states.push(state);
    state = applied(state, writesOf(change)) ?? state;
  }
  return changes
    .map((change, step): UndoStep => stepOf(change, step, states[step] as State, registry))
    .reverse()
    .map((one) => {
      const undone = one.inverse && applied(state, writesOf(one.inverse));
      state = undone ?? state;
      const targets = one.targets.map((t) => ({ ...t, undone: state.get(t.target) ?? null }));
      return { ...one, targets, leads_back: undone !== null && targets.every((t) => sameJson(t.before, t.undone)) };
    })
    .reverse();
}

function stepOf(change: Change, step: number, before: State, registry: Pick<Registry, 'capabilities'>): UndoStep {
  const writes = writesOf(change);
  const reason = oneWayReason(change, registry);
  return {
    step,
    change,
    inverse: reason === null ? inverseOf(change) : null,
    is_one_way: reason !== null,
    reason,
    targets: writes.map(({ target, to }) => ({ target, before: before.get(target) ?? null, after: to, undone: null })),
    leads_back: false,
    driver: registry.capabilities.get(change.capability)?.definition.driver ?? null,
  };
}

function oneWayReason(change: Change, registry: Pick<Registry, 'capabilities'>): string | null {
  const definition = registry.capabilities.get(change.capability)?.definition;
  if (definition === undefined) return `${change.capability} is not in the registry`;
  if (definition.irreversible_allowed.includes(change.kind)) {
    return `the catalogue says that a ${change.kind} of ${change.capability} cannot be undone`;
  }
  try {
    return isReversible(change, definition) ? null : 'the value before is not one that the schema allows';
  } catch {
    return 'the schema cannot be read';
  }
}

/** What stands at each target before the plan, as the first change that writes there says. */
function statedBy(changes: readonly Change[]): State {
  const state = new Map<string, Json>();
  for (const { target, from } of changes.flatMap(writesOf)) if (!state.has(target)) state.set(target, from);
  return state;
}

/** The values after compare-and-set writes; null if one of them would fail, and then none is made. */
function applied(state: State, writes: readonly Write[]): State | null {
  const next = new Map(state);
  for (const { target, from, to } of writes) {
    if (!sameJson(next.get(target) ?? null, from)) return null;
    next.set(target, to);
  }
  return next;
}
