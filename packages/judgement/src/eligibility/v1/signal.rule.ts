import { byCodeUnits } from '../../json/same-json';
import type { Facts, JudgedProposal, SignalFact } from '../facts';
import type { Rule } from '../verdict';
import { at, condition } from './need';
import { touchedBy } from './targets';

export const nothingBlocks: Rule = {
  id: 'E-003',
  test: (proposal, facts) => blocking(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const signals = blocking(proposal, facts);
    const words = signals.map((s) => {
      const end = s.expires_at === null ? 'until it is lifted' : `until ${at(s.expires_at)}`;
      return `${s.kind} on ${s.scope} ${end} (${s.reason})`;
    });
    return {
      text: `blocked: ${words.join('; ')}`,
      conditions: signals.map(({ scope, kind, reason, author, expires_at }) =>
        condition('signal', scope, { kind, reason, author, expires_at }, { is_over: true }),
      ),
      retry_at: latest(signals.map((s) => s.expires_at)),
      retry_helps: true,
    };
  },
};

/** The latest of several ends; null when one of them has none. */
function latest(ends: readonly (number | null)[]): number | null {
  return ends.some((end) => end === null) ? null : Math.max(...(ends as readonly number[]));
}

function blocking(proposal: JudgedProposal, facts: Facts): readonly SignalFact[] {
  const touched = touchedBy(proposal);
  return facts.signals
    .filter((s) => s.scope === 'SYSTEM' || touched.has(s.scope))
    .filter((s) => s.expires_at === null || s.expires_at > facts.now)
    .sort(bySignal);
}

/** A total order of signals, so that the order they were given in cannot be seen in a verdict. */
export function bySignal(a: SignalFact, b: SignalFact): number {
  return (
    byCodeUnits(a.scope, b.scope) ||
    byCodeUnits(a.kind, b.kind) ||
    (a.expires_at ?? Number.MAX_VALUE) - (b.expires_at ?? Number.MAX_VALUE) ||
    byCodeUnits(a.author, b.author) ||
    byCodeUnits(a.reason, b.reason)
  );
}
