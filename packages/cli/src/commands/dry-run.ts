import type { Change } from '@mandate/contracts';
import type { Proposal, UndoStep, Verdict } from '@mandate/judgement';
import type { CrmIssue } from '@mandate/schemas';
import { EXIT, type ExitCode } from '../refusal';
import { changeText } from '../sentences';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

interface Foretold {
  readonly outcome: 'MAY' | 'MAY_NOT' | 'WAITS';
  readonly sentence: string;
  readonly proposal: Proposal;
  readonly verdict: Verdict;
  readonly contract: { readonly risk_level: string; readonly undo: readonly UndoStep[] } | null;
  readonly as_of: {
    readonly now: number;
    readonly registry_version: number;
    readonly health_version: number;
    readonly system_health: string;
    readonly rules_version: string;
    readonly validator_version: string;
  };
}

/** Says what would become of an issue now; nothing is stored or published. Ends with 1 if no contract would come of it. */
export async function dryRun({ terminal, isJson }: Context, issue: CrmIssue): Promise<ExitCode> {
  const { source, subject, body, hint_severity, hint_capabilities, hint_change } = issue;
  const asked = { source, subject, body, hint_severity, hint_capabilities, hint_change };
  const foretold = await new ServiceApi(openStack(terminal.env), 'eligibility').post<Foretold>('/dry-run', asked);
  terminal.out(isJson ? JSON.stringify(foretold) : dryRunText(foretold));
  return foretold.contract ? EXIT.done : EXIT.refused;
}

/** What a dry run found, for a person. */
export function dryRunText({ sentence, proposal, verdict, contract, as_of }: Foretold): string {
  const { severity, issue_type, confidence_score, recommended_action, reason, suggestions } = proposal;
  const rows = [
    ['Read as', `${issue_type}, ${severity}, confidence ${confidence_score.toFixed(2)}, ${recommended_action}`],
    ['Because', reason],
    ['Changes', proposal.suggested_changes.map(changeText).join('; ') || 'no concrete change'],
    ...(suggestions.length > 0 ? [['Perhaps', `${suggestions.join(', ')} was meant`]] : []),
    ...(contract?.undo ?? []).map((step) => ['Undo', undoText(step)]),
    ...verdict.rules.map(({ id, need }) => [id, need ? `fails: ${need.text}` : 'passes']),
    ['Again', retryText(verdict)],
  ];
  const at = new Date(as_of.now).toISOString();
  const facts = `registry ${as_of.registry_version}, SYSTEM ${as_of.system_health} (version ${as_of.health_version})`;
  const versions = `rules ${as_of.rules_version}, validator ${as_of.validator_version}`;
  return [
    sentence,
    table(rows.map(([name, text]) => [name ?? '', shownInLine(text ?? '')])),
    `As of ${at}: ${facts}, ${versions}. Nothing was stored or published.`,
  ].join('\n');
}

function undoText({ inverse, reason, leads_back, driver }: UndoStep): string {
  if (!inverse) return `one-way: ${reason}`;
  const back = leads_back ? 'leads back to the same values' : 'does not lead back to the same values';
  return `${changeText(inverse satisfies Change)}; ${back}${driver === 'registry' ? '' : ' by what the plan states; another system carries it out'}`;
}

function retryText({ verdict, retry }: Verdict): string {
  if (verdict === 'MAY') return 'not needed';
  if (!retry.helps) return 'the same words would fail again';
  return retry.at === null
    ? 'the same words may pass later'
    : `the same words may pass from ${new Date(retry.at).toISOString()}`;
}
