import type { Constraints, Registry } from '@mandate/contracts';

/** For a capability the registry does not know; never wider than what the catalogue gives others. */
const UNKNOWN: Constraints = {
  max_duration_ms: 60_000,
  step_timeout_ms: 5_000,
  steps_per_minute: 60,
  allowed_targets: [],
};

/**
 * A contract's default execution constraints: of its capabilities' defaults the tightest. Targets are united; none
 * named means that nothing narrows the plan's own scope.
 */
export function defaultConstraints(
  capabilities: readonly string[],
  registry: Pick<Registry, 'capabilities'>,
): Constraints {
  const all = capabilities.map((c) => registry.capabilities.get(c)?.definition.constraints ?? UNKNOWN);
  const least = (of: (c: Constraints) => number): number => Math.min(...all.map(of));
  return {
    max_duration_ms: least((c) => c.max_duration_ms),
    step_timeout_ms: least((c) => c.step_timeout_ms),
    steps_per_minute: least((c) => c.steps_per_minute),
    allowed_targets: [...new Set(all.flatMap((c) => c.allowed_targets))].sort(),
  };
}

/** True for constraints a job can run under: whole numbers from 1, and a list of names. */
export function isConstraints(value: unknown): value is Constraints {
  const c = value as Partial<Constraints> | null;
  if (typeof c !== 'object' || c === null) return false;
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 1;
  return (
    isCount(c.max_duration_ms) &&
    isCount(c.step_timeout_ms) &&
    isCount(c.steps_per_minute) &&
    Array.isArray(c.allowed_targets) &&
    c.allowed_targets.every((t) => typeof t === 'string')
  );
}

/** True if the founder gave more than the default allows; they may only tighten (AM-21). */
export function isWidened(given: Constraints, defaults: Constraints): boolean {
  const widensTargets =
    defaults.allowed_targets.length > 0 &&
    (given.allowed_targets.length === 0 || given.allowed_targets.some((t) => !defaults.allowed_targets.includes(t)));
  return (
    given.max_duration_ms > defaults.max_duration_ms ||
    given.step_timeout_ms > defaults.step_timeout_ms ||
    given.steps_per_minute > defaults.steps_per_minute ||
    widensTargets
  );
}
