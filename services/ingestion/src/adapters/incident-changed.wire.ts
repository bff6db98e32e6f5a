import type { HopBatch } from '@mandate/service-kit';
import type { IncidentNews } from '../domain/tell-incident';
import { visibleText } from '../domain/visible';

export type IncidentMessage = HopBatch<'IncidentChanged'>['messages'][number];

export function toIncidentNews({ value }: IncidentMessage): IncidentNews {
  return {
    incidentId: value.incident_id,
    contractId: value.contract_id,
    issueId: value.issue_id,
    version: value.version,
    state: value.state,
    reason: visibleText(value.reason),
    rollbackAttempts: value.rollback_attempts,
    leftBehind: value.left_behind.map((l) => ({ capability: l.capability, detail: visibleText(l.detail) })),
  };
}
