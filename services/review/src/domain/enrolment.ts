import type { Environment } from '@mandate/contracts';

/** A key that a founder asks to have enrolled. */
export interface AskedKey {
  readonly kind: 'passkey' | 'browser';
  readonly isKnown: boolean;
}

/** What an enrolment is asked under. */
export interface EnrolmentState {
  readonly environment: Environment;
  /** Keys of this founder that wait for the root's signature. */
  readonly pending: number;
}

export type EnrolmentRefusal = 'BROWSER_KEY_LOCAL_ONLY' | 'KEY_KNOWN' | 'TOO_MANY_PENDING_KEYS';

export const PENDING_KEYS_MAX = 10;

/** What stands against asking for a key; null: nothing. A key in a browser is for local runs: no device guards it. */
export function refuseEnrolment(key: AskedKey, state: EnrolmentState): EnrolmentRefusal | null {
  if (key.kind === 'browser' && state.environment !== 'local') return 'BROWSER_KEY_LOCAL_ONLY';
  if (key.isKnown) return 'KEY_KNOWN';
  return state.pending >= PENDING_KEYS_MAX ? 'TOO_MANY_PENDING_KEYS' : null;
}
