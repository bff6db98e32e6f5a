import type { CapabilityState, Change } from '@mandate/contracts';

/** What a driver is to do: one change of one target. */
export interface Action {
  readonly change: Change;
  readonly idempotencyKey: string;
  /** The target as the registry holds it, locked. */
  readonly target: CapabilityState;
}

/** What came of it. UNCLEAR: it may or may not have happened, which `observe` is asked next. */
export type Outcome =
  | { readonly outcome: 'DONE'; readonly target: CapabilityState }
  | { readonly outcome: 'FAILED' | 'UNCLEAR'; readonly code: string; readonly detail: string };

/**
 * How a kind of target is changed. `apply` and `undo` are compare-and-set and may be called again with the same
 * idempotency key; neither throws for what the target answers.
 */
export interface Driver {
  /** Where the target stands: as before the change, as after it, or neither can be told. */
  observe(action: Action): Promise<'BEFORE' | 'AFTER' | 'UNCLEAR'>;
  apply(action: Action): Promise<Outcome>;
  /** @param action its change is the stored inverse */
  undo(action: Action): Promise<Outcome>;
}
