import type { CaseFile } from './case-file';
import type { Check, Result } from './check';
import { checkApproval, checkChain, checkEligibility } from './checks/chain';
import { checkHealth } from './checks/health-preserved';
import { checkNoOtherChange } from './checks/no-other-change';
import { checkResult } from './checks/resulting-state';
import { checkRollbackActions } from './checks/rollback-action';
import { checkScope } from './checks/scope';
import { checkSignals } from './checks/signals';
import { checkWindow } from './checks/window';

/** A founder's word on single checks, its signature verified. */
export interface Attested {
  readonly decisionId: string;
  readonly founder: string;
  readonly checks: readonly string[];
  readonly reason: string;
}

/** A verdict with every check. */
export interface Audit {
  readonly verdict: Result;
  readonly checks: readonly Check[];
  readonly reason: string;
}

/**
 * Runs A-001…A-007, the chain, the approval and the eligibility again. Pure. Any FAIL is FAIL; else any INCONCLUSIVE is
 * INCONCLUSIVE; else PASS. Evidence that is missing never makes a verdict better. A job that FAILED fails (AM-11).
 *
 * @see spec 1-workflow §8; AUDIT-001, PART2-004
 */
export function audit(file: CaseFile, hasFailed: boolean, attested: readonly Attested[] = []): Audit {
  const applying = file.kind === 'ROLLBACK' ? [] : [checkWindow(file), checkRollbackActions(file)];
  const [window, rollbackActions] = applying;
  const checks = [
    checkScope(file),
    checkHealth(file),
    checkResult(file),
    ...(window ? [window] : []),
    ...(rollbackActions ? [rollbackActions] : []),
    checkSignals(file),
    checkNoOtherChange(file),
    checkChain(file),
    checkApproval(file),
    checkEligibility(file),
  ].map((check) => withAttestation(check, attested));
  const verdict = hasFailed ? 'FAIL' : verdictOf(checks);
  return { verdict, checks, reason: reasonOf(verdict, checks, hasFailed) };
}

/**
 * AM-04: what could not be told holds on a founder's word, which then stands in the evidence. What fails stays failed: a FAIL
 * cannot be attested (AUDIT-004).
 */
function withAttestation(check: Check, attested: readonly Attested[]): Check {
  const word = check.result === 'INCONCLUSIVE' ? attested.find((a) => a.checks.includes(check.id)) : undefined;
  if (!word) return check;
  const { founder, reason, decisionId } = word;
  return {
    ...check,
    result: 'PASS',
    evidence: { ...check.evidence, attested: { founder, reason, decision_id: decisionId } },
  };
}

function verdictOf(checks: readonly Check[]): Result {
  if (checks.some((c) => c.result === 'FAIL')) return 'FAIL';
  return checks.every((c) => c.result === 'PASS') ? 'PASS' : 'INCONCLUSIVE';
}

function reasonOf(verdict: Result, checks: readonly Check[], hasFailed: boolean): string {
  if (verdict === 'PASS') return 'Every check holds.';
  const counts = verdict === 'FAIL' ? 'FAIL' : 'INCONCLUSIVE';
  const named = checks.filter((c) => c.result === counts).map((c) => `${c.id}: ${wordsOf(c)}`);
  return [...(hasFailed ? ['the job failed'] : []), ...named].join('; ').slice(0, 2_000);
}

function wordsOf({ evidence, result }: Check): string {
  const words = (result === 'FAIL' ? evidence.failures : evidence.unknown) as readonly string[];
  return words.slice(0, 3).join(', ');
}
