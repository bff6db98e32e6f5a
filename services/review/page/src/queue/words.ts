const DAY_MS = 86_400_000;
const REASONS: Readonly<Record<string, string>> = {
  HEALTH: 'health',
  BLOCKED: 'a governance signal to end',
  PLAN_STALE: 'the present value to be the expected one',
  FROZEN: 'the catalogue to unfreeze it',
  HELD_BY: 'another contract to let go',
};

/** Who or what holds up the activation, as the end of “waiting for …”. */
export function waitingFor(reason: string): string {
  return REASONS[reason] ?? reason.toLowerCase();
}

/** How close the end of the review is: less than a day, less than two, or neither. */
export function urgency(expiresAt: string): 'soon' | 'near' | 'far' {
  const left = Date.parse(expiresAt) - Date.now();
  return left < DAY_MS ? 'soon' : left < 2 * DAY_MS ? 'near' : 'far';
}
