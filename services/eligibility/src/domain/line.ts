/**
 * The line of an issue: its contract, or the newest of its revisions. One contract of a line is open at a time, so
 * what its newest message says is all that matters to reservations.
 */
export interface Line {
  readonly issueId: string;
  readonly contractId: string;
  readonly revision: number;
  readonly fromVersion: number;
  readonly version: number;
  readonly isOver: boolean;
  /** Has a verdict of its own; a revision's DRAFT has none yet. */
  readonly isJudged: boolean;
  /** Named by SUPERSEDED. */
  readonly successorId: string | null;
  readonly targets: readonly string[];
  /** The time of the MAY it stands on; epoch milliseconds. */
  readonly mayAt: number;
}

export type LinePosition = Pick<Line, 'contractId' | 'revision' | 'version'>;

/**
 * The newest state of each line that is newer than what is known, in the order of their issues, and how many versions
 * of a contract were skipped on the way. Repeated and overtaken states are dropped (FLOW-002), an ancestor's among them.
 * @param known where each line stands, by issue
 */
export function newestOf(
  states: readonly Line[],
  known: ReadonlyMap<string, LinePosition>,
): { readonly newest: readonly Line[]; readonly gaps: number } {
  const byIssue = new Map<string, Line>();
  let gaps = 0;
  for (const state of states) {
    const last = byIssue.get(state.issueId) ?? known.get(state.issueId);
    if (last && !isNewer(state, last)) continue;
    if (state.fromVersion > (last?.contractId === state.contractId ? last.version : 0)) gaps++;
    byIssue.set(state.issueId, state);
  }
  return { newest: [...byIssue.values()].sort((a, b) => (a.issueId < b.issueId ? -1 : 1)), gaps };
}

function isNewer(state: LinePosition, last: LinePosition): boolean {
  return state.revision === last.revision ? state.version > last.version : state.revision > last.revision;
}
