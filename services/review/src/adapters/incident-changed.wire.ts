import type { IncidentChanged } from '@mandate/schemas';
import type { ReviewedIncident } from '../domain/contract';

/** An incident as a decision sees it. */
export function toReviewedIncident(incident: IncidentChanged): ReviewedIncident {
  return {
    incidentId: incident.incident_id,
    contractId: incident.contract_id,
    version: incident.version,
    isResolved: incident.state === 'RESOLVED',
  };
}
