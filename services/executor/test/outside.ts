import type { Json } from '@mandate/contracts';
import { writesOf } from '@mandate/judgement';
import type { Action, Driver, Sighting, Try } from '../src/adapters/driver';
import { sightingOf } from '../src/adapters/registry.driver';

/** A system outside, in memory: compare-and-set, keys taken once, keys undone for good. */
export class Outside implements Driver {
  readonly isReversible = true;
  readonly checksIdempotencyKey = true;
  readonly isOutside = true;
  readonly values = new Map<string, Json>([
    ['b#size', 3],
    ['b#depth', 3],
  ]);
  readonly effects: string[] = [];
  private readonly taken = new Set<string>();
  private readonly undone = new Set<string>();
  /** The next message, or its answer, gets lost. */
  loses: 'message' | 'answer' | null = null;

  whyNot = () => null;

  observe({ change }: Action): Promise<Sighting> {
    return Promise.resolve(sightingOf(change, (target) => this.values.get(target) ?? null));
  }

  apply(action: Action): Promise<Try> {
    return this.arrive(action, false);
  }

  undo(action: Action): Promise<Try> {
    return this.arrive(action, true);
  }

  private arrive(action: Action, isUndo: boolean): Promise<Try> {
    const { loses } = this;
    this.loses = null;
    const lost: Try = { outcome: 'UNCLEAR', code: 'OUTCOME_UNKNOWN', detail: 'lost' };
    if (loses === 'message') return Promise.resolve(lost);
    const answer = this.write(action, isUndo);
    return Promise.resolve(loses === 'answer' ? lost : answer);
  }

  private write({ change, idempotencyKey, undoes }: Action, isUndo: boolean): Try {
    if (this.taken.has(idempotencyKey)) return { outcome: 'DONE' };
    const refused: Try = { outcome: 'FAILED', code: 'TARGET_REFUSED', detail: 'is not as it was' };
    if (this.undone.has(idempotencyKey)) return refused;
    const open = writesOf(change).filter((w) => !(isUndo && this.values.get(w.target) === w.to));
    if (open.some((w) => this.values.get(w.target) !== w.from)) return refused;
    for (const w of open) this.values.set(w.target, w.to);
    this.taken.add(idempotencyKey);
    if (isUndo && undoes) this.undone.add(undoes);
    this.effects.push(idempotencyKey);
    return { outcome: 'DONE' };
  }
}
