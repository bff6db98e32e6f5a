import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@mandate/contracts';
import type { RunningService } from '@mandate/service-kit';
import { Client } from 'pg';
import { claimsOf, mintJwt, reviewAudience, reviewClientId } from '../../../infra/local/src/identity-provider';
import { type ProviderProcess, startProviderProcess } from '../../../infra/local/src/testing/provider-process';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule as Auditor } from '../../../services/auditor/src/app.module';
import { AppModule as Contract } from '../../../services/contract/src/app.module';
import { AppModule as Eligibility } from '../../../services/eligibility/src/app.module';
import { AppModule as Executor } from '../../../services/executor/src/app.module';
import { AppModule as Ingestion } from '../../../services/ingestion/src/app.module';
import { AppModule as Review } from '../../../services/review/src/app.module';
import { AppModule as Validator } from '../../../services/validator/src/app.module';
import type { Principal, Stop } from './attack';
import { Attacker } from './attacker';
import { addOldKeys, writeCatalogue } from './catalogue';
import { type HeardContract, HonestWords } from './honest';
import { grant, RULES, type RuleId, revoke } from './rights';
import { without } from './test-build';

const TOKEN = 'a-token-of-sam';

/**
 * Seven services on a broker and databases of their own, with real rights and keys; health is played by the test. Honest
 * words come from here, dishonest ones from an `Attacker`.
 */
export class Arena extends HonestWords {
  private readonly attackers = new Map<string, Attacker>();
  private readonly databases = new Map<string, Client>();
  private readonly ports = new Map<Service, number>();

  private constructor(
    world: World,
    private readonly provider: ProviderProcess,
  ) {
    super(world);
  }

  static async open(): Promise<Arena> {
    const [world, provider] = await Promise.all([World.open(), startProviderProcess('http://localhost:1')]);
    const arena = new Arena(world, provider);
    try {
      await arena.start();
      return arena;
    } catch (error) {
      await arena.close();
      throw error;
    }
  }

  private async start(): Promise<void> {
    const { world, provider } = this;
    const operators = join(world.servers.dir, 'operators.json');
    const token = createHash('sha256').update(TOKEN).digest('hex');
    writeFileSync(operators, JSON.stringify([{ token_sha256: token, operator: 'sam' }]));
    const CATALOGUE_FILE = writeCatalogue(world);
    addOldKeys(world);
    await this.health('HEALTHY');
    const common = { OPERATOR_TOKENS_FILE: operators };
    const run = async (service: Service, module: Parameters<World['start']>[1], extra: { [name: string]: string }) => {
      const running: RunningService = await world.start(service, module, { ...common, ...extra });
      this.ports.set(service, running.port);
    };
    await Promise.all([
      run('executor', Executor, { CATALOGUE_FILE, SAMPLE_APP_URL: 'http://127.0.0.1:9', JOB_RECHECK: '50ms' }),
      run('contract', Contract, { ACTIVATION_POLL: '50ms' }),
      run('auditor', Auditor, { AUDIT_WAIT: '1s', AUDIT_RETRY: '500ms' }),
      run('eligibility', Eligibility, { WAITING_POLL: '50ms' }),
      run('validator', Validator, {}),
      run('ingestion', Ingestion, {}),
      run('review', Review, {
        OIDC_ISSUER: provider.url,
        OIDC_AUDIENCE: reviewAudience,
        OIDC_CLIENT_ID: reviewClientId,
        OIDC_CLIENT_SECRET_FILE: provider.clientSecretFile,
        RATE_ACTIONS: '100000',
        ACTION_WAIT: '5s',
      }),
    ]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.databases.values()].map((c) => c.end()));
    await this.world.close();
    await this.provider.stop();
  }

  /** What a principal can do with what it holds. A broker in the middle may write anywhere, and has no key. */
  by(principal: Principal, keyName: string = principal): Attacker {
    const user = principal === 'broker' ? 'admin' : principal;
    const known = this.attackers.get(keyName) ?? new Attacker(this.world, user, keyName);
    this.attackers.set(keyName, known);
    return known;
  }

  /** Takes away what stops an attack while `work` runs. */
  async withoutAll<T>(stops: readonly Stop[], principal: Principal, work: () => Promise<T>): Promise<T> {
    const rights = stops.filter((s): s is `acl:${string}` => s.startsWith('acl:'));
    const grants = stops.filter((s): s is `grant:${string}` => s.startsWith('grant:'));
    const rules = stops.filter((s): s is `rule:${RuleId}` => s.startsWith('rule:'));
    const code = stops.filter((s) => !s.includes(':')) as Parameters<typeof without>[0];
    const topics = rights.map((r) => r.slice('acl:'.length));
    for (const topic of topics) await grant(this.world, principal, topic);
    for (const g of grants) await this.right(principal, 'GRANT', g.slice('grant:'.length));
    for (const rule of rules) await this.rule(rule.slice('rule:'.length) as RuleId, 'off');
    try {
      return await without(code, work);
    } finally {
      for (const rule of rules) await this.rule(rule.slice('rule:'.length) as RuleId, 'on');
      for (const topic of topics) await revoke(this.world, principal, topic);
      for (const g of grants) await this.right(principal, 'REVOKE', g.slice('grant:'.length));
    }
  }

  private async rule(id: RuleId, way: 'off' | 'on'): Promise<void> {
    const { service } = RULES[id];
    for (const sql of RULES[id][way]) await this.rows(service, sql);
  }

  private async right(principal: Principal, verb: 'GRANT' | 'REVOKE', what: string): Promise<void> {
    const { name } = await this.world.database(principal as Service);
    const word = verb === 'GRANT' ? 'TO' : 'FROM';
    await this.rows(principal as Service, `${verb} ${what} ${word} ${name}`);
  }

  /** Asks a service's database as its owner. */
  async rows<T = { [column: string]: unknown }>(service: Service, sql: string, values: unknown[] = []): Promise<T[]> {
    return (await (await this.client(service, 'ownerUrl')).query(sql, values)).rows as T[];
  }

  /** Asks a service's database as the service, as a thief of its password would. */
  async asRole<T = { [column: string]: unknown }>(service: Service, sql: string, values: unknown[] = []): Promise<T[]> {
    return (await (await this.client(service, 'url')).query(sql, values)).rows as T[];
  }

  private async client(service: Service, as: 'url' | 'ownerUrl'): Promise<Client> {
    const name = `${service} ${as}`;
    const known = this.databases.get(name);
    if (known) return known;
    const client = new Client({ connectionString: (await this.world.database(service))[as] });
    this.databases.set(name, client);
    await client.connect();
    return client;
  }

  url(service: Service): string {
    return `http://127.0.0.1:${this.ports.get(service)}`;
  }

  readonly operator = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

  /** Headers of a founder's session; a session holds no key. */
  session(subject = 'founder@local'): { [name: string]: string } {
    const who = { subject, roles: ['founder'], audience: reviewAudience, ttlS: 3_600 };
    const token = mintJwt(this.provider.key, claimsOf(this.provider.url, who, Date.now()));
    return { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  /** What the registry holds: the size of a contract's capability, 1 where nobody changed it. */
  async size(of: HeardContract | string): Promise<number> {
    const capability = typeof of === 'string' ? of : of.value.affected_capabilities[0];
    const [row] = await this.rows<{ size: number }>(
      'executor',
      `SELECT ("values" ->> 'size')::int AS size FROM capabilities WHERE capability = $1`,
      [capability],
    );
    return row?.size ?? Number.NaN;
  }

  async status(contractId: string): Promise<string | undefined> {
    const [row] = await this.rows<{ status: string }>(
      'contract',
      'SELECT status FROM contracts WHERE contract_id = $1',
      [contractId],
    );
    return row?.status;
  }

  /** Says health of SYSTEM and waits until a service has heard it. */
  async healthHeard(service: Service, state: 'HEALTHY' | 'UNHEALTHY', validForMs?: number): Promise<number> {
    const version = await this.health(state, validForMs);
    const sql = "SELECT 1 FROM ref_health WHERE scope = 'SYSTEM' AND version >= $1";
    const isHeard = async () => (await this.rows(service, sql, [version])).length > 0;
    await this.until(`${service} hears of health`, isHeard, () => null);
    return version;
  }

  /** What the auditor has found, newest first. */
  async findings(): Promise<readonly { readonly kind: string; readonly sentence: string }[]> {
    const response = await fetch(`${this.url('auditor')}/api/v1/findings`, { headers: this.operator });
    return ((await response.json()) as { findings: { kind: string; sentence: string }[] }).findings;
  }

  /** How many messages failed the authority check of a service, by code. */
  async violations(service: Service): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.url(service)}/metrics`)).text();
    const lines = text.matchAll(/^mandate_authority_violations_total\{[^}]*code="(\w+)"[^}]*\} (\d+)/gm);
    return new Map([...lines].map(([, code, count]) => [code as string, Number(count)]));
  }

  /** Why messages of a key were set aside or parked, in whichever service. */
  setAside(key: string, topic?: string): string[] {
    const about = this.world.all('DeadLetter').filter((m) => m.value.key?.toString() === key);
    return about.filter((m) => topic === undefined || m.value.topic === topic).map((m) => m.value.code);
  }

  /** Codes that the contract service recorded on a contract: refusals and waits. */
  async recorded(contractId: string): Promise<string[]> {
    const rows = await this.rows<{ code: string }>(
      'contract',
      'SELECT code FROM contract_transitions WHERE contract_id = $1 AND code IS NOT NULL',
      [contractId],
    );
    return rows.map((r) => r.code);
  }

  /** Codes of a contract's jobs. */
  async jobCodes(contractId: string): Promise<string[]> {
    const rows = await this.rows<{ code: string | null }>('executor', 'SELECT code FROM jobs WHERE contract_id = $1', [
      contractId,
    ]);
    return rows.flatMap((r) => r.code ?? []);
  }

  /** What becomes of an order to the executor: the change, or why not. */
  order(contract: HeardContract): { happened(): Promise<boolean>; reasons(): Promise<string[]> } {
    return {
      happened: async () => (await this.size(contract)) !== 1,
      reasons: async () => [...this.setAside(contract.key), ...(await this.jobCodes(contract.key))],
    };
  }

  async until(
    what: string,
    isTrue: () => Promise<boolean> | boolean,
    seen: () => unknown,
    limitMs = 60_000,
  ): Promise<void> {
    const until = performance.now() + limitMs;
    while (!(await isTrue())) {
      if (performance.now() > until)
        throw new Error(`${what}: not within ${limitMs} ms; ${JSON.stringify(await seen())}`);
      await new Promise((r) => setTimeout(r, 20));
    }
  }
}
