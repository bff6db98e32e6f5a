import { type ResolveStatement, verifyResolution } from '@mandate/contracts';
import type { AcknowledgeIncident, ResolveIncident } from './action';
import type { Circumstances, ReviewedIncident } from './contract';
import { isReason } from './decide-rejection';
import { type Refusal, refuse } from './refusal';

/** What stands against any decision on an incident now. */
export function incidentObstacle(incident: ReviewedIncident): Refusal | null {
  return incident.isResolved ? refuse('ALREADY_DECIDED', 'it is resolved') : null;
}

/** Somebody looks into it; a note may say what they found. */
export function decideAcknowledgement(_: AcknowledgeIncident, incident: ReviewedIncident | null): Refusal | null {
  return incident ? incidentObstacle(incident) : refuse('NOT_FOUND');
}

/** Closing an incident frees what its contract holds, so the founder signs for it, with a reason. */
export function decideResolution(
  action: ResolveIncident,
  incident: ReviewedIncident | null,
  at: Pick<Circumstances, 'now' | 'founders'>,
): Refusal | null {
  if (!incident) return refuse('NOT_FOUND');
  const obstacle = incidentObstacle(incident);
  if (obstacle) return obstacle;
  const read = readResolution(action, incident, at);
  if ('code' in read) return read;
  if (read.founder !== action.actor) return refuse('STATEMENT_FOR_ANOTHER_FOUNDER', read.founder);
  return isReason(read.reason) ? null : refuse('REASON_TOO_SHORT');
}

function readResolution(
  { resolution }: ResolveIncident,
  { contractId, incidentId, version }: ReviewedIncident,
  { now, founders }: Pick<Circumstances, 'now' | 'founders'>,
): ResolveStatement | Refusal {
  if (!resolution) return refuse('SIGNATURE_MISSING');
  const { statement: bytes, signature, keyId } = resolution;
  const about = { contractId, incidentId, incidentVersion: version, resolvedAt: now };
  const verified = verifyResolution({ bytes, signature, keyId }, founders, about);
  return 'problem' in verified ? refuse(verified.problem) : verified.statement;
}
