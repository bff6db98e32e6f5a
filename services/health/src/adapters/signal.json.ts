import type { SignalRow } from './signal.store';

/** A signal as HTTP shows it; times are ISO 8601. */
export function signalJson(signal: SignalRow, now: number): object {
  const isActive = signal.liftedAt === null && signal.expiresAt > now;
  return {
    signal_id: signal.signalId,
    scope: signal.scope,
    kind: signal.kind,
    reason: signal.reason,
    author: signal.author,
    raised_at: iso(signal.raisedAt),
    expires_at: iso(signal.expiresAt),
    lifted_at: signal.liftedAt === null ? null : iso(signal.liftedAt),
    lifted_by: signal.liftedBy,
    lift_reason: signal.liftReason,
    is_active: isActive,
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
