import type { Attention } from './attention.store';
import { toQueueItem } from './contract.view';
import { instant, presentable } from './presentable';

/** The attention list as JSON: contracts as in the queue, the rest with what a human has to know. */
export function toAttention({ expiring, waiting, stuck, inconclusive, incidents, escalated }: Attention) {
  return {
    expiring: expiring.map(toQueueItem),
    waiting: waiting.map(toQueueItem),
    stuck: stuck.map(({ contract, stuck: { on, since } }) => ({
      ...toQueueItem(contract),
      stuck: { on, since: instant(since) },
    })),
    inconclusive: inconclusive.map(({ contract, audit }) => ({
      ...toQueueItem(contract),
      audit: presentable({
        audit_id: audit.audit_id,
        reason: audit.reason,
        checks: audit.checks,
        concluded_at: audit.concluded_at,
      }),
    })),
    incidents: incidents.map((i) =>
      presentable({
        incident_id: i.incident_id,
        contract_id: i.contract_id,
        issue_id: i.issue_id,
        state: i.state,
        title: i.title,
        reason: i.reason,
        rollback_attempts: i.rollback_attempts,
        left_behind: i.left_behind,
        opened_at: i.opened_at,
      }),
    ),
    escalated: escalated.map(({ verdict, proposal }) => ({
      issue_id: verdict.issue_id,
      contract_id: verdict.contract_id,
      title: proposal.title,
      severity: proposal.severity,
      issue_type: proposal.issue_type,
      recommended_action: proposal.recommended_action,
      confidence_score: proposal.confidence_score,
      reason: proposal.reason,
      first_failing_rule: verdict.first_failing_rule,
      rules_failed: presentable(verdict.rules.filter((r) => !r.passed)),
      source: verdict.origin.source,
      source_system: verdict.origin.source_system,
      reference: verdict.origin.reference,
      judged_at: instant(verdict.judged_at),
    })),
  };
}
