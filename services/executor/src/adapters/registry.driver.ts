import { sameJson, writesOf } from '@mandate/judgement';
import { compareAndSet, presentAt } from '../domain/compare-and-set';
import type { Action, Driver, Sighting, Try } from './driver';

/**
 * The built-in driver: the registry itself is the live configuration. What it decides is written in the transaction that
 * records the step, so its outcome is never unclear.
 */
export class RegistryDriver implements Driver {
  readonly isReversible = true;
  readonly checksIdempotencyKey = true;
  readonly isOutside = false;

  whyNot(): string | null {
    return null;
  }

  observe({ change, target }: Action): Promise<Sighting> {
    return Promise.resolve(sightingOf(change, (name) => presentAt(target, name)));
  }

  apply(action: Action): Promise<Try> {
    return Promise.resolve(judge(action, false));
  }

  undo(action: Action): Promise<Try> {
    return Promise.resolve(judge(action, true));
  }
}

/** Where a target stands, by what is present at each place that the change writes to. */
export function sightingOf(
  change: Action['change'],
  present: (target: string) => Parameters<typeof sameJson>[0],
): Sighting {
  const writes = writesOf(change);
  if (writes.every((w) => sameJson(present(w.target), w.to))) return { at: 'AFTER' };
  if (writes.every((w) => sameJson(present(w.target), w.from))) return { at: 'BEFORE' };
  const found = writes.map((w) => `${w.target} is ${JSON.stringify(present(w.target)).slice(0, 120)}`).join(', ');
  return { at: 'NEITHER', code: 'VALUE_CHANGED', detail: `${found}, which is neither the old nor the new value` };
}

function judge({ change, target }: Action, isUndo: boolean): Try {
  const written = compareAndSet(target, writesOf(change), isUndo);
  if ('refusal' in written) return { outcome: 'FAILED', code: written.refusal, detail: written.detail };
  return { outcome: 'DONE' };
}
