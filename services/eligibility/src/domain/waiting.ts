import { mustWait, type RuleParameters, type SystemHealth } from '@mandate/judgement';

/**
 * Whether proposals that come now have to wait (AM-06): SYSTEM is not HEALTHY, or others still wait, who came first.
 * @param now epoch milliseconds
 */
export function mustQueue(
  systemHealth: SystemHealth,
  isAnyWaiting: boolean,
  now: number,
  parameters: RuleParameters,
): boolean {
  return isAnyWaiting || mustWait(systemHealth, null, now, parameters);
}

/**
 * Which of the waiting have their turn: those that began to wait at this time or before. All of them once SYSTEM is
 * HEALTHY; before that only those that have waited for so long that E-104 refuses them.
 */
export function turnOf(systemHealth: SystemHealth, now: number, parameters: RuleParameters): number {
  return mustWait(systemHealth, null, now, parameters) ? now - parameters.health_wait_ms_max : Number.MAX_SAFE_INTEGER;
}
