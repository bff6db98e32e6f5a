import { changeToWire, encodeLink, encodeMandate, newId, planDigest, sha256, ZERO_DIGEST } from '@mandate/contracts';
import { type Messages } from '@mandate/schemas';
import { citing, citingOutside, Database, type RunningService } from '@mandate/service-kit';
import { rateLimitChange, type Said, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';

const TEXT = 'Please raise the API rate limit from 100 to 200 per minute.';
let world: World;
let service: RunningService;

beforeAll(async () => {
  world = await World.open();
  await world.seed();
  service = await world.start('validator', AppModule);
}, 60_000);
afterAll(() => world?.close());

const originOf = (reference: string): Messages['IssueReceived']['origin'] => ({
  source: 'support_ticket',
  source_system: 'desk',
  reference,
  submitter: null,
  tenant: null,
  received_at: Date.now(),
});

async function receive(body = TEXT, subject = 'API rate limit'): Promise<{ issueId: string; said: Said }> {
  const now = Date.now();
  const issueId = newId(now);
  const said = await world.say('ingestion', {
    message: 'IssueReceived',
    key: issueId,
    says: 'RECEIVED',
    issueId,
    version: 1,
    planDigest: null,
    cites: citingOutside(sha256(body)),
    now,
    value: {
      issue_id: issueId,
      origin: originOf(issueId),
      idempotency_key: issueId,
      subject,
      body,
      hints: { severity: null, capabilities: [], change: null },
      payload_digest: sha256(body),
      recurrence_of: null,
      related_to: null,
      follows: null,
      status: 'RECEIVED',
      received_at: now,
    },
  });
  return { issueId, said };
}

/** Publishes bytes as ingestion's own, with a link made for them. Returns the key. */
async function poison(value: Buffer): Promise<string> {
  const now = Date.now();
  const issueId = newId(now);
  const key = Buffer.from(issueId);
  const link = encodeLink({
    writer: 'ingestion',
    type: 'IssueReceived',
    says: 'RECEIVED',
    messageId: newId(now),
    issueId,
    subject: sha256(key),
    version: 1,
    time: now,
    valueDigest: sha256(value),
    planDigest: ZERO_DIGEST,
    causeDigest: sha256('a CRM'),
  });
  const mandate = encodeMandate({ own: { link, proof: null }, cause: null, may: null, approve: null });
  await world.publish('ingestion', { topic: 'mandate.issues.v1', key, value, mandate, headers: {} });
  return issueId;
}

const proposalOf = (issueId: string, revision = 0) =>
  world.next('ProposalMade', (m) => m.value.issue_id === issueId && m.value.revision === revision);

describe('an issue', () => {
  it('VAL-001, VAL-002: is proposed by its words and the registry alone, the same each time, with the version', async () => {
    const [first, second] = [await receive(), await receive()];
    const [a, b] = [await proposalOf(first.issueId), await proposalOf(second.issueId)];

    expect(a.value).toMatchObject({
      contract_id: null,
      revision: 0,
      title: 'API rate limit',
      issue_type: 'configuration_change',
      recommended_action: 'create_contract',
      affected_capabilities: ['api_rate_limit'],
      registry_version: 6,
    });
    expect(a.value.suggested_changes).toEqual([changeToWire(rateLimitChange())]);
    expect(a.value.validator_version).toMatch(/^\d+\.\d+\.\d+$/);
    const { issue_id: _a, origin: _b, ...sameA } = a.value;
    const { issue_id: _c, origin: _d, ...sameB } = b.value;
    expect(sameB).toEqual(sameA);
  });

  it('CHAIN-002: is cited by its proposal, which is for the plan it suggests', async () => {
    const { issueId } = await receive();
    const { link, key } = await proposalOf(issueId);
    expect(key).toBe(issueId);
    expect(link).toMatchObject({ type: 'ProposalMade', says: 'PROPOSED', version: 1, issueId });
    const plan = { changes: [rateLimitChange()], affected_capabilities: ['api_rate_limit'] };
    expect(link?.planDigest).toEqual(planDigest(plan));
  });

  it('VAL-004: that says nothing is deferred, not dropped', async () => {
    const { issueId } = await receive('Hello there', 'Hi');
    const { value } = await proposalOf(issueId);
    expect(value).toMatchObject({ issue_type: 'unknown', recommended_action: 'defer', suggested_changes: [] });
  });

  it('VAL-001: what it was found to be is written once', async () => {
    const database = service.app.get(Database);
    await expect(database.rows(`UPDATE originals SET severity = 'low'`)).rejects.toThrow('permission denied');
    await expect(database.rows('DELETE FROM originals')).rejects.toThrow('permission denied');
  });

  it('FLOW-002: delivered twice is proposed once', async () => {
    const { issueId, said } = await receive();
    await world.send('ingestion', said.topic, said.key, said.value, { mandate: said.mandate });
    await proposalOf(issueId);
    await proposalOf((await receive()).issueId); // another partition may still be behind
    await new Promise((r) => setTimeout(r, 500));
    expect(world.all('ProposalMade').filter((m) => m.value.issue_id === issueId)).toHaveLength(1);
  });

  it('FLOW-004: that is not Avro is parked and blocks no other key', async () => {
    const poisoned = await poison(Buffer.from('not avro'));
    const letter = await world.next('DeadLetter', (m) => m.key === poisoned);
    expect(letter.value).toMatchObject({ kind: 'PARKED', code: 'UNDECODABLE' });
    await proposalOf((await receive()).issueId);
  });
});

/** What the contract service says when a founder modifies: the issue's MAY, its contract, the decision, the DRAFT. */
async function revise(issueId: string, proposal: { value: Messages['ProposalMade']; bytes: Buffer; mandate: Buffer }) {
  const now = Date.now();
  const parent = newId(now);
  const plan = (value: number) => ({ changes: [rateLimitChange(value)], affected_capabilities: ['api_rate_limit'] });
  const common = { issue_id: issueId, origin: proposal.value.origin, registry_version: 6, health_version: 1 };
  const verdict = await world.say('eligibility', {
    message: 'EligibilityJudged',
    key: issueId,
    says: 'MAY',
    issueId,
    version: 1,
    planDigest: planDigest(plan(200)),
    cites: citing(proposal),
    now,
    value: {
      ...common,
      contract_id: null,
      revision: 0,
      proposal: proposal.bytes,
      verdict: 'MAY',
      first_failing_rule: null,
      rules: [],
      facts: '{}',
      retry_helps: false,
      retry_at: null,
      rules_version: 'test',
      judged_at: now,
    },
  });
  const contract = (
    id: string,
    value: number,
    more: Partial<Messages['ContractChanged']>,
  ): Messages['ContractChanged'] => ({
    ...common,
    contract_id: id,
    from_version: 0,
    version: 3,
    changes: [],
    status: 'ELIGIBLE',
    status_reason: null,
    title: proposal.value.title,
    revision: 0,
    parent_contract_id: null,
    successor_contract_id: null,
    proposed_changes: [changeToWire(rateLimitChange(value))],
    affected_capabilities: ['api_rate_limit'],
    risk_level: 'medium',
    health_impact: { estimate: 'unknown', completed: 0, failed: 0, reason: '' },
    payload_digest: proposal.value.payload_digest,
    verdict: verdict.value,
    plan_digest: planDigest(plan(value)),
    dossier_digest: Buffer.alloc(32),
    constraints: { max_duration_ms: 1, step_timeout_ms: 1, steps_per_minute: 1, allowed_targets: [] },
    created_at: now,
    expires_at: now + 1,
    ttl_paused_at: null,
    ttl_ledger: [],
    clarification: null,
    approval: null,
    waiting: null,
    since_approval: [],
    audit_verdict: null,
    changed_at: now,
    ...more,
  });
  const eligible = await world.say('contract', {
    message: 'ContractChanged',
    key: parent,
    says: 'ELIGIBLE',
    issueId,
    version: 3,
    planDigest: planDigest(plan(200)),
    cites: citing(verdict),
    now,
    value: contract(parent, 200, {}),
  });
  const modify = await world.say('review', {
    message: 'ReviewDecided',
    key: parent,
    says: 'MODIFY',
    issueId,
    version: 1,
    planDigest: planDigest(plan(200)),
    cites: citing(eligible),
    now,
    value: {
      ...common,
      decision_id: newId(now),
      contract_id: parent,
      action: 'MODIFY_SCOPE',
      actor: 'founder@local',
      on_behalf_of: null,
      session_id: 's',
      request_id: 'r',
      idempotency_key: 'k',
      dossier_digest: null,
      version_seen: 3,
      reason: null,
      clarification_request_id: null,
      modified_changes: [changeToWire(rateLimitChange(150))],
      modified_capabilities: ['api_rate_limit'],
      statement: null,
      signature: null,
      key_id: null,
      attested_checks: null,
      decided_at: now,
    },
  });
  const draft = newId(now);
  await world.say('contract', {
    message: 'ContractChanged',
    key: draft,
    says: 'DRAFT',
    issueId,
    version: 1,
    planDigest: planDigest(plan(150)),
    cites: citing(modify),
    now,
    value: contract(draft, 150, {
      status: 'DRAFT',
      version: 1,
      revision: 1,
      parent_contract_id: parent,
      verdict: null,
    }),
  });
  return { parent, draft };
}

describe('a revision', () => {
  it("is proposed with the founder's changes, and type and severity of the original issue", async () => {
    const { issueId } = await receive('The API rate limit is urgent: raise it from 100 to 200 per minute.');
    const original = await proposalOf(issueId);
    const { draft } = await revise(issueId, original);

    const revised = await proposalOf(issueId, 1);
    expect(revised.value).toMatchObject({
      contract_id: draft,
      revision: 1,
      issue_type: original.value.issue_type,
      severity: original.value.severity,
      suggested_changes: [changeToWire(rateLimitChange(150))],
    });
    expect(revised.link).toMatchObject({ version: 2, issueId });
  });

  it('and nothing else that happens to a contract is', () => {
    expect(world.all('ContractChanged').length).toBeGreaterThan(1);
    expect(world.all('ProposalMade').filter((m) => m.value.contract_id !== null)).toHaveLength(1);
  });
});
