import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LinkedName, newId, type Says, sha256 } from '@mandate/contracts';
import { decode, type MessageName, type Messages } from '@mandate/schemas';
import { citing, type Saying } from '@mandate/service-kit';
import type { Heard, Said, World } from '../../../infra/local/src/testing/world';

type Cited = { readonly mandate: Buffer };
type Contract = Messages['ContractChanged'];
const PLAN = sha256('the plan');

/** A valid value of a message type, to be changed where a test cares. */
function exampleOf<N extends MessageName>(name: N, file: string): Messages[N] {
  const path = join(__dirname, '../../../packages/schemas/examples', `${file}.hex`);
  return decode(name, Buffer.from(readFileSync(path, 'utf8').trim(), 'hex'));
}

/** What the rest of the chain says about an issue that ingestion has received, each service with its own key. */
export class Story {
  readonly contractId = newId(Date.now());
  private version = 0;
  private status: string | null = null;
  private verdict: Said | null = null;
  private versions = 0;

  constructor(
    private readonly world: World,
    readonly issue: Heard<'IssueReceived'>,
  ) {}

  private say<N extends LinkedName>(
    service: Parameters<World['say']>[0],
    message: N,
    says: Says,
    cites: Cited,
    value: Messages[N],
    key = this.contractId,
    version = ++this.versions,
  ): Promise<Said> {
    const { issue_id: issueId } = this.issue.value;
    // A CRM's cancellation carries no permit on, so the contract service brings the MAY itself.
    const permits =
      message === 'ContractChanged' && says === 'REJECTED'
        ? { permits: { may: (this.verdict as Said).mandate, approve: null } }
        : {};
    const saying = {
      message,
      says,
      key,
      value,
      version,
      issueId,
      planDigest: PLAN,
      cites: citing(cites.mandate),
      ...permits,
    };
    return this.world.say(service, { ...saying, now: Date.now() } as unknown as Saying<N>);
  }

  private get ids() {
    const { issue_id, origin } = this.issue.value;
    return { issue_id, origin, contract_id: this.contractId };
  }

  async judged(
    verdict: 'MAY' | 'MAY_NOT',
    more: Partial<Messages['EligibilityJudged']> = {},
    advice: Partial<Messages['ProposalMade']> = {},
  ) {
    const { issue_id, origin } = this.ids;
    const proposal = {
      ...exampleOf('ProposalMade', 'proposal-made.v1'),
      issue_id,
      origin,
      contract_id: null,
      revision: 0,
      ...advice,
    };
    const proposed = await this.say('validator', 'ProposalMade', 'PROPOSED', this.issue, proposal, issue_id, 1);
    const judged: Messages['EligibilityJudged'] = {
      ...exampleOf('EligibilityJudged', 'eligibility-judged.v1'),
      ...{ issue_id, origin, contract_id: null, revision: 0, proposal: proposed.value, verdict },
      ...more,
    };
    this.verdict = await this.say('eligibility', 'EligibilityJudged', verdict, proposed, judged, issue_id, 1);
    return this.verdict;
  }

  /** The contract changes to `status`, or stays there with what `more` says. */
  async contract(
    status: Contract['status'],
    cites: Cited = this.verdict as Said,
    more: Partial<Contract> = {},
    code: string | null = null,
  ): Promise<Said> {
    const isFirst = this.version === 0;
    const from = this.version;
    this.version += isFirst ? 3 : 1;
    const change = {
      version: this.version,
      from: this.status,
      to: status,
      cause: 'X',
      actor: 'x',
      code,
      reason: 'because of a test',
      at: Date.now(),
    };
    this.status = status;
    const value: Contract = {
      ...exampleOf('ContractChanged', 'contract-changed.v1'),
      ...{ ...this.ids, from_version: from, version: this.version, changes: [change], status, plan_digest: PLAN },
      ...{ clarification: null, waiting: null, revision: 0, parent_contract_id: null },
      ...more,
    };
    return this.say('contract', 'ContractChanged', status as Says, cites, value, this.contractId, this.version);
  }

  review(says: Says, cites: Cited): Promise<Said> {
    const value = {
      ...exampleOf('ReviewDecided', 'review-decided.v1'),
      issue_id: this.ids.issue_id,
      contract_id: this.contractId,
    };
    return this.say('review', 'ReviewDecided', says, cites, value);
  }

  /** Job, evaluation and audit of an active contract, as far as links go. */
  async audited(active: Cited, verdict: 'PASS' | 'FAIL'): Promise<Said> {
    const job = await this.say('executor', 'JobChanged', 'JOB_DONE', active, {
      ...exampleOf('JobChanged', 'job-changed.v1'),
      ...this.ids,
    });
    const evaluated = { ...exampleOf('JobEvaluated', 'job-evaluated.v1'), ...this.ids };
    const evaluation = await this.say('health', 'JobEvaluated', 'EVALUATED', job, evaluated);
    const audit = { ...exampleOf('AuditConcluded', 'audit-concluded.v1'), ...this.ids };
    return this.say('auditor', 'AuditConcluded', verdict, evaluation, audit);
  }

  /** A rollback that runs, as far as links go. */
  rollbackRuns(failed: Cited): Promise<Said> {
    const value = { ...exampleOf('JobChanged', 'job-changed.v1'), ...this.ids };
    return this.say('executor', 'JobChanged', 'ROLLBACK_RUNNING', failed, value);
  }

  /** Job, evaluation and audit of a rollback, as far as links go. */
  async rolledBack(failed: Cited, isDone = true): Promise<Said> {
    const job = await this.say('executor', 'JobChanged', isDone ? 'ROLLBACK_DONE' : 'ROLLBACK_FAILED', failed, {
      ...exampleOf('JobChanged', 'job-changed.v1'),
      ...this.ids,
    });
    const evaluated = { ...exampleOf('JobEvaluated', 'job-evaluated.v1'), ...this.ids };
    const evaluation = await this.say('health', 'JobEvaluated', 'ROLLBACK_EVALUATED', job, evaluated);
    const audit = { ...exampleOf('AuditConcluded', 'audit-concluded.v1'), ...this.ids };
    return this.say('auditor', 'AuditConcluded', isDone ? 'ROLLBACK_PASS' : 'ROLLBACK_FAIL', evaluation, audit);
  }

  incident(state: 'OPEN' | 'ROLLED_BACK' | 'ROLLBACK_FAILED', cites: Cited, version: number): Promise<Said> {
    const value: Messages['IncidentChanged'] = {
      ...exampleOf('IncidentChanged', 'incident-changed.v1'),
      ...{ ...this.ids, incident_id: this.contractId, from_version: version - 1, version, state, changes: [] },
      plan_digest: PLAN,
    };
    return this.say('contract', 'IncidentChanged', `INCIDENT_${state}`, cites, value, this.contractId, version);
  }
}
