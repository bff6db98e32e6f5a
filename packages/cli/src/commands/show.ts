import { EXIT, type ExitCode } from '../refusal';
import { type ContractPage, ReviewApi } from '../review-api';
import { changeText } from '../sentences';
import { openStack } from '../stack';
import { type Context, shown, shownInLine, table } from '../terminal';

/** Shows what the review page shows of a contract. */
export async function show({ terminal, isJson }: Context, contractId: string): Promise<ExitCode> {
  const page = await new ReviewApi(openStack(terminal.env)).get<ContractPage>(
    `/contracts/${encodeURIComponent(contractId)}`,
  );
  terminal.out(isJson ? JSON.stringify(page) : contractText(page));
  return EXIT.done;
}

/** A contract for a person to read before deciding. */
export function contractText(p: ContractPage): string {
  const { dossier, validator_verdict: advice, eligibility, waiting } = p;
  const offer = (o: ContractPage['actions']['approve']): string =>
    o.is_offered ? 'yes' : `no: ${o.sentence ?? o.code ?? ''}`;
  const rows = [
    ['Contract', `${p.contract_id} (revision ${dossier.revision})`],
    ['Title', dossier.title],
    ['Status', `${p.status}${p.status_reason ? `: ${p.status_reason}` : ''}`],
    ['From', `${p.source_system}, ${p.reference} (issue ${p.issue_id})`],
    [
      'Advice',
      advice ? `${advice.severity}, confidence ${advice.confidence_score.toFixed(2)}: ${advice.reason}` : 'none yet',
    ],
    ['Changes', dossier.changes.map(changeText).join('; ') || 'none'],
    ['Capabilities', dossier.affected_capabilities.join(', ')],
    ['Risk', dossier.risk_level],
    [
      'Eligibility',
      eligibility
        ? `${eligibility.verdict}, ${eligibility.rules_passed} of ${eligibility.rules_total} rules passed`
        : 'not judged yet',
    ],
    ['Waits', waiting ? `${waiting.reason}: ${waiting.detail}, since ${waiting.since}` : 'for nothing'],
    ['Expires', p.expires_at],
    ['Dossier', p.dossier_digest],
    ['Can approve', offer(p.actions.approve)],
    ['Can reject', offer(p.actions.reject)],
  ];
  const words = p.origin.issue ? `\n\n${shown(p.origin.issue.subject)}\n\n${shown(p.origin.issue.body)}` : '';
  return `${table(rows.map(([name, text]) => [name ?? '', shownInLine(text ?? '')]))}${words}`;
}
