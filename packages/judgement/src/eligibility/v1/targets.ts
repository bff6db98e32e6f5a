import { type Change, targetsOf } from '@mandate/contracts';

/** Every target that a list of changes writes, each once. */
export function targetsOfChanges(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.flatMap(targetsOf));
}
