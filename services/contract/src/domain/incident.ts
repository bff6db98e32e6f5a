import type { RefusalCode } from '@mandate/contracts';
import { refusalSentence, verifyResolution } from '@mandate/contracts';
import type { SignedStatement } from './commands';
import type { Facts } from './facts';

/** What a rollback could not put back. */
export interface LeftBehind {
  readonly capability: string;
  readonly detail: string;
}

export type IncidentState = 'OPEN' | 'ROLLED_BACK' | 'ROLLBACK_FAILED' | 'RESOLVED';

/** One incident per failed contract (spec 1-workflow §8). */
export interface Incident {
  readonly incidentId: string;
  readonly contractId: string;
  readonly version: number;
  readonly state: IncidentState;
  readonly title: string;
  readonly reason: string;
  /** Ends of the ROLLBACK job that were judged and did not pass. */
  readonly rollbackAttempts: number;
  readonly leftBehind: readonly LeftBehind[];
  readonly acknowledgedBy: string | null;
  readonly resolvedBy: string | null;
  readonly openedAt: number;
  readonly changedAt: number;
}

interface Recording {
  readonly at: number;
  readonly actor: string;
  readonly cause: string;
  readonly code: string | null;
  readonly reason: string;
}
export type IncidentEvent = Recording &
  (
    | { readonly type: 'opened'; readonly incidentId: string; readonly contractId: string; readonly title: string }
    | { readonly type: 'rolled-back' }
    | { readonly type: 'rollback-missed' }
    | { readonly type: 'rollback-failed'; readonly leftBehind: readonly LeftBehind[] }
    /** An operator has the rollback run once more (AM-18). */
    | { readonly type: 'rollback-retried' }
    | { readonly type: 'acknowledged' }
    | { readonly type: 'resolved' }
    | { readonly type: 'recorded' }
  );

export type IncidentCommand =
  | {
      readonly type: 'conclude-rollback';
      readonly verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
      /** False: an INCONCLUSIVE that the auditor will try again; it is no attempt. */
      readonly isFinal: boolean;
      readonly reason: string;
      /** True where the job runs a later attempt already: this one was missed, it was not the last. */
      readonly isRetried: boolean;
      /** What the last ROLLBACK job left, as the executor recorded it. */
      readonly leftBehind: readonly LeftBehind[];
    }
  /** The ROLLBACK job runs: for the first time, by itself again, or by an operator's command. */
  | { readonly type: 'rollback-running'; readonly actor: string; readonly reason: string | null }
  | { readonly type: 'acknowledge'; readonly actor: string; readonly text: string | null }
  | {
      readonly type: 'resolve';
      readonly actor: string;
      /** What the founder signed; it holds the reason. */
      readonly signed: SignedStatement | null;
    };

/** What decisions on incidents look at. */
export type IncidentFacts = Pick<Facts, 'founders' | 'limits'>;

const RESOLUTION_CHARACTERS = 10;

/** An incident is opened with the contract's failure, in the same transaction (SM-004). */
export function openIncident(
  incidentId: string,
  contractId: string,
  title: string,
  reason: string,
  now: number,
): IncidentEvent {
  return { ...byAuditor(now, reason), type: 'opened', incidentId, contractId, title };
}

/**
 * What a rollback's verdict, or the founder, does to an incident. Three missed attempts make it ROLLBACK_FAILED; a
 * later attempt, ordered by an operator, may still put everything back (AM-18).
 *
 * @returns no events where the incident is closed already
 */
export function decideIncident(
  command: IncidentCommand,
  incident: Incident,
  facts: IncidentFacts,
  now: number,
): readonly IncidentEvent[] {
  switch (command.type) {
    case 'conclude-rollback':
      return concludeRollback(command, incident, facts.limits.rollbackAttemptsMax, now);
    case 'rollback-running': {
      if (incident.state !== 'ROLLBACK_FAILED') return [];
      const reason = command.reason ?? 'The rollback is tried once more.';
      return [{ at: now, actor: command.actor, cause: 'JobChanged', code: null, reason, type: 'rollback-retried' }];
    }
    case 'acknowledge': {
      const by = { at: now, actor: command.actor, cause: 'ReviewDecided', code: null };
      return [{ ...by, type: 'acknowledged', reason: command.text ?? 'Seen.' }];
    }
    case 'resolve':
      return resolve(command, incident, facts, now);
  }
}

function concludeRollback(
  command: Extract<IncidentCommand, { type: 'conclude-rollback' }>,
  incident: Incident,
  attemptsMax: number,
  now: number,
): readonly IncidentEvent[] {
  if (incident.state === 'ROLLED_BACK' || incident.state === 'RESOLVED') return [];
  const by = byAuditor(now, command.reason);
  if (command.verdict === 'PASS') return [{ ...by, type: 'rolled-back' }];
  if (command.verdict === 'INCONCLUSIVE' && !command.isFinal)
    return [{ ...by, type: 'recorded', code: 'INCONCLUSIVE' }];
  if (command.isRetried || incident.rollbackAttempts + 1 < attemptsMax)
    return [{ ...by, type: 'rollback-missed', code: command.verdict }];
  return [{ ...by, type: 'rollback-failed', code: command.verdict, leftBehind: command.leftBehind }];
}

/** The founder closes an incident as it stood, by a signed word with a reason; its contract holds nothing any more. */
function resolve(
  { actor, signed }: Extract<IncidentCommand, { type: 'resolve' }>,
  incident: Incident,
  { founders }: IncidentFacts,
  now: number,
): readonly IncidentEvent[] {
  const by = { at: now, cause: 'ReviewDecided' };
  const refuse = (code: RefusalCode): IncidentEvent[] => [
    { ...by, actor, type: 'recorded', code, reason: refusalSentence(code) },
  ];
  if (incident.state === 'RESOLVED') return refuse('ALREADY_DECIDED');
  if (!signed) return refuse('SIGNATURE_MISSING');
  const { contractId, incidentId, version: incidentVersion } = incident;
  const { statement: bytes, signature, keyId } = signed;
  const about = { contractId, incidentId, incidentVersion, resolvedAt: now };
  const verified = verifyResolution({ bytes, signature, keyId }, founders, about);
  if ('problem' in verified) return refuse(verified.problem);
  const { founder, reason } = verified.statement;
  if (founder !== actor) return refuse('STATEMENT_FOR_ANOTHER_FOUNDER');
  if ([...reason.trim()].length <= RESOLUTION_CHARACTERS) return refuse('REASON_TOO_SHORT');
  return [{ ...by, actor: founder, type: 'resolved', code: null, reason: reason.trim() }];
}

function byAuditor(at: number, reason: string): Recording {
  return { at, actor: 'auditor', cause: 'AuditConcluded', code: null, reason };
}

/** The incident after an event; total for every event that `decideIncident` yields. */
export function evolveIncident(incident: Incident | null, event: IncidentEvent): Incident {
  if (event.type === 'opened') {
    const { incidentId, contractId, title, reason, at } = event;
    const none = { rollbackAttempts: 0, leftBehind: [], acknowledgedBy: null, resolvedBy: null };
    return { incidentId, contractId, title, reason, version: 1, state: 'OPEN', openedAt: at, changedAt: at, ...none };
  }
  if (!incident) throw new Error(`no incident can be ${event.type}`);
  const next = { ...incident, version: incident.version + 1, changedAt: event.at };
  switch (event.type) {
    case 'rolled-back':
      return { ...next, state: 'ROLLED_BACK', leftBehind: [] };
    case 'rollback-missed':
      return { ...next, rollbackAttempts: incident.rollbackAttempts + 1 };
    case 'rollback-failed': {
      const { leftBehind } = event;
      return { ...next, state: 'ROLLBACK_FAILED', rollbackAttempts: incident.rollbackAttempts + 1, leftBehind };
    }
    case 'rollback-retried':
      return { ...next, state: 'OPEN' };
    case 'acknowledged':
      return { ...next, acknowledgedBy: event.actor };
    case 'resolved':
      return { ...next, state: 'RESOLVED', resolvedBy: event.actor };
    case 'recorded':
      return next;
  }
}
