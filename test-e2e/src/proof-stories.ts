import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApprovalStatement, type FounderKey, SERVICES, statementBytes } from '@mandate/contracts';
import type { ContractChanged } from '@mandate/schemas';
import type { Heard } from '../../infra/local/src/testing/world';
import { Authenticator } from '../../services/review/test/authenticator';
import { CommandLine } from './command-line';
import type { FullChain } from './full-chain';

const DAY_MS = 86_400_000;

type Contract = Heard<'ContractChanged'>;

/** Contracts that end in every way, and what the auditor proves of them. */
export class ProofStories {
  /** Name of a story → its contract. */
  readonly contracts = new Map<string, string>();
  private founder: CommandLine | null = null;

  constructor(private readonly chain: FullChain) {}

  get commandLine(): CommandLine {
    if (!this.founder) throw new TypeError('the stories have not been started');
    return this.founder;
  }

  /** Starts everything, with an operator whom the services know, and an auditor that does not wait long. */
  async start(): Promise<void> {
    const { chain } = this;
    chain.extraEnv.set('auditor', { AUDIT_WAIT: '5s', AUDIT_RETRY: '500ms', CHECKPOINT_EVERY: '1s' });
    CommandLine.prepare(chain);
    await chain.startAll();
    this.founder = await CommandLine.of(chain);
  }

  /**
   * Changes that complete (one approved with a passkey, one attested), that are undone, rejected, modified, withdrawn by their
   * CRM, that wait for an answer; an issue that may not become one; a signal raised and lifted.
   */
  async tell(): Promise<void> {
    const { chain, commandLine: founder } = this;
    const completed = await this.eligible('GOOD-1', 'API rate limit', 'raise the API rate limit from 100 to 160');
    await this.approveWithPasskey(completed.value);
    const undone = await this.eligible('HARM-1', 'Search depth', 'raise the search depth from 3 to 12');
    await founder.done('approve', undone.value.contract_id, '--yes');
    const rejected = await this.eligible('NO-1', 'Session lifetime', 'set the session lifetime to 61 minutes');
    await founder.done('reject', rejected.value.contract_id, '--reason', 'not in this quarter, please');
    const modified = await this.eligible('LESS-1', 'Exports', 'raise the row limit of bulk export from 10000 to 20000');
    const revision = await this.modify(modified.value);
    await founder.done('approve', revision.value.contract_id, '--yes');
    const attested = await this.attested(undone.value.contract_id);
    const [waiting, withdrawn] = [await this.waiting(), await this.withdrawn()];
    await this.beside();
    await chain.reaches(completed.value.contract_id, 'COMPLETED', 90_000);
    await chain.reaches(revision.value.contract_id, 'COMPLETED', 90_000);
    const stories = { completed, undone, rejected, superseded: modified, revision, attested, waiting, withdrawn };
    for (const [name, { value }] of Object.entries(stories)) this.contracts.set(name, value.contract_id);
  }

  /** The founder closes the incident of the change that was undone. */
  async resolve(): Promise<void> {
    const id = this.contracts.get('undone') as string;
    const { incident_id } = this.chain.world.all('IncidentChanged').find((m) => m.key === id)?.value ?? {};
    const reason = 'The search is as it was, and nobody waits for it.';
    await this.commandLine.done('acknowledge', String(incident_id), '--note', 'We look into it.');
    await this.commandLine.done('resolve', String(incident_id), '--reason', reason);
    await this.chain.world.next('IncidentChanged', (m) => m.key === id && m.value.state === 'RESOLVED', 30_000);
  }

  /**
   * Ends every service, so that nothing is said any more: health first, which alone speaks without being asked, the others
   * once they have heard what it said last.
   */
  async end(): Promise<void> {
    await this.chain.kill('health', 'SIGTERM');
    await this.commandLine.done('audit', '--settle', '30s');
    for (const part of SERVICES) await this.chain.kill(part, 'SIGTERM');
  }

  private async eligible(reference: string, subject: string, wish: string): Promise<Contract> {
    await this.chain.world.issue({ reference, subject, body: `Please ${wish}.` });
    return this.chain.eligible(reference, 60_000);
  }

  /** A founder's passkey, in the manifest since just now. */
  private async approveWithPasskey(contract: ContractChanged): Promise<void> {
    const { chain } = this;
    const passkey = new Authenticator(chain.pageUrl);
    const { hostname: rp_id, origin } = new URL(chain.pageUrl);
    const public_key = passkey.spki.toString('base64');
    await this.enrol({ founder: 'founder@local', key_id: passkey.keyId, kind: 'passkey', public_key, rp_id, origin });
    const url = `${chain.url('review')}/api/v1/contracts/${contract.contract_id}/approve`;
    for (const until = performance.now() + 60_000; ; ) {
      const text = statementBytes(statementOf(contract)).toString();
      const headers = { ...chain.founderHeaders(), 'idempotency-key': randomUUID() };
      const body = JSON.stringify({ statement: text, signature: passkey.sign(text), key_id: passkey.keyId });
      const ifMatch = { 'if-match': `"${contract.dossier_digest.toString('hex')}"` };
      const response = await fetch(url, { method: 'POST', headers: { ...headers, ...ifMatch }, body });
      if (response.status <= 202) return;
      if (performance.now() > until) throw new Error(`the passkey's approval was refused: ${await response.text()}`);
      await new Promise((r) => setTimeout(r, 300));
    }
  }

  /** As the holder of the root key does. */
  private async enrol(entry: FounderKey): Promise<void> {
    const { keysDir } = this.chain.world;
    const at = (name: string): string => join(keysDir, name);
    writeFileSync(at('passkey.json'), JSON.stringify(entry));
    const keys = ['--root-key', at('root.pem'), '--manifest', at('authority.json'), '--entry', at('passkey.json')];
    await this.commandLine.done('keys', 'enrol-founder', ...keys, '--yes');
  }

  /** Half of what was asked for; returns the revision once it is ELIGIBLE. */
  private async modify(contract: ContractChanged): Promise<Contract> {
    const { contract_id: id } = contract;
    await this.commandLine.done('modify', id, '--set', 'bulk_export#rows_max=15000', '--reason', 'half of it first');
    return this.chain.world.next(
      'ContractChanged',
      (m) => m.value.parent_contract_id === id && m.value.status === 'ELIGIBLE',
      60_000,
    );
  }

  /**
   * A change whose audit cannot judge the gate's verdict again, since the gate has gone over to rules that nobody told the
   * auditor of: the founder attests that. Begins once the other change of health has been undone.
   */
  private async attested(undoneId: string): Promise<Contract> {
    const { chain, commandLine: founder } = this;
    const { world } = chain;
    await world.next('IncidentChanged', (m) => m.key === undoneId && m.value.state === 'ROLLED_BACK', 120_000);
    const rules = join(world.keysDir, 'rules.yaml');
    writeFileSync(rules, 'rival_window: 1h\n');
    await chain.kill('eligibility', 'SIGTERM');
    await chain.start('eligibility', 'eligibility', { RULES_FILE: rules });
    const contract = await this.eligible(
      'ATTEST-1',
      'Bursts',
      'raise the burst size of the API rate limit from 20 to 40',
    );
    const id = contract.value.contract_id;
    await founder.done('approve', id, '--yes');
    const isAsked = (m: Heard<'AuditConcluded'>): boolean => m.key === id && m.value.attempt >= 2;
    const { value: audit } = await world.next('AuditConcluded', isAsked, 120_000);
    const reason = 'The rules of that day are in our records, and they hold.';
    await founder.done('attest', audit.audit_id, '--check', 'ELIGIBILITY', '--reason', reason);
    await chain.reaches(id, 'COMPLETED', 60_000);
    return contract;
  }

  /** A contract whose requestor was asked and answered, which still waits for its founder. */
  private async waiting(): Promise<Contract> {
    const { world } = this.chain;
    const contract = await this.eligible('ASK-1', 'Session lifetime', 'set the session lifetime to 90 minutes');
    const id = contract.value.contract_id;
    await this.commandLine.done('note', id, '--note', 'Who asks for this?');
    await this.commandLine.done('clarify', id, '--question', 'For all clerks, or for some of them?');
    const isAsked = (m: Contract): boolean => m.key === id && m.value.clarification !== null;
    const { value } = await world.next('ContractChanged', isAsked, 30_000);
    const request = value.clarification?.request_id ?? null;
    await world.issue({
      reference: 'ASK-1',
      kind: 'CLARIFICATION',
      idempotency_key: 'ASK-1/1',
      clarification_request_id: request,
      subject: '',
      body: 'For all.',
    });
    await world.next('ContractChanged', (m) => m.key === id && m.value.clarification?.answer === 'For all.', 30_000);
    return contract;
  }

  /** A contract whose CRM withdraws it. */
  private async withdrawn(): Promise<Contract> {
    const contract = await this.eligible('GONE-1', 'Parcel notices', 'raise the notices per parcel from 3 to 4');
    await this.chain.world.issue({
      reference: 'GONE-1',
      kind: 'CANCELLATION',
      idempotency_key: 'GONE-1/1',
      subject: '',
      body: 'No longer wanted.',
    });
    await this.chain.reaches(contract.value.contract_id, 'REJECTED', 30_000);
    return contract;
  }

  /** Issues of which no contract comes, and a signal that nobody waits for. */
  private async beside(): Promise<void> {
    const { world } = this.chain;
    await world.issue({
      reference: 'THANKS-1',
      subject: 'Great product',
      body: 'I just wanted to say thank you, everything works well.',
    });
    await world.issue({
      reference: 'DOWN-1',
      subject: 'Production is down',
      body: 'URGENT: the whole site is down for all customers, call me back at once!',
    });
    const signal = JSON.parse(
      await this.commandLine.done('signal', 'raise', 'parcel_notices', '--reason', 'The carrier moves.'),
    ) as { signal_id: string };
    await this.commandLine.done('signal', 'lift', signal.signal_id, '--reason', 'It has moved.');
    for (const reference of ['THANKS-1', 'DOWN-1'])
      await world.next('EligibilityJudged', (m) => m.value.origin.reference === reference, 30_000);
  }

  /** What the auditor found that must not be, in words. */
  async findings(): Promise<readonly string[]> {
    const { chain } = this;
    const headers = { authorization: 'Bearer a-token-of-sam' };
    const response = await fetch(`${chain.url('auditor')}/api/v1/findings`, { headers });
    const { findings } = (await response.json()) as { findings: readonly { readonly sentence: string }[] };
    return findings.map((f) => f.sentence);
  }

  /** The proof file of a story, once the auditor has heard all of it: asked again until nothing is added. */
  async proof(name: string): Promise<string> {
    for (let [before, rounds] = [-1, 0]; ; rounds++) {
      const { code, out, err } = await this.commandLine.call('prove', this.contracts.get(name) ?? '', '--out', '-');
      if (rounds > 30) throw new Error(`no proof of ${name}: ${code} ${err}`);
      const count = code === 0 ? (JSON.parse(out) as { records: unknown[] }).records.length : -1;
      if (count > 0 && count === before) return out;
      before = count;
      await new Promise((r) => setTimeout(r, 1_000));
    }
  }
}

function statementOf(contract: ContractChanged): ApprovalStatement {
  const now = Date.now();
  return {
    format: 'mandate-approval-v1',
    purpose: 'APPROVE',
    contract_id: contract.contract_id,
    dossier_digest: contract.dossier_digest.toString('hex'),
    plan_digest: contract.plan_digest.toString('hex'),
    window_start: now,
    window_end: now + DAY_MS,
    constraints: contract.constraints,
    founder: 'founder@local',
    session_id: 'e2e',
    nonce: randomUUID(),
    not_after: now + 300_000,
  };
}
