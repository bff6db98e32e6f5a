import { type Change, capabilitiesOf, changeToWire, newId, planDigest, sha256 } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, citingOutside, Reference, type RunningService, type Saying, say } from '@mandate/service-kit';
import { rateLimitChange, type Said, type World } from '../../../infra/local/src/testing/world';
import { fromStored, type ReceivedProposal } from '../src/adapters/proposal-made.wire';

/** A proposal as the validator says it, and what to say next on it. */
export interface Proposed {
  readonly issueId: string;
  readonly said: Said;
  /** Mandate bytes of what it cites. */
  readonly cause: Buffer;
  readonly value: Messages['ProposalMade'];
}

/** Digest of a plan of these changes. */
export const planOf = (changes: readonly Change[]) =>
  planDigest({ changes, affected_capabilities: capabilitiesOf(changes) });

type Deviation = Partial<Messages['ProposalMade']> & { readonly changes?: readonly Change[] };

/**
 * Publishes a proposal on an issue of its own; a good one unless told otherwise. The issue itself is only cited: the
 * gate does not read it.
 */
export async function propose(world: World, deviation: Deviation = {}): Promise<Proposed> {
  const { value, plan } = proposal(deviation);
  return proposeOn(world, await issueCited(world, value), value, plan);
}

/** A proposal as the gate has it before it judges; nothing is published. */
export async function received(world: World, deviation: Deviation = {}): Promise<ReceivedProposal> {
  const { value, plan } = proposal(deviation);
  const { value: bytes, mandate } = say(saying(await issueCited(world, value), value, plan));
  return { ...fromStored(bytes, mandate, 0), waitingSince: null };
}

function proposal({ changes = [rateLimitChange()], ...more }: Deviation) {
  const now = Date.now();
  const issueId = more.issue_id ?? newId(now);
  const origin = {
    source: 'support_ticket',
    source_system: 'desk',
    reference: issueId,
    submitter: null,
    tenant: null,
    received_at: now,
  };
  const value: Messages['ProposalMade'] = {
    issue_id: issueId,
    contract_id: null,
    revision: 0,
    origin,
    title: 'A change',
    payload_digest: sha256(issueId),
    issue_type: 'configuration_change',
    severity: 'medium',
    affected_capabilities: capabilitiesOf(changes),
    unknown_capabilities: [],
    recommended_action: 'create_contract',
    confidence_score: 0.9,
    reason: 'test',
    evidence: [],
    suggestions: [],
    suggested_changes: changes.map(changeToWire),
    validator_version: 'test',
    registry_version: 5,
    ...more,
  };
  return { value, plan: planOf(changes) };
}

/** Mandate bytes of the issue that a proposal is about. */
async function issueCited(
  world: World,
  { issue_id, origin, payload_digest }: Messages['ProposalMade'],
): Promise<Buffer> {
  const now = Date.now();
  const issue = say({
    message: 'IssueReceived',
    key: issue_id,
    says: 'RECEIVED',
    issueId: issue_id,
    version: 1,
    planDigest: null,
    cites: citingOutside(payload_digest),
    now,
    value: {
      issue_id,
      origin,
      idempotency_key: issue_id,
      subject: 'A change',
      body: '',
      hints: { severity: null, capabilities: [], change: null },
      payload_digest,
      recurrence_of: null,
      related_to: null,
      follows: null,
      status: 'RECEIVED',
      received_at: now,
    },
  });
  return world.prove('ingestion', issue.mandate);
}

/** Publishes a proposal that cites these mandate bytes. */
export async function proposeOn(
  world: World,
  cause: Buffer,
  value: Messages['ProposalMade'],
  plan: Buffer,
): Promise<Proposed> {
  const said = await world.say('validator', saying(cause, value, plan));
  return { issueId: value.issue_id, said, value, cause };
}

function saying(cause: Buffer, value: Messages['ProposalMade'], plan: Buffer): Saying<'ProposalMade'> {
  return {
    message: 'ProposalMade',
    key: value.issue_id,
    says: 'PROPOSED',
    issueId: value.issue_id,
    version: value.revision + 1,
    planDigest: plan,
    cites: citing(cause),
    now: Date.now(),
    value,
  };
}

type Judged = { readonly mandate: Buffer; readonly bytes: Buffer; readonly value: Messages['EligibilityJudged'] };
type Contract = Messages['ContractChanged'];

/** A contract of a proposal that may, as the contract service would describe it. */
export function contractOf({ value }: Proposed, verdict: Judged, more: Partial<Contract> = {}): Contract {
  const now = Date.now();
  return {
    contract_id: newId(now),
    issue_id: value.issue_id,
    origin: value.origin,
    from_version: 0,
    version: 3,
    changes: [],
    status: 'ELIGIBLE',
    status_reason: null,
    title: value.title,
    revision: 0,
    parent_contract_id: null,
    successor_contract_id: null,
    proposed_changes: value.suggested_changes,
    affected_capabilities: value.affected_capabilities,
    risk_level: 'medium',
    health_impact: { estimate: 'unknown', completed: 0, failed: 0, reason: '' },
    payload_digest: value.payload_digest,
    verdict: verdict.bytes,
    plan_digest: Buffer.alloc(32),
    dossier_digest: Buffer.alloc(32),
    constraints: { max_duration_ms: 1, step_timeout_ms: 1, steps_per_minute: 1, allowed_targets: [] },
    created_at: now,
    expires_at: now,
    ttl_paused_at: null,
    ttl_ledger: [],
    clarification: null,
    approval: null,
    waiting: null,
    since_approval: [],
    audit_verdict: null,
    registry_version: 5,
    health_version: 1,
    changed_at: now,
    ...more,
  };
}

/** Publishes a state of a contract. @param changes the plan it is about */
export function sayContract(
  world: World,
  value: Contract,
  says: Saying<'ContractChanged'>['says'],
  cause: Buffer,
  changes: readonly Change[],
): Promise<Said> {
  const plan = planOf(changes);
  return world.say('contract', {
    message: 'ContractChanged',
    key: value.contract_id,
    says,
    issueId: value.issue_id,
    version: value.version,
    planDigest: plan,
    cites: citing(cause),
    now: Date.now(),
    value: { ...value, plan_digest: plan },
  });
}

/** Publishes a founder's decision on a contract. */
export function decide(
  world: World,
  contract: Contract,
  action: 'REJECT' | 'MODIFY',
  cause: Buffer,
  changes: readonly Change[],
): Promise<Said> {
  const now = Date.now();
  return world.say('review', {
    message: 'ReviewDecided',
    key: contract.contract_id,
    says: action,
    issueId: contract.issue_id,
    version: 1,
    planDigest: planOf(changes),
    cites: citing(cause),
    now,
    value: {
      decision_id: newId(now),
      contract_id: contract.contract_id,
      issue_id: contract.issue_id,
      origin: contract.origin,
      action: action === 'MODIFY' ? 'MODIFY_SCOPE' : action,
      actor: 'founder@local',
      on_behalf_of: null,
      session_id: 's',
      request_id: 'r',
      idempotency_key: newId(now),
      dossier_digest: null,
      version_seen: contract.version,
      reason: 'a reason that is long enough',
      clarification_request_id: null,
      modified_changes: null,
      modified_capabilities: null,
      statement: null,
      signature: null,
      key_id: null,
      attested_checks: null,
      registry_version: 5,
      health_version: 1,
      decided_at: now,
    },
  });
}

/** Waits until the service has heard a version of SYSTEM's health. */
export async function healthHeard(service: RunningService, version: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const { healthVersion } = await service.app.get(Reference).versions();
    if (healthVersion >= version) return;
    await new Promise((r) => setTimeout(r, 20));
  }
  throw new Error(`version ${version} of SYSTEM was not heard`);
}
