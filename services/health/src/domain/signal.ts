/** What an operator asks for when raising a governance signal. Times are epoch milliseconds. */
export interface SignalRequest {
  readonly scope: string;
  readonly kind: 'freeze' | 'maintenance';
  readonly reason: string;
  readonly expiresAt: number;
}

export type SignalRefusal = { readonly code: string; readonly field: string; readonly text: string };

const YEAR_MS = 366 * 86_400_000;

/** Why a signal cannot be raised, or null. A signal always ends by itself: nobody can block for ever by forgetting. */
export function refusalOf(request: SignalRequest, scopes: ReadonlySet<string>, now: number): SignalRefusal | null {
  if (!scopes.has(request.scope)) {
    return {
      code: 'UNKNOWN_SCOPE',
      field: 'scope',
      text: `There is no scope ${request.scope}: SYSTEM or a capability.`,
    };
  }
  if (request.expiresAt <= now) {
    return { code: 'ALREADY_EXPIRED', field: 'expires_at', text: 'The signal would have ended already.' };
  }
  if (request.expiresAt > now + YEAR_MS) {
    return { code: 'TOO_LONG', field: 'expires_at', text: 'A signal lasts at most a year; raise it again if need be.' };
  }
  return null;
}
