import type { SignalFact } from '@mandate/judgement';
import type { HealthView } from '@mandate/service-kit';

/** Signals that a human raises to stop changes; a probe's BLOCKED only moves health (spec 1-workflow §7). */
const GOVERNANCE_KINDS = ['freeze', 'maintenance'];

/** The active governance signals on SYSTEM and these capabilities, each once (E-003). */
export function governanceSignals(health: HealthView, capabilities: readonly string[]): readonly SignalFact[] {
  const blocking = health.blockingSignals(capabilities).filter((s) => GOVERNANCE_KINDS.includes(s.kind));
  return [...new Map(blocking.map((s) => [s.signal_id, s])).values()].map((s) => ({
    scope: s.scope,
    kind: s.kind,
    reason: s.reason ?? '',
    author: s.author ?? '',
    expires_at: s.expires_at,
  }));
}
