/** How far an ACTIVE contract has come; epoch milliseconds, null where it has not. */
export interface Execution {
  readonly windowEnd: number;
  readonly jobEndedAt: number | null;
  readonly evaluatedAt: number | null;
  readonly auditedAt: number | null;
}

/** Who has not done their part in time, and since when. */
export interface Stuck {
  readonly on: 'executor' | 'health' | 'auditor';
  readonly since: number;
}

const NEXT_HOP_MS = 600_000;

/** A dead executor, health or auditor changes no state: it is seen by what has not come (spec 1-workflow §3). */
export function stuckOn({ windowEnd, jobEndedAt, evaluatedAt, auditedAt }: Execution, now: number): Stuck | null {
  const late = (on: Stuck['on'], since: number): Stuck | null => (now > since ? { on, since } : null);
  if (auditedAt !== null) return null;
  if (jobEndedAt === null) return late('executor', windowEnd);
  return evaluatedAt === null ? late('health', jobEndedAt + NEXT_HOP_MS) : late('auditor', evaluatedAt + NEXT_HOP_MS);
}
