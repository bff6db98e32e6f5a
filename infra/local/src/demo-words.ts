import type { EligibilityJudged } from '@mandate/schemas';
import type { Hop } from './demo-watch';

/** What a failing rule needed, in words. */
export function needText(need: string | null): string {
  return need ? (JSON.parse(need) as { text: string }).text : 'nothing';
}

/** What all failing rules of a verdict needed. */
export function needs(verdict: EligibilityJudged): string {
  return verdict.rules
    .filter((r) => !r.passed)
    .map((r) => `${r.id}: ${needText(r.need)}`)
    .join('; ');
}

/** The most telling words of a hop: its sentence or reason, else whom it is about. */
export function wordsOf(hop: Hop): string {
  const value = hop.value as { sentence?: string; reason?: string; verdict?: unknown };
  if (hop.name === 'CrmUpdate') return value.sentence ?? '';
  if (hop.name === 'ProposalMade' || hop.name === 'AuditConcluded' || hop.name === 'JobEvaluated')
    return value.reason ?? '';
  return hop.key;
}
