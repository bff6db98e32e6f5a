import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Change,
  decodeMandate,
  encodeMandate,
  kafkaAcls,
  kafkaTopics,
  keyIdOf,
  type LinkedName,
  MANDATE_HEADER,
  type Manifest,
  type Service,
} from '@mandate/contracts';
import { encode, type MessageName, type Messages } from '@mandate/schemas';
import {
  Keyring,
  type KitOverrides,
  migrate,
  type Outgoing,
  type RunningService,
  type Saying,
  say,
  startService,
} from '@mandate/service-kit';
import type { Producer } from 'kafkajs';
import type { ServiceDatabase } from '../service-database';
import { ChildService } from './child';
import type { ChildOrder } from './child-service';
import { type Heard, Observer } from './observer';
import { startOwnServers, type TestServers } from './servers';
import { makeWorldKeys } from './world-keys';
import { sayHealth, seedCatalogue } from './world-seed';

export type { Heard } from './observer';

/** What was published by `say`; `mandate` can be cited. */
export interface Said {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly mandate: Buffer;
}

const PARTITIONS = 3;

/**
 * A whole world for one test file: a broker with all topics and ACLs, keys and manifest, databases, and services that
 * are started in this process. Everything is real; nothing is shared with other test files.
 */
export class World {
  readonly founderKey: KeyObject;
  private readonly services: RunningService[] = [];
  private readonly producers = new Map<string, Producer>();
  private readonly children: ChildService[] = [];
  private readonly observer = new Observer();
  private readonly databases = new Map<string, ServiceDatabase>();

  private constructor(
    readonly servers: TestServers & { remove(): Promise<void> },
    readonly keysDir: string,
    readonly manifest: Manifest,
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
      const world = new World(servers, keysDir, makeWorldKeys(keysDir));
      if (options.observes ?? true) await world.observer.start(servers.kafka('observer'), partitions);
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
  async database(service: Service): Promise<ServiceDatabase> {
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
      MANDATE_ENVIRONMENT: 'local',
      MANIFEST_RELOAD: '250ms',
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
    return Keyring.load(service, readFileSync(join(this.keysDir, `${service}.pem`), 'utf8'), {
      file: join(this.keysDir, 'authority.json'),
      rootPem: readFileSync(join(this.keysDir, 'root.pub'), 'utf8'),
      environment: 'local',
    });
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
      c && !c.proof ? { link: c.link, proof: (await keyring.prove([c.link], Date.now()))[0] ?? null } : c;
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

  /** Publishes the catalogue as the executor, and health of SYSTEM that is valid for a long time, as health. */
  seed(options: { isHealthy?: boolean; validForMs?: number } = {}): Promise<void> {
    return seedCatalogue(this, options);
  }

  /** Says a scope's health as the health service. */
  sayHealth(
    scope: string,
    state: Messages['HealthChanged']['state'],
    version: number,
    validForMs?: number,
    signals: Messages['HealthChanged']['signals'] = [],
  ): Promise<Said> {
    return sayHealth(this, scope, state, version, validForMs, signals);
  }

  /** The next message of a type that fits and was not returned before. Fails after the limit and lists what did arrive. */
  next<N extends MessageName>(name: N, fits?: (message: Heard<N>) => boolean, limitMs?: number): Promise<Heard<N>> {
    return this.observer.next(name, fits, limitMs);
  }

  /** Everything of a type that has arrived so far. */
  all<N extends MessageName>(name: N): Heard<N>[] {
    return this.observer.all(name);
  }

  /** Stops services, observer and servers, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.children.map((c) => c.end('SIGKILL')));
    await Promise.all(this.services.map((s) => s.close().catch(() => undefined)));
    await Promise.all(
      [this.observer.stop(), ...[...this.producers.values()].map((p) => p.disconnect())].map((p) =>
        p?.catch(() => undefined),
      ),
    );
    await this.servers.remove();
  }
}

/** A change of the sample catalogue that tests use: the API rate limit from 100 to `value`. */
export function rateLimitChange(value = 200): Change {
  return {
    kind: 'configuration_update',
    capability: 'api_rate_limit',
    setting: { key: 'requests_per_minute', old: 100, new: value },
  };
}
