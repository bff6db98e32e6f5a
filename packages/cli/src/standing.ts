import type { Service } from '@mandate/contracts';
import type { MessageName, Messages } from '@mandate/schemas';

/** A message that was said about an issue, in any order. */
export type Said = {
  [N in MessageName]: { readonly name: N; readonly value: Messages[N]; readonly time: number };
}[MessageName];

/** Where an issue stands, as far as was said. */
export interface Standing {
  /** The last thing that is settled, in the words of the states. */
  readonly state: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Whose turn it is; null once it has ended. */
  readonly turn: Service | 'founder' | 'requestor' | 'operator' | null;
  /** What happens next, or how it ended. */
  readonly sentence: string;
  /** After so long it is stuck; null where waiting is nothing unusual. */
  readonly patienceMs: number | null;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A hop takes far less; the thresholds of jobs, evaluations and audits are those of the alerts (spec 1-workflow §3, §9). */
const HOP_MS = 30 * SECOND;
const at = (ms: number): string => new Date(ms).toISOString();

/** Where an issue stands. Pure. @param said everything about it; at least one message */
export function standingOf(said: readonly Said[]): Standing {
  const contract = newestContract(said);
  if (contract) return ofContract(contract, said);
  const verdict = last(said, 'EligibilityJudged');
  if (verdict) return ofVerdict(verdict.value, verdict.time);
  const proposal = last(said, 'ProposalMade');
  if (proposal) {
    const sentence = 'eligibility judges it; while SYSTEM is not HEALTHY it waits, for a day at most';
    return turnOf('PROPOSED', proposal.time, 'eligibility', sentence, HOP_MS);
  }
  const received = last(said, 'IssueReceived');
  if (received) return turnOf('RECEIVED', received.time, 'validator', 'the validator reads it', HOP_MS);
  const told = last(said, 'CrmUpdate');
  if (told && ['DUPLICATE', 'REFUSED'].includes(told.value.state))
    return ended(told.value.state, told.time, told.value.sentence);
  const asked = said[0];
  return turnOf('ASKED', asked?.time ?? 0, 'ingestion', 'ingestion takes it in', HOP_MS);
}

type Of<N extends MessageName> = Extract<Said, { name: N }>;

function last<N extends MessageName>(
  said: readonly Said[],
  name: N,
  fits: (value: Messages[N]) => boolean = () => true,
): Of<N> | undefined {
  const found = said.filter((s): s is Of<N> => s.name === name && fits(s.value as Messages[N]));
  return found.reduce<Of<N> | undefined>((a, b) => (a && versionOf(a) > versionOf(b) ? a : b), undefined);
}

function versionOf({ value, time }: Said): number {
  return 'version' in value ? value.version : time;
}

/** Of the last revision, in its last version. */
function newestContract(said: readonly Said[]): Of<'ContractChanged'> | undefined {
  const all = said.filter((s): s is Of<'ContractChanged'> => s.name === 'ContractChanged');
  const revision = Math.max(...all.map((s) => s.value.revision));
  return last(all, 'ContractChanged', (v) => v.revision === revision);
}

function turnOf(
  state: string,
  since: number,
  turn: Standing['turn'],
  sentence: string,
  patienceMs: number | null = null,
): Standing {
  return { state, since, turn, sentence, patienceMs };
}

function ended(state: string, since: number, sentence: string): Standing {
  return { state, since, turn: null, sentence, patienceMs: null };
}

function ofVerdict(v: Messages['EligibilityJudged'], time: number): Standing {
  if (v.verdict === 'MAY') return turnOf('MAY', time, 'contract', 'the contract service makes its contract', HOP_MS);
  const again = v.retry_helps ? `; trying again helps${v.retry_at ? ` from ${at(v.retry_at)} on` : ''}` : '';
  return ended('MAY_NOT', time, `it is not eligible, ${v.first_failing_rule ?? 'no rule'} fails${again}`);
}

function ofContract({ value: c, time }: Of<'ContractChanged'>, said: readonly Said[]): Standing {
  const since = c.changes.findLast((change) => change.from !== change.to)?.at ?? time;
  const of = (turn: Standing['turn'], sentence: string, patienceMs: number | null = null): Standing =>
    turnOf(c.status, since, turn, sentence, patienceMs);
  switch (c.status) {
    case 'DRAFT':
    case 'VALIDATED': {
      const isRead = last(said, 'ProposalMade', (p) => p.contract_id === c.contract_id) !== undefined;
      return isRead
        ? of('eligibility', 'eligibility judges the revision', HOP_MS)
        : of('validator', 'the validator reads the revision', HOP_MS);
    }
    case 'ELIGIBLE': {
      const open = c.clarification && c.clarification.answered_at === null ? c.clarification : null;
      if (open) return turnOf('ELIGIBLE', open.requested_at, 'requestor', `the requestor was asked: ${open.question}`);
      return of('founder', `a founder decides, until ${at(c.expires_at)}`);
    }
    case 'APPROVED':
      return ofApproved(c, since);
    case 'ACTIVE':
      return ofActive(c, since, said);
    case 'FAILED':
      return ofFailed(c, since, said);
    case 'COMPLETED':
      return ended('COMPLETED', since, 'the change was executed, evaluated and audited, and is final');
    default:
      return ended(c.status, since, c.status_reason ?? 'nothing was executed');
  }
}

function ofApproved(c: Messages['ContractChanged'], since: number): Standing {
  const { waiting, approval } = c;
  if (waiting)
    return turnOf('APPROVED', waiting.since, 'contract', `it waits for ${waiting.reason}: ${waiting.detail}`);
  const opens = approval?.window_start ?? since;
  return turnOf('APPROVED', Math.max(since, opens), 'contract', `it becomes ACTIVE from ${at(opens)} on`, MINUTE);
}

function ofActive(c: Messages['ContractChanged'], activeAt: number, said: readonly Said[]): Standing {
  const own = (v: { contract_id: string; kind: string }): boolean =>
    v.contract_id === c.contract_id && v.kind === 'CHANGE';
  const since = (s: Said): number => Math.max(activeAt, s.time);
  const job = last(said, 'JobChanged', own);
  const evaluated = last(said, 'JobEvaluated', own);
  const audit = last(said, 'AuditConcluded', own);
  if (audit && audit.value.verdict === 'INCONCLUSIVE') {
    const { is_final: isFinal, reason } = audit.value;
    return isFinal
      ? turnOf('INCONCLUSIVE', since(audit), 'founder', `a founder attests what the audit cannot tell: ${reason}`)
      : turnOf('INCONCLUSIVE', since(audit), 'auditor', `the auditor tries once more: ${reason}`, 10 * MINUTE);
  }
  if (audit) return turnOf(audit.value.verdict, since(audit), 'contract', 'the contract service closes it', HOP_MS);
  if (evaluated) return turnOf('EVALUATED', since(evaluated), 'auditor', 'the auditor judges it', 10 * MINUTE);
  if (!job) return turnOf('ACTIVE', activeAt, 'executor', 'the executor begins its job', MINUTE);
  const { state, reason, code } = job.value;
  if (state === 'COMPLETED' || state === 'FAILED') {
    const how = state === 'FAILED' ? ` (the job failed, ${code}: ${reason})` : '';
    return turnOf(`JOB ${state}`, since(job), 'health', `health looks at what came of it${how}`, 10 * MINUTE);
  }
  const why = code ? `, ${code}: ${reason}` : '';
  return turnOf(`JOB ${state}`, since(job), 'executor', `the executor does it${why}`, 2 * MINUTE);
}

function ofFailed(c: Messages['ContractChanged'], failedAt: number, said: readonly Said[]): Standing {
  const incident = last(said, 'IncidentChanged', (v) => v.contract_id === c.contract_id);
  if (!incident) return turnOf('FAILED', failedAt, 'contract', 'the contract service opens an incident', HOP_MS);
  const { state, reason } = incident.value;
  if (state === 'ROLLED_BACK') return ended('FAILED', incident.time, 'the change was undone');
  if (state === 'RESOLVED') return ended('FAILED', incident.time, `a founder closed the incident: ${reason}`);
  if (state === 'ROLLBACK_FAILED') {
    const sentence = `it could not be undone: ${reason}. Mend what keeps it, then: mandate rollback retry ${c.contract_id} --reason …`;
    return turnOf('ROLLBACK_FAILED', incident.time, 'operator', sentence, 0);
  }
  const own = (v: { contract_id: string; kind: string }): boolean =>
    v.contract_id === c.contract_id && v.kind === 'ROLLBACK';
  const job = last(said, 'JobChanged', own);
  if (!job) return turnOf('FAILED', failedAt, 'executor', 'the executor begins to undo it', MINUTE);
  const isOver = ['COMPLETED', 'FAILED'].includes(job.value.state);
  const evaluated = last(said, 'JobEvaluated', (v) => own(v) && v.attempt >= job.value.attempt);
  if (isOver && evaluated)
    return turnOf('ROLLBACK EVALUATED', evaluated.time, 'auditor', 'the auditor judges the undoing', 10 * MINUTE);
  if (isOver)
    return turnOf('ROLLBACK ENDED', job.time, 'health', 'health looks at what came of the undoing', 10 * MINUTE);
  return turnOf(`ROLLBACK ${job.value.state}`, job.time, 'executor', 'the executor undoes it', 2 * MINUTE);
}
