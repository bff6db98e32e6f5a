import type { HopBatch } from '@mandate/service-kit';
import type { IncidentNews } from '../domain/tell-incident';
import { visibleText } from '../domain/visible';
import { checkSameSubject } from './same-subject';

export type IncidentMessage = HopBatch<'IncidentChanged'>['messages'][number];

/** @throws UnauthorisedFault if the value is about something else than its link */
export function toIncidentNews(message: IncidentMessage): IncidentNews {
  const { value } = message;
  checkSameSubject(message, { issueId: value.issue_id, subject: value.contract_id, says: `INCIDENT_${value.state}` });
  return {
    incidentId: value.incident_id,
    contractId: value.contract_id,
    issueId: value.issue_id,
    version: value.version,
    state: value.state,
    reason: visibleText(value.reason),
    lastWords: visibleText(value.changes.at(-1)?.reason ?? ''),
    rollbackAttempts: value.rollback_attempts,
    leftBehind: value.left_behind.map((l) => ({ capability: l.capability, detail: visibleText(l.detail) })),
  };
}
