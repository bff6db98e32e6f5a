import { type Change, capabilitiesOf, LEVELS, type Level, type Registry } from '@mandate/contracts';
import { isReversible } from './inverse';

/** What a change kind counts as when the catalogue does not state its risk, or does not know the capability. */
export const UNSTATED_RISK: Level = 'high';

/**
 * The risk of a set of changes: the higher of the issue's severity and the changes' own risk from the catalogue, one
 * step up for more than one capability, one step up for an irreversible step, at most critical.
 *
 * @param registry where the definitions are read; its values do not matter
 * @throws Error when a key's schema cannot be compiled.
 * @see spec 1-workflow §3.4
 */
export function riskOf(severity: Level, changes: readonly Change[], registry: Pick<Registry, 'capabilities'>): Level {
  let rank = LEVELS.indexOf(severity);
  let isIrreversible = false;
  for (const change of changes) {
    const definition = registry.capabilities.get(change.capability)?.definition;
    rank = Math.max(rank, LEVELS.indexOf(definition?.risk[change.kind] ?? UNSTATED_RISK));
    isIrreversible ||= definition === undefined || !isReversible(change, definition);
  }
  if (capabilitiesOf(changes).length > 1) rank += 1;
  if (isIrreversible) rank += 1;
  return LEVELS[Math.min(Math.max(rank, 0), LEVELS.length - 1)] as Level;
}
