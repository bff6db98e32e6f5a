import type { AttentionView } from '../api/reading.schema';
import type { Attention } from './attention.store';
import { toRules } from './eligibility.view';
import { instant } from './presentable';
import { toAudit, toIncident } from './progress.view';
import { toQueueItem } from './queue.view';

/** The attention list: contracts as in the queue, the rest with what a human has to know. */
export function toAttention(attention: Attention, founders: ReadonlySet<string>): AttentionView {
  const { escalated, expiring, held, stuck, inconclusive, incidents, escalatedIssues } = attention;
  const item = (contract: Parameters<typeof toQueueItem>[0]) => toQueueItem(contract, founders);
  return {
    total: [escalated, expiring, held, stuck, inconclusive, incidents, escalatedIssues].flat().length,
    escalated: escalated.map(item),
    expiring: expiring.map(item),
    held: held.map(item),
    stuck: stuck.map(({ contract, stuck: { on, since } }) => ({ contract: item(contract), on, since: instant(since) })),
    inconclusive: inconclusive.map(({ contract, audit, bytes }) => ({
      contract: item(contract),
      audit: toAudit(audit, bytes, null),
    })),
    incidents: incidents.map((incident) => toIncident(incident, null)),
    escalated_issues: escalatedIssues.map(toEscalated),
  };
}

function toEscalated({
  verdict,
  proposal,
}: Attention['escalatedIssues'][number]): AttentionView['escalated_issues'][number] {
  const { origin } = verdict;
  return {
    issue_id: verdict.issue_id,
    contract_id: verdict.contract_id,
    revision: verdict.revision,
    title: proposal.title,
    severity: proposal.severity,
    issue_type: proposal.issue_type,
    recommended_action: proposal.recommended_action,
    confidence_score: proposal.confidence_score,
    reason: proposal.reason,
    first_failing_rule: verdict.first_failing_rule,
    rules_failed: toRules(verdict, proposal).filter((rule) => !rule.passed),
    source: origin.source,
    source_system: origin.source_system,
    reference: origin.reference,
    submitter: origin.submitter,
    judged_at: instant(verdict.judged_at),
  };
}
