import type { ContractEvent } from './events';

/** The first change of the revision that a modification brought; none for any other event. */
export function successionOf(event: ContractEvent): readonly ContractEvent[] {
  if (event.type !== 'superseded') return [];
  const { at, actor, cause, code, reason, successor } = event;
  return [{ type: 'drafted', at, actor, cause, code, reason, terms: successor }];
}
