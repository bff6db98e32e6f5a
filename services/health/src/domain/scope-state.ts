import type { Alert } from './alert';
import { freshMs, type ProbeMemory, type ProbeRhythm } from './probe-decision';

export type HealthState = 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY' | 'UNKNOWN';
export type Basis = 'own' | 'inherited';
export const SYSTEM = 'SYSTEM';

/** A probe as it stands now. */
export interface ProbeNow extends ProbeMemory {
  readonly probeId: string;
  readonly rhythm: ProbeRhythm;
  readonly detail: string | null;
}

/** A freeze or maintenance that is in force. It blocks changes; it never changes a state. */
export interface GovernanceSignal {
  readonly signalId: string;
  readonly scope: string;
  readonly kind: 'freeze' | 'maintenance';
  readonly reason: string;
  readonly author: string;
  readonly raisedAt: number;
  readonly expiresAt: number;
}

/** What was last said of a scope; version 0 if nothing. */
export interface ScopeSaid {
  readonly scope: string;
  readonly version: number;
  readonly state: HealthState;
  readonly basis: Basis;
  readonly signalIds: readonly string[];
}

/** What is seen of a scope: its probes, and the alerts that fire on it. */
export interface Seen {
  readonly probes: readonly ProbeNow[];
  readonly alerts: readonly Alert[];
}

/** What is to be said of a scope now. */
export interface ScopeReport extends Seen {
  readonly scope: string;
  readonly version: number;
  readonly state: HealthState;
  readonly basis: Basis;
  readonly signals: readonly GovernanceSignal[];
}

/**
 * A scope's state, computed from what is seen of it alone: a failing probe or a blocking alert makes it UNHEALTHY, a probe
 * not heard lately UNKNOWN, a slow one or any other alert DEGRADED; HEALTHY only if every probe is heard and OK. Without
 * probes nothing is known, unless an alert says that it is ill.
 */
export function stateOf({ probes, alerts }: Seen, now: number): HealthState {
  const firing = alerts.filter((alert) => alert.expiresAt > now);
  if (firing.some((alert) => alert.decision === 'BLOCKED')) return 'UNHEALTHY';
  const state = stateOfProbes(probes, now);
  return state === 'HEALTHY' && firing.length > 0 ? 'DEGRADED' : state;
}

function stateOfProbes(probes: readonly ProbeNow[], now: number): HealthState {
  if (probes.length === 0) return 'UNKNOWN';
  const isHeard = (p: ProbeNow): boolean => p.observedAt !== null && now - p.observedAt <= freshMs(p.rhythm);
  if (probes.some((p) => isHeard(p) && p.decision === 'BLOCKED')) return 'UNHEALTHY';
  if (!probes.every(isHeard)) return 'UNKNOWN';
  return probes.some((p) => p.decision === 'WARN') ? 'DEGRADED' : 'HEALTHY';
}

/** The state of a capability without probes on which alerts fire: SYSTEM's, or worse. */
function worse(system: HealthState, alerts: readonly Alert[]): HealthState {
  if (alerts.some((alert) => alert.decision === 'BLOCKED')) return 'UNHEALTHY';
  return system === 'HEALTHY' ? 'DEGRADED' : system;
}

/**
 * Decides whether a scope is said anew. SYSTEM is worst of its own probes, never of a capability's. A capability
 * without probes and alerts inherits SYSTEM; it is said once, and when its signals change, since readers follow SYSTEM.
 *
 * @param isRepeated say it even if nothing changed (SYSTEM's heartbeat)
 * @returns null if nothing is to be said
 */
export function reportOf(
  said: ScopeSaid,
  { probes, alerts }: Seen,
  signals: readonly GovernanceSignal[],
  systemState: HealthState,
  now: number,
  isRepeated: boolean,
): ScopeReport | null {
  const firing = alerts.filter((alert) => alert.expiresAt > now);
  const isUnprobed = said.scope !== SYSTEM && probes.length === 0;
  const isInherited = isUnprobed && firing.length === 0;
  const own = () => (isUnprobed ? worse(systemState, firing) : stateOf({ probes, alerts: firing }, now));
  const state = isInherited ? systemState : own();
  const basis = isInherited ? 'inherited' : 'own';
  const active = [...signals].sort((a, b) => (a.signalId < b.signalId ? -1 : 1));
  const isSameState = isInherited || state === said.state;
  const isSameSignals = active.map((s) => s.signalId).join() === [...said.signalIds].sort().join();
  const isNew = said.version === 0 || !isSameState || basis !== said.basis || !isSameSignals;
  if (!isNew && !isRepeated) return null;
  return { scope: said.scope, version: said.version + 1, state, basis, probes, alerts: firing, signals: active };
}
