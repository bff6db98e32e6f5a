import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Change,
  checkAuthority,
  decodeMandate,
  encodeMandate,
  kafkaAcls,
  kafkaTopics,
  keyIdOf,
  type Link,
  type LinkedName,
  MANDATE_HEADER,
  type Manifest,
  rawPublicKey,
  SERVICES,
  type Service,
  sha256,
  signManifest,
  topicOf,
} from '@mandate/contracts';
import { decode, encode, type MessageName, type Messages } from '@mandate/schemas';
import {
  citingNothing,
  citingOutside,
  Keyring,
  type KitOverrides,
  migrate,
  type Outgoing,
  type RunningService,
  type Saying,
  say,
  startService,
} from '@mandate/service-kit';
import type { Consumer, Producer } from 'kafkajs';
import { parse } from 'yaml';
import { repositoryDir } from '../paths';
import { ChildService } from './child';
import type { ChildOrder } from './child-service';
import { startOwnServers, type TestServers } from './servers';

/** A message as an outside observer heard it. */
export interface Heard<N extends MessageName> {
  readonly topic: string;
  readonly key: string;
  readonly value: Messages[N];
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Mandate header bytes; pass to `citing`. */
  readonly mandate: Buffer;
  readonly link: Link | null;
}

/** What was published by `say`; `mandate` can be cited. */
export interface Said {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly mandate: Buffer;
}

const NEXT_LIMIT_MS = 15_000;
const PARTITIONS = 3;

/**
 * A whole world for one test file: a broker with all topics and ACLs, keys and manifest, databases, and services that
 * are started in this process. Everything is real; nothing is shared with other test files.
 */
export class World {
  readonly founderKey: KeyObject;
  private readonly services: RunningService[] = [];
  private readonly producers = new Map<string, Producer>();
  private readonly heard: { name: MessageName; message: Heard<MessageName> }[] = [];
  private readonly taken = new Set<Heard<MessageName>>();
  private readonly children: ChildService[] = [];
  private observer: Consumer | null = null;
  private readonly databases = new Map<string, { url: string; ownerUrl: string; urlFile: string; name: string }>();

  private constructor(
    readonly servers: TestServers & { remove(): Promise<void> },
    readonly keysDir: string,
    readonly manifest: Manifest,
    private readonly partitions: number,
  ) {
    this.founderKey = createPrivateKey(readFileSync(join(keysDir, 'founder.pem')));
  }

  /** Starts broker and database server, makes topics, ACLs, keys and manifest. About three seconds. */
  static async open(options: { partitions?: number; observes?: boolean } = {}): Promise<World> {
    const servers = await startOwnServers();
    try {
      const partitions = options.partitions ?? PARTITIONS;
      await servers.provision({ topics: kafkaTopics(partitions), acls: kafkaAcls() });
      const keysDir = join(servers.dir, 'keys');
      const world = new World(servers, keysDir, makeKeys(keysDir), partitions);
      if (options.observes ?? true) await world.observe();
      return world;
    } catch (error) {
      await servers.remove();
      throw error;
    }
  }

  /** The founder as an approval names them, with the registered key's id. */
  get founder(): { readonly founder: string; readonly keyId: string } {
    return { founder: 'founder@local', keyId: keyIdOf(this.founderKey) };
  }

  /** URL files and URLs of a service's database; created and migrated at the first call. */
  async database(service: Service): Promise<{ url: string; ownerUrl: string; urlFile: string; name: string }> {
    const known = this.databases.get(service);
    if (known) return known;
    const made = await this.servers.createDatabase(service);
    await migrate(service, made.ownerUrl, made.name);
    this.databases.set(service, made);
    return made;
  }

  /** Environment of a service process of this world. */
  async env(service: Service, extra: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const { urlFile } = await this.database(service);
    const credentials = this.servers.credentials(service);
    return {
      KAFKA_BROKERS: this.servers.brokers,
      KAFKA_USERNAME: service,
      KAFKA_PASSWORD_FILE: credentials.passwordFile,
      DATABASE_URL_FILE: urlFile,
      MANDATE_KEY_FILE: join(this.keysDir, `${service}.pem`),
      MANDATE_MANIFEST_FILE: join(this.keysDir, 'authority.json'),
      MANDATE_ROOT_PUBLIC_KEY_FILE: join(this.keysDir, 'root.pub'),
      HTTP_PORT: '0',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      TIMER_POLL: '50ms',
      ...extra,
    };
  }

  /** Starts a service in this process and waits until it is ready. Its own variables are set for its `config.ts`, too. */
  async start(
    service: Service,
    appModule: Parameters<typeof startService>[1],
    extra: Readonly<Record<string, string>> = {},
    overrides: KitOverrides = {},
    waitReady = true,
  ): Promise<RunningService> {
    const env = await this.env(service, extra);
    Object.assign(process.env, extra);
    const running = await startService(service, appModule, env, {
      onFatal: (reason) => console.error(`${service}: ${reason}`),
      ...overrides,
    });
    this.services.push(running);
    if (waitReady) await this.ready(running);
    return running;
  }

  /**
   * Starts a service in a process of its own, so that it can be killed. Resolves when it is ready, or when it has ended
   * (a crash on what an earlier process left).
   */
  async spawn(order: ChildOrder, extra: Readonly<Record<string, string>> = {}): Promise<ChildService> {
    const env = { ...process.env, ...(await this.env(order.service, extra)) };
    const child = new ChildService(order, env);
    this.children.push(child);
    await child.ready();
    return child;
  }

  /** Waits until a service says it is ready. */
  async ready(running: RunningService, limitMs = 20_000): Promise<void> {
    const until = performance.now() + limitMs;
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${running.port}/health/ready`);
      if (response.ok) return;
      if (performance.now() > until) throw new Error(`not ready after ${limitMs} ms: ${await response.text()}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  /** Stops a service that `start` started. */
  async stop(running: RunningService): Promise<void> {
    this.services.splice(this.services.indexOf(running), 1);
    await running.close();
  }

  keyring(service: Service): Keyring {
    return Keyring.load(
      service,
      readFileSync(join(this.keysDir, `${service}.pem`), 'utf8'),
      join(this.keysDir, 'authority.json'),
      readFileSync(join(this.keysDir, 'root.pub'), 'utf8'),
    );
  }

  /** Publishes as a service, with its key and its broker user. */
  async say<N extends LinkedName>(service: Service, saying: Saying<N>): Promise<Said> {
    return this.publish(service, say(saying));
  }

  /** Signs and publishes an outgoing message as a service; own unproven links it cites are proven as well. */
  async publish(service: Service, outgoing: Outgoing): Promise<Said> {
    const mandate = await this.prove(service, outgoing.mandate);
    const said = { topic: outgoing.topic, key: outgoing.key.toString(), value: outgoing.value, mandate };
    await this.send(service, outgoing.topic, outgoing.key, outgoing.value, {
      ...outgoing.headers,
      [MANDATE_HEADER]: mandate,
    });
    return said;
  }

  /** Proves a mandate's unproven links with a service's key. */
  async prove(service: Service, bytes: Buffer): Promise<Buffer> {
    const mandate = decodeMandate(bytes);
    if (!mandate) throw new TypeError('no mandate');
    const keyring = this.keyring(service);
    const prove = async (c: typeof mandate.cause) =>
      c && !c.proof ? { link: c.link, proof: (await keyring.prove([c.link]))[0] ?? null } : c;
    const own = await prove(mandate.own);
    return encodeMandate({
      own: own ?? mandate.own,
      cause: await prove(mandate.cause),
      may: await prove(mandate.may),
      approve: await prove(mandate.approve),
    });
  }

  /** Publishes bytes as a broker user, whatever they are. */
  async send(
    user: string,
    topic: string,
    key: Buffer | string,
    value: Buffer,
    headers: Record<string, Buffer | string> = {},
  ): Promise<void> {
    let producer = this.producers.get(user);
    if (!producer) {
      producer = this.servers.kafka(user).producer({ allowAutoTopicCreation: false });
      await producer.connect();
      this.producers.set(user, producer);
    }
    await producer.send({ topic, acks: -1, messages: [{ key, value, headers }] });
  }

  /** Publishes an issue as a CRM would. */
  async issue(issue: Partial<Messages['CrmIssue']> & { reference: string }): Promise<Messages['CrmIssue']> {
    const whole: Messages['CrmIssue'] = {
      kind: 'ISSUE',
      source: 'support_ticket',
      source_system: 'desk',
      idempotency_key: issue.reference,
      submitter: 'alex@example.com',
      tenant: null,
      subject: 'Please raise the API rate limit',
      body: 'Please raise the API rate limit from 100 to 200 per minute.',
      occurred_at: Date.now(),
      hint_severity: null,
      hint_capabilities: null,
      hint_change: null,
      clarification_request_id: null,
      raw_payload: null,
      ...issue,
    };
    await this.send('crm', 'crm.issues.v1', `${whole.source_system}/${whole.reference}`, encode('CrmIssue', whole));
    return whole;
  }

  /** Publishes the catalogue as the executor and HEALTHY health of SYSTEM, valid for a long time, as health. */
  async seed(options: { isHealthy?: boolean; validForMs?: number } = {}): Promise<void> {
    const file = readFileSync(join(repositoryDir, 'infra/capabilities.yaml'));
    const catalogue = parse(file.toString()) as {
      version: number;
      capabilities: Messages['CapabilityChanged'][] &
        { name: string; enabled: boolean; lifecycle: string; keys: { key: string; first_value: unknown }[] }[];
    };
    const now = Date.now();
    let registryVersion = 0;
    for (const c of catalogue.capabilities) {
      registryVersion++;
      await this.say('executor', {
        message: 'CapabilityChanged',
        key: c.name,
        says: 'DEFINED',
        issueId: null,
        version: 1,
        planDigest: null,
        cites: citingOutside(sha256(file)),
        now,
        value: {
          capability: c.name,
          from_version: 0,
          version: 1,
          registry_version: registryVersion,
          cause: 'DEFINITION',
          contract_id: null,
          job_id: null,
          issue_id: null,
          catalogue_version: catalogue.version,
          catalogue_digest: sha256(file),
          catalogue_size: catalogue.capabilities.length,
          definition: JSON.stringify(c),
          enabled: c.enabled,
          lifecycle: c.lifecycle,
          values: c.keys.map((k) => ({ key: k.key, value: JSON.stringify(k.first_value) })),
          provisional_contract_id: null,
          changed_at: now,
        },
      });
    }
    await this.sayHealth('SYSTEM', (options.isHealthy ?? true) ? 'HEALTHY' : 'UNHEALTHY', 1, options.validForMs);
  }

  /** Says a scope's health as the health service. */
  async sayHealth(
    scope: string,
    state: Messages['HealthChanged']['state'],
    version: number,
    validForMs = 30 * 86_400_000,
    signals: Messages['HealthChanged']['signals'] = [],
  ): Promise<Said> {
    const now = Date.now();
    return this.say('health', {
      message: 'HealthChanged',
      key: scope,
      says: state,
      issueId: null,
      version,
      planDigest: null,
      cites: citingNothing,
      now,
      value: {
        scope,
        from_version: version - 1,
        version,
        state,
        basis: 'own',
        signals,
        valid_until: scope === 'SYSTEM' ? now + validForMs : null,
        scope_versions: scope === 'SYSTEM' ? [{ scope, version }] : [],
        registry_version: 0,
        changed_at: now,
      },
    });
  }

  /** The next message of a type that fits and was not returned before. Fails after the limit and lists what did arrive. */
  async next<N extends MessageName>(
    name: N,
    fits: (message: Heard<N>) => boolean = () => true,
    limitMs = NEXT_LIMIT_MS,
  ): Promise<Heard<N>> {
    const until = performance.now() + limitMs;
    for (;;) {
      const found = this.heard.find(
        (h) => h.name === name && !this.taken.has(h.message) && fits(h.message as Heard<N>),
      );
      if (found) {
        this.taken.add(found.message);
        return found.message as Heard<N>;
      }
      if (performance.now() > until)
        throw new Error(`no fitting ${name} within ${limitMs} ms. Arrived:\n${this.arrived()}`);
      await new Promise((r) => setTimeout(r, 20));
    }
  }

  /** Everything of a type that has arrived so far. */
  all<N extends MessageName>(name: N): Heard<N>[] {
    return this.heard.filter((h) => h.name === name).map((h) => h.message as Heard<N>);
  }

  private arrived(): string {
    const lines = this.heard
      .slice(-30)
      .map(
        ({ name, message }) => `  ${name} ${message.link?.says ?? ''} ${message.key} v${message.link?.version ?? ''}`,
      );
    return lines.join('\n') || '  nothing';
  }

  private async observe(): Promise<void> {
    const consumer = this.servers.kafka('observer').consumer({
      groupId: `observer.world`,
      maxWaitTimeInMs: 100,
      sessionTimeout: 30_000,
      retry: { retries: 1_000, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    await consumer.connect();
    await consumer.subscribe({
      topics: kafkaTopics(this.partitions)
        .map((t) => t.name)
        .filter((n) => n !== 'crm.issues.v1'),
      fromBeginning: true,
    });
    await consumer.run({
      autoCommitInterval: 1_000,
      eachMessage: ({ topic, message }) => {
        this.hear(topic, message.key ?? Buffer.alloc(0), message.value ?? Buffer.alloc(0), message.headers ?? {});
        return Promise.resolve();
      },
    });
    this.observer = consumer;
  }

  private hear(topic: string, key: Buffer, bytes: Buffer, headers: Record<string, unknown>): void {
    const mandate = Buffer.isBuffer(headers[MANDATE_HEADER]) ? (headers[MANDATE_HEADER] as Buffer) : Buffer.alloc(0);
    const name = topic.startsWith('mandate.dead-letters.') ? 'DeadLetter' : linkOf(topic, key, bytes, mandate)?.type;
    if (!name) return; // an attack that a test published; services say what they think of it
    try {
      const value = decode(name, bytes);
      const text = Object.fromEntries(
        Object.entries(headers).map(([k, v]) => [k, Buffer.isBuffer(v) ? v.toString() : String(v)]),
      );
      this.heard.push({
        name,
        message: {
          topic,
          key: key.toString(),
          value,
          bytes,
          headers: text,
          mandate,
          link: linkOf(topic, key, bytes, mandate),
        },
      });
    } catch {
      // likewise
    }
  }

  /** Stops services, observer and servers, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.children.map((c) => c.end('SIGKILL')));
    await Promise.all(this.services.map((s) => s.close().catch(() => undefined)));
    await Promise.all(
      [this.observer?.disconnect(), ...[...this.producers.values()].map((p) => p.disconnect())].map((p) =>
        p?.catch(() => undefined),
      ),
    );
    await this.servers.remove();
  }
}

function linkOf(topic: string, key: Buffer, bytes: Buffer, mandate: Buffer): Link | null {
  const known = topicOfName(topic);
  if (!known) return null;
  try {
    return checkAuthority(known, key, bytes, mandate).link;
  } catch {
    return null;
  }
}

const byName = new Map<string, ReturnType<typeof topicOf>>();
function topicOfName(name: string): ReturnType<typeof topicOf> | undefined {
  if (byName.size === 0) {
    for (const t of [
      'IssueReceived',
      'ClarificationReceived',
      'CrmUpdate',
      'ProposalMade',
      'EligibilityJudged',
      'ContractChanged',
      'IncidentChanged',
      'ReviewDecided',
      'JobChanged',
      'CapabilityChanged',
      'HealthChanged',
      'JobEvaluated',
      'AuditConcluded',
    ] as const)
      byName.set(topicOf(t).name, topicOf(t));
  }
  return byName.get(name);
}

function makeKeys(dir: string): Manifest {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const make = (name: string): KeyObject => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(dir, `${name}.pem`), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    writeFileSync(join(dir, `${name}.pub`), publicKey.export({ format: 'pem', type: 'spki' }));
    return privateKey;
  };
  const root = make('root');
  const founder = make('founder');
  const base64 = (key: KeyObject): string => rawPublicKey(key).toString('base64');
  const manifest: Manifest = {
    format: 'mandate-authority-v1',
    number: 1,
    services: SERVICES.map((service) => {
      const key = make(service);
      return { service, key_id: keyIdOf(key), public_key: base64(key), valid_from: 0, valid_to: null };
    }),
    founders: [{ founder: 'founder@local', key_id: keyIdOf(founder), kind: 'ed25519', public_key: base64(founder) }],
    catalogue_digests: [sha256(readFileSync(join(repositoryDir, 'infra/capabilities.yaml'))).toString('hex')],
  };
  writeFileSync(join(dir, 'authority.json'), signManifest(manifest, root));
  return manifest;
}

/** A change of the sample catalogue that tests use: the API rate limit from 100 to `value`. */
export function rateLimitChange(value = 200): Change {
  return {
    kind: 'configuration_update',
    capability: 'api_rate_limit',
    setting: { key: 'requests_per_minute', old: 100, new: value },
  };
}
