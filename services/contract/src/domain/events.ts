import type { FactChange } from './approval-facts';
import type { Approval, Clarification, Terms, Waiting } from './contract';

/** What every recorded change says about itself. */
export interface Recording {
  readonly at: number;
  readonly actor: string;
  /** A message type, TIMER or FACT. */
  readonly cause: string;
  /** Refusal or waiting code. */
  readonly code: string | null;
  readonly reason: string | null;
  /** The decision it answers, so that the same decision again is none. */
  readonly decisionKey?: string;
}

/** What can happen to a contract. Each event is one recorded change: the version grows by one. */
export type ContractEvent = Recording &
  (
    | { readonly type: 'drafted'; readonly terms: Terms }
    | { readonly type: 'validated' }
    | { readonly type: 'eligible'; readonly terms: Terms }
    | { readonly type: 'approved'; readonly approval: Approval }
    | { readonly type: 'activated'; readonly sinceApproval: readonly FactChange[] }
    | { readonly type: 'completed' }
    | { readonly type: 'failed'; readonly reason: string }
    | { readonly type: 'rejected'; readonly reason: string }
    | { readonly type: 'expired'; readonly reason: string }
    | { readonly type: 'superseded'; readonly reason: string; readonly successor: Terms }
    | { readonly type: 'clarification-requested'; readonly clarification: Clarification }
    | { readonly type: 'clarification-provided'; readonly answer: string; readonly resumedAt: number }
    | { readonly type: 'pause-ended'; readonly resumedAt: number }
    | { readonly type: 'warned' }
    | { readonly type: 'escalated' }
    | { readonly type: 'waits'; readonly waiting: Waiting; readonly sinceApproval: readonly FactChange[] }
    | { readonly type: 'audit-inconclusive' }
    /** A refused decision or a note: recorded, nothing else changes. */
    | { readonly type: 'recorded' }
  );

export type ContractEventType = ContractEvent['type'];
