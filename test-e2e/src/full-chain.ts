import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type ApprovalStatement, SERVICES, type Service } from '@mandate/contracts';
import type { ContractChanged } from '@mandate/schemas';
import { claimsOf, mintJwt, reviewAudience, reviewClientId } from '../../infra/local/src/identity-provider';
import { freePorts } from '../../infra/local/src/ports';
import {
  ensureSampleTarget,
  sampleTargetFiles,
  sampleTargetHere,
  sampleTargetPart,
} from '../../infra/local/src/sample-target';
import type { ChildService } from '../../infra/local/src/testing/child';
import { type ProviderProcess, startProviderProcess } from '../../infra/local/src/testing/provider-process';
import { type Heard, World } from '../../infra/local/src/testing/world';
import { approvalRequest } from './signed-approval';

const SAMPLES = ['sample-app', 'sample-target'] as const;
const PARTS = [...SERVICES, ...SAMPLES];
type Part = (typeof PARTS)[number];
interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  output: string;
}

const ROOT = join(__dirname, '..', '..');
const READY_LIMIT_MS = 120_000;

/**
 * All eight services and the two sample systems as separate processes on a world of their own: what `npm start` runs,
 * with the services in the test's hands. Talks to them by messages and HTTP only.
 */
export class FullChain {
  private readonly parts = new Map<string, Running>();
  private readonly ports = new Map<string, number>();
  private provider: ProviderProcess | null = null;
  /** What a part is given beyond what it always is; set before it starts. */
  readonly extraEnv = new Map<string, Readonly<Record<string, string>>>();
  /** Is told what the parts print, as they print it. */
  onOutput: ((name: string, text: string) => void) | null = null;

  private constructor(readonly world: World) {}

  static async open(): Promise<FullChain> {
    const chain = new FullChain(await World.open());
    const ports = await freePorts(PARTS.length);
    for (const [i, part] of PARTS.entries()) chain.ports.set(part, ports[i] as number);
    chain.provider = await startProviderProcess(chain.pageUrl);
    const files = { dataDir: chain.world.keysDir };
    ensureSampleTarget(files, sampleTargetHere(files, chain.ports.get('sample-target') as number));
    return chain;
  }

  /** Where browsers reach the review page: by a name, since passkeys belong to one. */
  get pageUrl(): string {
    return `http://localhost:${this.ports.get('review')}`;
  }

  private get issuer(): ProviderProcess {
    if (!this.provider) throw new TypeError('the provider has not been started');
    return this.provider;
  }

  url(part: Part): string {
    return `http://127.0.0.1:${this.ports.get(part)}`;
  }

  /** Starts every part and waits until all are ready. */
  async startAll(): Promise<void> {
    for (const part of PARTS) await this.launch(part);
    await Promise.all(PARTS.map((part) => this.ready(part)));
  }

  async start(part: Part, name: string = part, env: Record<string, string> = {}): Promise<void> {
    await this.launch(part, name, env);
    await this.ready(part, name);
  }

  /** Starts a part's process; `name` tells replicas of a service apart. */
  async launch(part: Part, name: string = part, env: Record<string, string> = {}): Promise<void> {
    const port = name === part ? (this.ports.get(part) as number) : ((await freePorts(1))[0] as number);
    const program = `${isSample(part) ? 'infra' : 'services'}/${part}/dist/main.js`;
    const child = spawn(process.execPath, [join(ROOT, program)], {
      env: { ...process.env, ...(await this.environment(part, port)), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running: Running = { child, port, output: '' };
    const keep = (chunk: Buffer): void => {
      running.output = (running.output + chunk.toString()).slice(-3_000);
      this.onOutput?.(name, chunk.toString());
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    this.parts.set(name, running);
    // Who runs a service starts it again; here that is this test.
    child.once('exit', () => {
      if (this.parts.get(name) === running) setTimeout(() => void this.relaunch(running, part, name, env), 500);
    });
  }

  private async relaunch(ended: Running, part: Part, name: string, env: Record<string, string>): Promise<void> {
    if (this.parts.get(name) === ended) await this.launch(part, name, env);
  }

  /** Starts a service that will kill itself at a point of the hop once armed; the ordinary process must not run. */
  async startDoomed(service: Service, crashAt: 'committed' | 'published'): Promise<ChildService> {
    const modulePath = join(ROOT, 'services', service, 'src/app.module.ts');
    const port = this.ports.get(service) as number;
    const env = await this.environment(service, port);
    const doomed = await this.world.spawn(
      { service, modulePath, exportName: 'AppModule', crashAt, waitsForArm: true },
      env,
    );
    doomed.arm();
    return doomed;
  }

  /** Runs a service's rebuild to its end and returns what it printed. */
  async runRebuild(service: Service): Promise<string> {
    const env = { ...process.env, ...(await this.environment(service, 0)) };
    const child = spawn(process.execPath, [join(ROOT, 'services', service, 'dist/main.js'), 'rebuild'], { env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new Error(`the rebuild of ${service} ended with ${code}:\n${said}`);
    return said;
  }

  private async environment(part: Part, port: number): Promise<Record<string, string>> {
    const sampleAppUrl = this.url('sample-app');
    if (part === 'sample-target') return { ...sampleTargetPart({ dataDir: this.world.keysDir }, port).env };
    if (part === 'sample-app') return { HTTP_PORT: String(port), OFREP_URL: this.url('executor') };
    return this.world.env(part, {
      HTTP_PORT: String(port),
      LOG_LEVEL: 'warn',
      SAMPLE_APP_URL: sampleAppUrl,
      CATALOGUE_FILE: join(ROOT, 'infra/capabilities.yaml'),
      OBSERVATION_WINDOW: '5s',
      WEBHOOK_TARGETS_FILE: sampleTargetFiles({ dataDir: this.world.keysDir }).webhookTargets,
      OIDC_ISSUER: this.issuer.url,
      OIDC_AUDIENCE: reviewAudience,
      OIDC_CLIENT_ID: reviewClientId,
      OIDC_CLIENT_SECRET_FILE: this.issuer.clientSecretFile,
      PUBLIC_URL: this.pageUrl,
      RATE_SIGN_INS: '10000',
      RATE_ACTIONS: '100000',
      ...this.extraEnv.get(part),
    });
  }

  private async ready(part: Part, name: string = part): Promise<void> {
    const path = isSample(part) ? '/health' : '/health/ready';
    const until = performance.now() + READY_LIMIT_MS;
    for (;;) {
      const running = this.parts.get(name) as Running;
      const response = await fetch(`http://127.0.0.1:${running.port}${path}`).catch(() => null);
      const body = await response?.text();
      if (response?.ok || (isSample(part) && response)) return;
      if (performance.now() > until) throw new Error(`${name} is not ready: ${body}\n${running.output}`);
      await new Promise((r) => setTimeout(r, 100));
    }
  }

  /** Ends a part's process and waits until it has gone. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.parts.get(name);
    if (!running) return;
    this.parts.delete(name);
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    const ended = new Promise((r) => running.child.once('exit', r));
    running.child.kill(signal);
    await ended;
  }

  /** Headers of the founder's requests. */
  founderHeaders(): Record<string, string> {
    const request = { subject: 'founder@local', roles: ['founder'], audience: reviewAudience, ttlS: 3_600 };
    const token = mintJwt(this.issuer.key, claimsOf(this.issuer.url, request, Date.now()));
    return { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  /** The ELIGIBLE contract of a reference. */
  eligible(reference: string, limitMs = 30_000): Promise<Heard<'ContractChanged'>> {
    return this.world.next(
      'ContractChanged',
      (m) => m.value.origin.reference === reference && m.value.status === 'ELIGIBLE',
      limitMs,
    );
  }

  /** Waits for a state of a contract. */
  reaches(contractId: string, status: ContractChanged['status'], limitMs = 60_000): Promise<Heard<'ContractChanged'>> {
    return this.world.next(
      'ContractChanged',
      (m) => m.value.contract_id === contractId && m.value.status === status,
      limitMs,
    );
  }

  /** Approves over HTTP with a founder's key, the registered one unless another is given. */
  async approve(
    contract: ContractChanged,
    key: KeyObject = this.world.founderKey,
    more: Partial<ApprovalStatement> = {},
  ): Promise<{ status: number; body: { code?: string } }> {
    const base = `${this.url('review')}/api/v1/contracts/${contract.contract_id}`;
    await this.untilShown(base);
    const { ifMatch, body } = approvalRequest(contract, key, more);
    const headers = { ...this.founderHeaders(), 'idempotency-key': randomUUID(), 'if-match': ifMatch };
    const request = { method: 'POST', headers, body };
    const response = await untilAnswered(() => fetch(`${base}/approve`, request));
    return { status: response.status, body: (await response.json()) as { code?: string } };
  }

  /** Approves; right after a start or an outage health is first to be heard, and a refusal that says so is asked again. */
  async approveWhenHealthy(
    contract: ContractChanged,
    more: () => Partial<ApprovalStatement> = () => ({}),
  ): Promise<void> {
    for (const until = performance.now() + READY_LIMIT_MS; ; ) {
      const { status, body } = await this.approve(contract, this.world.founderKey, more());
      if (status <= 202) return;
      if (!body.code?.startsWith('HEALTH_') || performance.now() > until)
        throw new Error(`the approval was refused: ${JSON.stringify(body)}`);
      await new Promise((r) => setTimeout(r, 500));
    }
  }

  private async untilShown(url: string): Promise<void> {
    const until = performance.now() + 10_000;
    for (;;) {
      const response = await untilAnswered(() => fetch(url, { headers: this.founderHeaders() }));
      const text = await response.text();
      if (response.ok) return;
      if (performance.now() > until) throw new Error(`${url} answers ${response.status}: ${text}`);
      await new Promise((r) => setTimeout(r, 100));
    }
  }

  /** A key pair that no manifest knows. */
  static strangeKey(): KeyObject {
    return generateKeyPairSync('ed25519').privateKey;
  }

  async close(): Promise<void> {
    await Promise.all([...this.parts.keys()].map((name) => this.kill(name)));
    await this.provider?.stop();
    await this.world.close();
  }
}

function isSample(part: Part): part is (typeof SAMPLES)[number] {
  return SAMPLES.some((sample) => sample === part);
}

/** Sends a request again, with the same Idempotency-Key, as long as nobody answers: the service may be starting again. */
async function untilAnswered(send: () => Promise<Response>): Promise<Response> {
  for (const until = performance.now() + READY_LIMIT_MS; ; ) {
    try {
      const response = await send();
      if (response.status !== 503 || performance.now() > until) return response;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((r) => setTimeout(r, 200));
  }
}
