import {
  decodeLink,
  decodeMandate,
  newId,
  type Says,
  type Statement,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, citingOutside, type Saying } from '@mandate/service-kit';
import type { Said } from '../../../infra/local/src/testing/world';
import type { ReviewStory } from './review-story';
import type { ReviewWorld } from './review-world';

type Audit = Messages['AuditConcluded'];

/** What happens to a contract after its approval, told by the services that may say it. */
export class ReviewAftermath {
  readonly jobId = newId(Date.now());
  readonly incidentId = newId(Date.now());
  private audits = 0;
  private incidents = 0;

  private constructor(
    private readonly w: ReviewWorld,
    readonly story: ReviewStory,
    private readonly evaluation: Said,
  ) {}

  /** Approved, active, executed and evaluated. */
  static async of(w: ReviewWorld, story: ReviewStory): Promise<ReviewAftermath> {
    const answering = w.approve(story);
    const decided = await w.decided(story);
    await story.answered(decided, 'APPROVED');
    await answering;
    await story.answered(decided, 'ACTIVE');
    const jobId = newId(Date.now());
    const job = await w.world.say('executor', {
      ...about(story, 1),
      ...jobOf(story, jobId),
      cites: citing(story.said),
    });
    const evaluated = { ...about(story, 1), ...evaluationOf(story, jobId), cites: citing(job) };
    return new ReviewAftermath(w, story, await w.world.say('health', evaluated));
  }

  /** The auditor speaks: on the evaluation, or on an attestation. */
  async audited(
    verdict: Audit['verdict'],
    cited: { readonly mandate: Buffer } = this.evaluation,
  ): Promise<Said & { id: string }> {
    const id = newId(Date.now());
    const value = auditOf(this.story, this.jobId, id, verdict);
    const saying: Saying<'AuditConcluded'> = {
      ...about(this.story, ++this.audits),
      ...{ message: 'AuditConcluded', says: verdict, value, cites: citing(cited.mandate) },
    };
    return { ...(await this.w.world.say('auditor', saying)), id };
  }

  /** The contract service opens the incident of a failed contract, or answers a decision on it. */
  async incident(
    state: 'OPEN' | 'RESOLVED',
    cited: { readonly mandate: Buffer },
    by: Partial<Messages['IncidentChanged']> = {},
  ) {
    const version = ++this.incidents;
    const { story } = this;
    const from = version === 1 ? null : 'OPEN';
    const change = { version, from, to: state, cause: 'ReviewDecided', actor: 'contract', code: null, reason: null };
    const value: Messages['IncidentChanged'] = {
      ...{ incident_id: this.incidentId, contract_id: story.contractId, issue_id: story.issueId, origin: story.origin },
      ...{ from_version: version - 1, version, changes: [{ ...change, at: Date.now() }], state, title: story.title },
      ...{ reason: 'A-003 failed', rollback_attempts: 3, left_behind: [], acknowledged_by: null, resolved_by: null },
      ...{ plan_digest: story.plan, opened_at: story.now, changed_at: Date.now(), ...by },
    };
    const saying: Saying<'IncidentChanged'> = {
      ...about(story, version),
      ...{ message: 'IncidentChanged', says: `INCIDENT_${state}` as Says, value, cites: citing(cited.mandate) },
    };
    return this.w.world.say('contract', saying);
  }
}

/** The requestor answers a question. */
export async function clarified(w: ReviewWorld, story: ReviewStory, requestId: string, answer: string): Promise<void> {
  await w.world.say('ingestion', {
    ...about(story, 1),
    ...{
      message: 'ClarificationReceived',
      says: 'CLARIFIED',
      planDigest: null,
      cites: citingOutside(sha256('answer')),
    },
    value: {
      ...{ issue_id: story.issueId, contract_id: story.contractId, request_id: requestId, answer },
      ...{ origin: story.origin, received_at: Date.now() },
    },
  });
}

/** What a message cites. */
export function causeOf({ mandate }: { readonly mandate: Buffer }) {
  const cause = decodeMandate(mandate)?.cause;
  return cause && decodeLink(cause.link);
}

/** A statement as the service drafted it, signed by the founder. */
export function signedText(w: ReviewWorld, text: string) {
  const statement = JSON.parse(text) as Statement;
  if (statementBytes(statement).toString() !== text) throw new Error('a draft is RFC 8785 text');
  const signature = signStatement(statement, w.world.founderKey).toString('base64');
  return { statement: text, signature, key_id: w.world.founder.keyId };
}

function about(story: ReviewStory, version: number) {
  return { key: story.contractId, issueId: story.issueId, version, planDigest: story.plan, now: Date.now() };
}

function jobOf(story: ReviewStory, jobId: string): Pick<Saying<'JobChanged'>, 'message' | 'says' | 'value'> {
  const value: Messages['JobChanged'] = {
    ...{ job_id: jobId, contract_id: story.contractId, issue_id: story.issueId, origin: story.origin, kind: 'CHANGE' },
    ...{ attempt: 1, from_version: 0, version: 1, changes: [], state: 'COMPLETED', plan_digest: story.plan },
    steps: [
      {
        ...{ index: 0, change: story.contract?.proposed_changes[0] as never, inverse: null, idempotency_key: 'k' },
        ...{ state: 'DONE', code: null, detail: null, started_at: story.now, ended_at: story.now },
        health_seen: [{ scope: 'SYSTEM', state: 'HEALTHY', version: 1, at: story.now }],
      },
    ],
    ...{ capability_versions: [], code: null, reason: null, registry_version: 1, health_version: 1 },
    ...{ created_at: story.now, started_at: story.now, ended_at: story.now },
  };
  return { message: 'JobChanged', says: 'JOB_DONE', value };
}

function evaluationOf(story: ReviewStory, jobId: string): Pick<Saying<'JobEvaluated'>, 'message' | 'says' | 'value'> {
  const value: Messages['JobEvaluated'] = {
    ...{ evaluation_id: newId(Date.now()), contract_id: story.contractId, issue_id: story.issueId, job_id: jobId },
    ...{ origin: story.origin, kind: 'CHANGE', attempt: 1, capabilities_healthy: 'YES', execution_matched: 'YES' },
    ...{ invariants: [{ id: 'INV-1', holds: 'YES', evidence: '{}' }], reason: 'as proposed', plan_digest: story.plan },
    scopes: [{ scope: 'SYSTEM', before: 'HEALTHY', after: 'HEALTHY', worst: 'HEALTHY', samples: 2 }],
    ...{ window_start: story.now, window_end: story.now, registry_version: 1, health_version: 1 },
    evaluated_at: story.now,
  };
  return { message: 'JobEvaluated', says: 'EVALUATED', value };
}

function auditOf(story: ReviewStory, jobId: string, auditId: string, verdict: Audit['verdict']): Audit {
  return {
    ...{
      audit_id: auditId,
      contract_id: story.contractId,
      issue_id: story.issueId,
      job_id: jobId,
      origin: story.origin,
    },
    ...{ kind: 'CHANGE', job_attempt: 1, attempt: 1, verdict, is_final: true, reason: 'health was not heard' },
    checks: [
      { id: 'A-001', result: 'PASS', evidence: '{}' },
      { id: 'A-002', result: verdict, evidence: '{"unheard":["SYSTEM"]}' },
    ],
    ...{ attestation: null, plan_digest: story.plan, registry_version: 1, health_version: 1, concluded_at: Date.now() },
  };
}
