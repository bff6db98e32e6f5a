import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, changeFromWire, changeToWire } from '@mandate/contracts';
import type { ContractChanged, ReviewDecided } from '@mandate/schemas';
import { citing } from '@mandate/service-kit';
import type { Heard } from '../../infra/local/src/testing/world';
import type { FullChain } from './full-chain';

const TOKEN = 'a-token-of-sam';

/** Contracts that end in every way, and what the auditor proves of them. */
export class ProofStories {
  /** Name of a story → its contract. */
  readonly contracts = new Map<string, string>();

  constructor(private readonly chain: FullChain) {}

  /** Starts everything, with an operator whom the auditor knows. */
  async start(): Promise<void> {
    const tokens = join(this.chain.world.servers.dir, 'operators.json');
    const digest = createHash('sha256').update(TOKEN).digest('hex');
    writeFileSync(tokens, JSON.stringify([{ token_sha256: digest, operator: 'sam' }]));
    await this.chain.startAll();
    await this.chain.kill('auditor', 'SIGTERM');
    await this.chain.start('auditor', 'auditor', { OPERATOR_TOKENS_FILE: tokens });
  }

  /** A change that completes, one that is undone, one that is rejected, and one that is modified and then completes. */
  async tell(): Promise<void> {
    const { chain } = this;
    const completed = await this.eligible('GOOD-1', 'API rate limit', 'raise the API rate limit from 100 to 160');
    await chain.approveWhenHealthy(completed.value);
    const undone = await this.eligible('HARM-1', 'Search depth', 'raise the search depth from 3 to 12');
    await chain.approveWhenHealthy(undone.value);
    const rejected = await this.eligible('NO-1', 'Session lifetime', 'set the session lifetime to 61 minutes');
    await this.reject(rejected.value);
    const modified = await this.eligible(
      'LESS-1',
      'Bulk export',
      'raise the row limit of bulk export from 10000 to 20000',
    );
    const revision = await this.modify(modified);
    await chain.approveWhenHealthy(revision.value);
    await chain.reaches(rejected.value.contract_id, 'REJECTED');
    await chain.reaches(completed.value.contract_id, 'COMPLETED', 90_000);
    await chain.reaches(revision.value.contract_id, 'COMPLETED', 90_000);
    await chain.world.next(
      'IncidentChanged',
      (m) => m.value.contract_id === undone.value.contract_id && m.value.state === 'ROLLED_BACK',
      90_000,
    );
    const stories = { completed, undone, rejected, superseded: modified, revision };
    for (const [name, { value }] of Object.entries(stories)) this.contracts.set(name, value.contract_id);
  }

  private async eligible(reference: string, subject: string, wish: string): Promise<Heard<'ContractChanged'>> {
    await this.chain.world.issue({ reference, subject, body: `Please ${wish}.` });
    return this.chain.eligible(reference);
  }

  private async reject({ contract_id, dossier_digest }: ContractChanged): Promise<void> {
    const request = {
      method: 'POST',
      headers: {
        ...this.chain.founderHeaders(),
        'idempotency-key': randomUUID(),
        'if-match': `"${dossier_digest.toString('hex')}"`,
      },
      body: JSON.stringify({ reason: 'not in this quarter, please' }),
    };
    for (const until = performance.now() + 10_000; ; ) {
      const response = await fetch(`${this.chain.url('review')}/api/v1/contracts/${contract_id}/reject`, request);
      if (response.status <= 202) return;
      // Review may not have heard of the contract yet.
      if (response.status !== 404 || performance.now() > until)
        throw new Error(`the rejection was refused: ${await response.text()}`);
      await new Promise((r) => setTimeout(r, 200));
      request.headers['idempotency-key'] = randomUUID();
    }
  }

  /** Half of what was asked for, as the founder would say it; returns the revision once it is ELIGIBLE. */
  private async modify(contract: Heard<'ContractChanged'>): Promise<Heard<'ContractChanged'>> {
    const [change] = contract.value.proposed_changes.map(changeFromWire);
    const modified = halved(change as Change);
    const { world } = this.chain;
    await world.say('review', {
      message: 'ReviewDecided',
      key: contract.key,
      says: 'MODIFY',
      issueId: contract.value.issue_id,
      version: 1,
      planDigest: contract.value.plan_digest,
      cites: citing(contract),
      now: Date.now(),
      value: { ...decision(contract.value), modified_changes: [changeToWire(modified)] },
    });
    return world.next(
      'ContractChanged',
      (m) => m.value.parent_contract_id === contract.value.contract_id && m.value.status === 'ELIGIBLE',
      60_000,
    );
  }

  /** What the auditor found that must not be, in words. */
  async findings(): Promise<readonly string[]> {
    const url = `${this.chain.url('auditor')}/api/v1/findings`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });
    const { findings } = (await response.json()) as { findings: readonly { readonly sentence: string }[] };
    return findings.map((f) => f.sentence);
  }

  /** The proof file of a story, once the auditor has heard all of it: asked again until nothing is added. */
  async proof(name: string): Promise<string> {
    const url = `${this.chain.url('auditor')}/api/v1/contracts/${this.contracts.get(name)}/proof`;
    for (let [before, rounds] = [-1, 0]; ; rounds++) {
      const response = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });
      const text = await response.text();
      if (rounds > 30) throw new Error(`no proof of ${name}: ${response.status} ${text.slice(0, 500)}`);
      const count = response.ok ? (JSON.parse(text) as { records: unknown[] }).records.length : -1;
      if (count > 0 && count === before) return text;
      before = count;
      await new Promise((r) => setTimeout(r, 1_000));
    }
  }
}

function halved(change: Change): Change {
  if (change.kind !== 'configuration_update') throw new TypeError(`a ${change.kind} cannot be halved`);
  const { setting } = change;
  return { ...change, setting: { ...setting, new: ((setting.new as number) + (setting.old as number)) / 2 } };
}

function decision(contract: ContractChanged): ReviewDecided {
  return {
    decision_id: randomUUID(),
    contract_id: contract.contract_id,
    issue_id: contract.issue_id,
    origin: contract.origin,
    action: 'MODIFY_SCOPE',
    actor: 'founder@local',
    on_behalf_of: null,
    session_id: 'e2e',
    request_id: 'e2e',
    idempotency_key: randomUUID(),
    dossier_digest: contract.dossier_digest,
    version_seen: contract.version,
    reason: 'half of it first',
    clarification_request_id: null,
    modified_changes: null,
    modified_capabilities: contract.affected_capabilities,
    statement: null,
    signature: null,
    key_id: null,
    attested_checks: null,
    registry_version: contract.registry_version,
    health_version: contract.health_version,
    decided_at: Date.now(),
  };
}
