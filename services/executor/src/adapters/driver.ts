import type { CapabilityState, Change } from '@mandate/contracts';

/** What a driver is to do or to look for: one change of one target. */
export interface Action {
  /** The approved change; for an undo the stored inverse. */
  readonly change: Change;
  /** The same on every try of a step. */
  readonly idempotencyKey: string;
  /** In an undo: the key under which the step that it undoes was applied. */
  readonly undoes: string | null;
  /** The target as the registry holds it. */
  readonly target: CapabilityState;
}

/**
 * What came of one try. DONE: the target is as the change wants it. FAILED: the target refused it and is as it was.
 * NOT_DONE: it never reached the target, or the target asked for patience; another try is harmless. UNCLEAR: it may or may
 * not have happened, and is observed before anything else.
 */
export type Try =
  | { readonly outcome: 'DONE' }
  | { readonly outcome: 'NOT_DONE'; readonly code: string; readonly detail: string }
  | { readonly outcome: 'FAILED' | 'UNCLEAR'; readonly code: string; readonly detail: string };

/** What is recorded of a step. */
export type Outcome =
  | { readonly outcome: 'DONE' }
  | { readonly outcome: 'FAILED' | 'UNCLEAR'; readonly code: string; readonly detail: string };

/**
 * Where the target stands: as before the change, as after it, as neither (somebody else changed it), or it could not be
 * looked at.
 */
export type Sighting =
  | { readonly at: 'BEFORE' }
  | { readonly at: 'AFTER' }
  | { readonly at: 'NEITHER' | 'UNSEEN'; readonly code: string; readonly detail: string };

/**
 * How a kind of target is changed; docs/drivers.md shows how to write one. Each method is one try: time-outs, repetition
 * and looking again are the executor's. None throws for what the target answers, and `apply` and `undo` are
 * compare-and-set: where the old value is not what the change says, nothing is written.
 */
export interface Driver {
  /** False where there is no undo: the catalogue must then allow every kind of change as irreversible. */
  readonly isReversible: boolean;
  /** True where the target remembers idempotency keys, so that a try whose outcome is unknown may be sent again. */
  readonly checksIdempotencyKey: boolean;
  /** True where a system outside this database is called: the step is then committed as RUNNING before. */
  readonly isOutside: boolean;
  /** Why this driver cannot change a capability in this executor; null if it can. */
  whyNot(capability: string): string | null;
  observe(action: Action, stop: AbortSignal): Promise<Sighting>;
  apply(action: Action, stop: AbortSignal): Promise<Try>;
  undo(action: Action, stop: AbortSignal): Promise<Try>;
}
