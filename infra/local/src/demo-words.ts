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

interface Rival {
  readonly of: string;
  readonly have: { readonly contract_id: string | null; readonly issue_id: string };
}

/** Who has what E-006 found taken, and what a person can do about it. */
export function takers(verdict: EligibilityJudged): string {
  const need = verdict.rules.find((r) => r.id === 'E-006')?.need;
  const rivals = need ? (JSON.parse(need) as { conditions: readonly Rival[] }).conditions : [];
  const taken = rivals.map(
    ({ of, have }) =>
      `${of} is held by ${have.contract_id ? `contract ${have.contract_id}` : `issue ${have.issue_id}`}`,
  );
  const contract = rivals.find((r) => r.have.contract_id)?.have.contract_id ?? '<contract>';
  const what = `reject or approve it (\`npm run mandate -- show ${contract}\`)`;
  return `${taken.join('; ')}: ${what}, or start a second stack with --data and --port-base`;
}

/** The most telling words of a hop: its sentence or reason, else whom it is about. */
export function wordsOf(hop: Hop): string {
  const value = hop.value as { sentence?: string; reason?: string; verdict?: unknown };
  if (hop.name === 'CrmUpdate') return value.sentence ?? '';
  if (hop.name === 'ProposalMade' || hop.name === 'AuditConcluded' || hop.name === 'JobEvaluated')
    return value.reason ?? '';
  return hop.key;
}
