import { randomUUID } from 'node:crypto';
import {
  type ApprovalStatement,
  type Change,
  capabilitiesOf,
  changeToWire,
  decodeMandate,
  encodeMandate,
  planDigest,
  type Says,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Heard, World } from '../../../infra/local/src/testing/world';
import { capabilityName } from './catalogue';
import { decisionOn, issueSaying, originOf } from './honest-values';

export type HeardContract = Heard<'ContractChanged'>;
const DAY_MS = 86_400_000;
const LIMIT_MS = 60_000;

/** What a founder said yes to, as review would publish it. */
export interface Approval {
  readonly outgoing: Outgoing;
  readonly mandate: Buffer;
  readonly value: Messages['ReviewDecided'];
  readonly carried: NonNullable<Messages['ContractChanged']['approval']>;
}

/** What honest services and an honest founder say, each with its own key, to make what an attack needs. */
export class HonestWords {
  private capabilities = 0;
  private healthVersion = 0;
  private readonly counters = new Map<string, number>();

  constructor(readonly world: World) {}

  /** Health says how SYSTEM is; returns the version of what it said. */
  async health(state: 'HEALTHY' | 'UNHEALTHY', validForMs?: number): Promise<number> {
    await this.world.sayHealth('SYSTEM', state, ++this.healthVersion, validForMs);
    return this.healthVersion;
  }

  /** The next number of a counter, such as a writer's versions of a key. */
  next(name: string): number {
    const n = (this.counters.get(name) ?? 0) + 1;
    this.counters.set(name, n);
    return n;
  }

  /** A change of a capability that nobody has touched: its size from 1 to `to`. */
  change(to = 2, capability = capabilityName(this.capabilities++)): Change {
    return { kind: 'configuration_update', capability, setting: { key: 'size', old: 1, new: to } };
  }

  /** An issue and a proposal as ingestion and validator would say them; unpublished, so that nobody else takes them up. */
  async proposal(changes: readonly Change[], issueId: string = randomUUID()) {
    const origin = originOf(issueId);
    const received = say(issueSaying(issueId, origin));
    const issue = { ...received, mandate: await this.world.prove('ingestion', received.mandate) };
    const affected = capabilitiesOf(changes);
    const plan = planDigest({ changes, affected_capabilities: affected });
    const value: Messages['ProposalMade'] = {
      issue_id: issueId,
      contract_id: null,
      revision: 0,
      origin,
      title: 'Another size',
      payload_digest: sha256(issueId),
      issue_type: 'configuration_change',
      severity: 'low',
      affected_capabilities: affected,
      unknown_capabilities: [],
      recommended_action: 'create_contract',
      confidence_score: 0.9,
      reason: 'clear',
      evidence: [],
      suggestions: [],
      suggested_changes: changes.map(changeToWire),
      validator_version: 'validator-1',
      registry_version: 1,
    };
    const saying = {
      message: 'ProposalMade',
      key: issueId,
      says: 'PROPOSED',
      issueId,
      version: 1,
      planDigest: plan,
      cites: citing(issue.mandate),
      now: Date.now(),
      value,
    } as const;
    const outgoing = say(saying);
    return {
      issueId,
      issue,
      plan,
      value,
      saying,
      outgoing,
      mandate: await this.world.prove('validator', outgoing.mandate),
    };
  }

  /** What ingestion says of an issue. */
  received(issueId: string) {
    return issueSaying(issueId, originOf(issueId));
  }

  /** What eligibility would say of a proposal. */
  may(
    proposal: { readonly value: Messages['ProposalMade']; readonly plan: Buffer; readonly mandate: Buffer },
    bytes: Buffer,
  ) {
    const { issue_id: issueId, origin, contract_id, revision } = proposal.value;
    const value: Messages['EligibilityJudged'] = {
      issue_id: issueId,
      contract_id,
      revision,
      origin,
      proposal: bytes,
      verdict: 'MAY',
      first_failing_rule: null,
      rules: [],
      facts: '{}',
      retry_helps: false,
      retry_at: null,
      rules_version: 'rules-1',
      registry_version: 1,
      health_version: 1,
      judged_at: Date.now(),
    };
    return {
      message: 'EligibilityJudged',
      key: issueId,
      says: 'MAY',
      issueId,
      version: revision + 1,
      planDigest: proposal.plan,
      cites: citing(proposal.mandate),
      now: Date.now(),
      value,
    } as const;
  }

  /** A contract that is ELIGIBLE, honestly. */
  async eligible(change: Change = this.change()): Promise<HeardContract> {
    const proposal = await this.proposal([change]);
    await this.world.say('eligibility', this.may(proposal, proposal.outgoing.value));
    return this.about(proposal.issueId, 'ELIGIBLE');
  }

  /** A contract's message in a state, by its issue. */
  about(issueId: string, status: string): Promise<HeardContract> {
    const fits = (m: HeardContract) => m.value.issue_id === issueId && m.link?.says === status;
    return this.world.next('ContractChanged', fits, LIMIT_MS);
  }

  /** The mandate of the MAY under which a contract was made. */
  mayOf(seen: HeardContract): Buffer {
    const may = decodeMandate(seen.mandate)?.may;
    if (!may) throw new Error(`contract ${seen.key} carries no MAY`);
    return encodeMandate({ own: may, cause: null, may: null, approve: null });
  }

  /** A founder's yes to a contract, signed by the founder and said by review; not published. */
  async approval(seen: HeardContract, signs: Partial<ApprovalStatement> = {}): Promise<Approval> {
    const now = Date.now();
    const { value } = seen;
    const { founder, keyId } = this.world.founder;
    const statement: ApprovalStatement = {
      format: 'mandate-approval-v1',
      purpose: 'APPROVE',
      contract_id: value.contract_id,
      dossier_digest: value.dossier_digest.toString('hex'),
      plan_digest: value.plan_digest.toString('hex'),
      window_start: now,
      window_end: now + DAY_MS,
      constraints: value.constraints,
      founder,
      session_id: 'a session',
      nonce: randomUUID(),
      not_after: now + 300_000,
      ...signs,
    };
    const signed = {
      statement: statementBytes(statement),
      signature: signStatement(statement, this.world.founderKey),
      key_id: keyId,
    };
    const decided = { ...decisionOn(seen, 'APPROVE', founder), ...signed };
    const outgoing = say(this.decision(seen, 'APPROVE', decided));
    const { window_start, window_end } = statement;
    return {
      outgoing,
      mandate: await this.world.prove('review', outgoing.mandate),
      value: decided,
      carried: { ...signed, approved_by: founder, approved_at: now, window_start, window_end },
    };
  }

  /** What review says of a contract. */
  decision(seen: HeardContract, says: Says, value: Messages['ReviewDecided']) {
    return {
      message: 'ReviewDecided',
      key: seen.key,
      says,
      issueId: seen.value.issue_id,
      version: this.next(`review ${seen.key}`),
      planDigest: seen.value.plan_digest,
      cites: citing(seen.mandate),
      now: Date.now(),
      value,
    } as const;
  }

  /** A capability as the catalogue defined it. */
  defined(name: string): Promise<Messages['CapabilityChanged']> {
    return this.capability(name, 'DEFINED');
  }

  /** A capability as a job has left it. */
  changed(name: string): Promise<Messages['CapabilityChanged']> {
    return this.capability(name, 'CHANGED');
  }

  private async capability(name: string, says: string): Promise<Messages['CapabilityChanged']> {
    const heard = await this.world.next('CapabilityChanged', (m) => m.key === name && m.link?.says === says, LIMIT_MS);
    return heard.value;
  }

  /** What review would say if a founder attested an audit that could not tell; without a signature. */
  async attest(contract: HeardContract, audit: { readonly mandate: Buffer }): Promise<{ readonly mandate: Buffer }> {
    const value = { ...decisionOn(contract, 'ATTEST', this.world.founder.founder), attested_checks: ['A-007'] };
    const outgoing = say({ ...this.decision(contract, 'ATTEST', value), cites: citing(audit) });
    return { mandate: await this.world.prove('review', outgoing.mandate) };
  }

  /** A contract that a founder approved and the executor has carried out, all of it honestly. */
  async executed(
    change: Change = this.change(),
  ): Promise<{ active: HeardContract; job: Heard<'JobChanged'>; approval: Approval }> {
    const contract = await this.eligible(change);
    const approval = await this.approval(contract);
    await this.world.publish('review', approval.outgoing);
    const active = await this.about(contract.value.issue_id, 'ACTIVE');
    const job = await this.world.next(
      'JobChanged',
      (m) => m.key === contract.key && m.link?.says === 'JOB_DONE',
      LIMIT_MS,
    );
    return { active, job, approval };
  }
}
