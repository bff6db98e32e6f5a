import { byCodeUnits } from '../../json/same-json';
import type { Facts, JudgedProposal, RivalFact } from '../facts';
import type { Rule } from '../verdict';
import { at, condition } from './need';
import { targetsOfChanges } from './targets';

export const noRival: Rule = {
  id: 'E-006',
  test: (proposal, facts, { rival_window_ms }) => rivalsOf(proposal, facts, rival_window_ms).length === 0,
  need: (proposal, facts, { rival_window_ms }) => {
    const rivals = rivalsOf(proposal, facts, rival_window_ms);
    const words = rivals.map(
      (r) => `${r.target} is taken by ${r.contract_id === null ? `issue ${r.issue_id}` : `contract ${r.contract_id}`}`,
    );
    const freeAt = Math.max(...rivals.map((r) => r.since)) + rival_window_ms;
    return {
      text: `${words.join('; ')}; free once that has ended, at ${at(freeAt)} at the latest`,
      conditions: rivals.map(({ target, contract_id, issue_id, since }) =>
        condition('rival', target, { contract_id, issue_id, since }, { is_over: true }),
      ),
      retry_at: freeAt,
      retry_helps: true,
    };
  },
};

/** A revision's own line does not count: its contract, its ancestors and their reservations all stand for its issue. */
function rivalsOf(proposal: JudgedProposal, facts: Facts, windowMs: number): readonly RivalFact[] {
  if (facts.rivals.length === 0) return [];
  const targets = targetsOfChanges(proposal.suggested_changes);
  return facts.rivals
    .filter((r) => targets.has(r.target) && facts.now - r.since < windowMs)
    .filter((r) => r.contract_id === null || r.contract_id !== proposal.contract_id)
    .filter((r) => proposal.revision === 0 || r.issue_id !== proposal.issue_id)
    .sort(byRival);
}

/** A total order of rivals, so that the order they were given in cannot be seen in a verdict. */
export function byRival(a: RivalFact, b: RivalFact): number {
  return (
    byCodeUnits(a.target, b.target) ||
    a.since - b.since ||
    byCodeUnits(a.issue_id, b.issue_id) ||
    byCodeUnits(a.contract_id ?? '', b.contract_id ?? '')
  );
}
