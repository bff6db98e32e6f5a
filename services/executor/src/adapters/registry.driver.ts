import { sameJson, writesOf } from '@mandate/judgement';
import { compareAndSet, presentAt } from '../domain/compare-and-set';
import type { Action, Driver, Outcome } from './driver';

/**
 * The built-in driver: the registry itself is the live configuration. The new state is written in the transaction that
 * records the step, so its outcome is never unclear.
 */
export class RegistryDriver implements Driver {
  observe({ change, target }: Action): Promise<'BEFORE' | 'AFTER' | 'UNCLEAR'> {
    const writes = writesOf(change);
    if (writes.every((w) => sameJson(presentAt(target, w.target), w.to))) return Promise.resolve('AFTER');
    return Promise.resolve(writes.every((w) => sameJson(presentAt(target, w.target), w.from)) ? 'BEFORE' : 'UNCLEAR');
  }

  apply(action: Action): Promise<Outcome> {
    return Promise.resolve(write(action, false));
  }

  undo(action: Action): Promise<Outcome> {
    return Promise.resolve(write(action, true));
  }
}

function write({ change, target }: Action, isUndo: boolean): Outcome {
  const written = compareAndSet(target, writesOf(change), isUndo);
  if ('refusal' in written) return { outcome: 'FAILED', code: written.refusal, detail: written.detail };
  return { outcome: 'DONE', target: written.state };
}
