import type { Constraints } from '@mandate/contracts';

const NUMBERS = ['max_duration_ms', 'step_timeout_ms', 'steps_per_minute'] as const;

/** True if a value read from a statement has the shape of execution constraints. */
export function areConstraints(value: unknown): value is Constraints {
  const candidate = value as Constraints | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    NUMBERS.every((name) => Number.isSafeInteger(candidate[name]) && candidate[name] > 0) &&
    Array.isArray(candidate.allowed_targets) &&
    candidate.allowed_targets.every((target) => typeof target === 'string')
  );
}

/**
 * AM-21: a founder may only tighten. An empty list of targets allows every target of the plan, so it is the widest.
 *
 * @returns true if nothing in `wanted` allows more than `offered`
 */
export function areTightened(wanted: Constraints, offered: Constraints): boolean {
  if (NUMBERS.some((name) => wanted[name] > offered[name])) return false;
  if (offered.allowed_targets.length === 0) return true;
  return wanted.allowed_targets.length > 0 && wanted.allowed_targets.every((t) => offered.allowed_targets.includes(t));
}
