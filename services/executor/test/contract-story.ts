import {
  type ApprovalStatement,
  type Change,
  type Constraints,
  capabilitiesOf,
  type LinkedName,
  newId,
  planDigest,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, citingOutside, type Saying, say } from '@mandate/service-kit';
import type { Said, World } from '../../../infra/local/src/testing/world';
import * as values from './chain-values';

const WRITERS = {
  IssueReceived: 'ingestion',
  ProposalMade: 'validator',
  EligibilityJudged: 'eligibility',
  ContractChanged: 'contract',
  ReviewDecided: 'review',
  JobChanged: 'executor',
  JobEvaluated: 'health',
  AuditConcluded: 'auditor',
} as const;
type Told = keyof typeof WRITERS;
type ContractValue = Messages['ContractChanged'];

interface Terms {
  readonly windowMs?: number;
  readonly constraints?: Partial<Constraints>;
}

/** A job's message, as it is cited by what follows from it. */
interface JobSaid {
  readonly mandate: Buffer;
  readonly value: Messages['JobChanged'];
}

/** A contract with its whole chain, told step by step with the real keys of the services that may say it. */
export class ContractStory implements values.ChainSubject {
  readonly issueId = newId(Date.now());
  readonly contractId = newId(Date.now());
  readonly affected: readonly string[];
  readonly plan: Buffer;
  readonly dossier = sha256('the dossier');
  approval: ContractValue['approval'] = null;
  private version = 0;
  private approveMandate: Buffer = Buffer.alloc(0);

  constructor(
    private readonly world: World,
    readonly changes: readonly Change[],
    private readonly terms: Terms = {},
  ) {
    this.affected = capabilitiesOf(changes);
    this.plan = planDigest({ changes, affected_capabilities: this.affected });
  }

  /** From the issue to the founder's approval. */
  async approved(): Promise<this> {
    const received = citingOutside(sha256('crm'));
    const issue = await this.cited('IssueReceived', 'RECEIVED', received, values.issueReceived(this));
    const proposal = await this.cited('ProposalMade', 'PROPOSED', citing(issue), values.proposalMade(this));
    const verdict = await this.cited('EligibilityJudged', 'MAY', citing(proposal), values.mayVerdict(this));
    const eligible = await this.cited('ContractChanged', 'ELIGIBLE', citing(verdict), this.value('ELIGIBLE'));
    this.approve();
    const decision = values.approveDecision(this, this.world.founder.founder);
    this.approveMandate = await this.cited('ReviewDecided', 'APPROVE', citing(eligible), decision);
    return this;
  }

  /** The founder's signature; `about` lets a test sign for something else. */
  approve(about: Partial<ApprovalStatement> = {}): void {
    const now = Date.now();
    const { founder, keyId } = this.world.founder;
    const statement: ApprovalStatement = {
      format: 'mandate-approval-v1',
      purpose: 'APPROVE',
      contract_id: this.contractId,
      dossier_digest: this.dossier.toString('hex'),
      plan_digest: this.plan.toString('hex'),
      window_start: now - 1_000,
      window_end: now + (this.terms.windowMs ?? 600_000),
      constraints: { ...values.CONSTRAINTS, ...this.terms.constraints },
      founder,
      session_id: 'session',
      nonce: 'nonce',
      not_after: now + 60_000,
      ...about,
    };
    this.approval = {
      statement: statementBytes(statement),
      signature: signStatement(statement, this.world.founderKey),
      key_id: keyId,
      approved_by: founder,
      approved_at: now,
      window_start: statement.window_start,
      window_end: statement.window_end,
    };
  }

  /** Publishes the contract as ACTIVE under the approval. `altered` changes the value. */
  activate(altered: Partial<ContractValue> = {}): Promise<Said> {
    return this.say('ACTIVE', citing(this.approveMandate), altered);
  }

  /** The auditor's verdict on a finished job, and what the contract service makes of it. */
  async conclude(job: JobSaid, verdict: 'PASS' | 'FAIL', altered: Partial<ContractValue> = {}): Promise<Said> {
    const evaluation = values.jobEvaluated(this, job.value);
    const evaluated = await this.cited('JobEvaluated', 'EVALUATED', citing(job.mandate), evaluation);
    const conclusion = values.auditConcluded(this, job.value, verdict);
    const audit = await this.cited('AuditConcluded', verdict, citing(evaluated), conclusion);
    return this.say(verdict === 'PASS' ? 'COMPLETED' : 'FAILED', citing(audit), altered);
  }

  /** A job that never was, said with the executor's own key. */
  async inventedJob(): Promise<JobSaid> {
    const ordered = citing(this.approveMandate);
    const active = await this.cited('ContractChanged', 'ACTIVE', ordered, this.value('ACTIVE'));
    const value = values.jobDone(this);
    return { value, mandate: await this.cited('JobChanged', 'JOB_DONE', citing(active), value) };
  }

  private say(
    status: 'ACTIVE' | 'COMPLETED' | 'FAILED',
    cites: Saying<'ContractChanged'>['cites'],
    altered: Partial<ContractValue>,
  ): Promise<Said> {
    const value = { ...this.value(status), ...altered };
    const about = { key: this.contractId, issueId: this.issueId, version: value.version, planDigest: this.plan };
    const saying = { message: 'ContractChanged', value, says: status, cites, now: Date.now(), ...about } as const;
    return this.world.say('contract', saying);
  }

  /** Makes a message with the real key of its writer, without publishing it; returns what may be cited. */
  private cited<N extends Told>(
    message: N,
    says: Saying<N>['says'],
    cites: Saying<N>['cites'],
    value: Messages[N],
  ): Promise<Buffer> {
    const key = this.keyOf(message);
    const planned = message === 'IssueReceived' ? null : this.plan;
    const about = { key, issueId: this.issueId, version: 1, planDigest: planned, now: Date.now() };
    const saying = { message, value, says, cites, ...about } as Saying<LinkedName>;
    return this.world.prove(WRITERS[message], say(saying).mandate);
  }

  private keyOf(message: Told): string {
    return ['IssueReceived', 'ProposalMade', 'EligibilityJudged'].includes(message) ? this.issueId : this.contractId;
  }

  private value(status: ContractValue['status']): ContractValue {
    return values.contractChanged(this, status, ++this.version);
  }
}
