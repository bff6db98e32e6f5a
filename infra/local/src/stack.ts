import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaAcls, kafkaTopics } from '@mandate/contracts';
import { ensureAccessTokens } from './access-tokens';
import { writeConnection } from './connection';
import { keepEnrolling } from './enrolment';
import { ensureIssuerSecrets, keepFounderToken } from './issuer';
import { brokerCredentials, brokerPidFile, ensureClassArchive, kafkaClient, startBroker } from './kafka';
import { applyAcls, applyTopics } from './kafka-admin';
import { ensureKeys, writeManifest } from './keys';
import { migrateAll } from './migrations';
import { launchPart, probePart, rotateLog } from './part-process';
import { catalogueFile, databaseName, type Part, type PartContext, stackParts } from './parts';
import { defaultPortBase, type PortOwner, portsFrom, refuseUsedPorts } from './ports';
import { type Postgres, postgresDataDir, postgresPidFile, startPostgres } from './postgres';
import { stopByPidFile } from './processes';
import { StackRefusal } from './refusal';
import { ensureSampleTarget, sampleTargetHere } from './sample-target';
import { makePrivateDir } from './secrets';
import { closeSharedDatabases, ensureServiceDatabase } from './service-database';
import { readState, type StackFiles, type StackState, stackFiles, writeState } from './stack-files';
import { Supervised, type SupervisedState } from './supervised';
import { type ServiceName, serviceNames, stackUsers } from './users';

/** How a stack is started. */
export interface StackOptions {
  readonly dataDir: string;
  /** Kept from the first start on. */
  readonly portBase?: number | undefined;
  /** Partitions of each topic that has more than one; kept from the first start on. */
  readonly partitions?: number | undefined;
  /** Told what is being done, and what ended by itself, a line each. */
  readonly report: (line: string) => void;
  /** The processes to run; the eight services and the sample application unless told. */
  readonly partsOf?: (context: PartContext) => readonly Part[];
}

/** A process of the stack with the port it has. */
export interface PartStatus extends SupervisedState {
  readonly name: string;
  readonly port: number;
  /** Milliseconds from its first start to its first ready answer; null for the two servers. */
  readonly readyAfterMs: number | null;
}

const partReadyWithinMs = 60_000;
const endsBeforeGivingUp = 3;

/** One stack: starts everything in order, keeps it running, stops everything in order. */
export class Stack {
  readonly files: StackFiles;
  readonly ports: Readonly<Record<PortOwner, number>>;
  private state: StackState;
  private readonly servers: Supervised[] = [];
  private readonly parts: { readonly part: Part; readonly supervised: Supervised; readyAfterMs: number | null }[] = [];
  private stopToken: () => void = () => undefined;
  private stopEnrolling: () => void = () => undefined;
  private isInterrupted = false;
  private starting: Promise<void> = Promise.resolve();

  /** @throws StackRefusal when the options contradict what the first start fixed */
  constructor(private readonly options: StackOptions) {
    this.files = stackFiles(options.dataDir);
    const kept = readState(this.files);
    this.state = kept ?? {
      portBase: options.portBase ?? defaultPortBase,
      partitions: options.partitions ?? 3,
      users: stackUsers,
      postgresDataDir: null,
      isSeeded: false,
    };
    refuseContradictions(this.state, options);
    this.ports = portsFrom(this.state.portBase);
  }

  /** True until `markSeeded`. */
  get needsSamples(): boolean {
    return !this.state.isSeeded;
  }

  markSeeded(): void {
    this.keep({ isSeeded: true });
  }

  /**
   * Resolves when every part is ready. After a failure everything that was started has been stopped again.
   *
   * @throws StackRefusal or Error whose message is one sentence
   */
  start(): Promise<void> {
    this.starting = this.startOrStop();
    return this.starting;
  }

  /**
   * Stops services, sample application and issuer, broker and database, in this order. A start under way is interrupted
   * at its next step and then stopped.
   */
  async stop(): Promise<void> {
    this.isInterrupted = true;
    await this.starting.catch(() => undefined);
    await this.stopAll();
  }

  status(): PartStatus[] {
    const servers = this.servers.map((server) => {
      const port = server.name === 'Kafka' ? this.ports.broker : this.ports.postgres;
      return { ...server.state(), name: server.name, port, readyAfterMs: null };
    });
    const parts = this.parts.map(({ part, supervised, readyAfterMs }) => {
      return { ...supervised.state(), name: part.name, port: this.ports[part.name], readyAfterMs };
    });
    return [...servers, ...parts];
  }

  private async startOrStop(): Promise<void> {
    await stopLeftovers(this.files);
    await refuseUsedPorts(this.ports);
    const parts = (this.options.partsOf ?? stackParts)({ files: this.files, ports: this.ports });
    refuseMissingPrograms(parts);
    try {
      await this.startAll(parts);
    } catch (error) {
      await this.stopAll();
      throw error;
    }
  }

  private async stopAll(): Promise<void> {
    const isService = ({ part }: { part: Part }) => serviceNames.some((name) => name === part.name);
    const services = this.parts.filter(isService);
    const others = this.parts.filter((each) => !isService(each));
    if (this.parts.length > 0) this.options.report('Stopping the services …');
    await Promise.all(services.map(({ supervised }) => supervised.stop()));
    await Promise.all(others.map(({ supervised }) => supervised.stop()));
    this.stopEnrolling();
    this.stopToken();
    for (const server of this.servers) {
      this.options.report(`Stopping ${server.name} …`);
      await server.stop();
    }
    this.parts.length = 0;
    this.servers.length = 0;
  }

  private async startAll(parts: readonly Part[]): Promise<void> {
    this.makeFolders();
    await ensureClassArchive(this.options.report);
    this.options.report('Starting Kafka and PostgreSQL …');
    const postgres = await this.startServers();
    this.refuseIfInterrupted();
    this.options.report('Creating topics, permissions, databases and tables …');
    await Promise.all([this.createDatabases(postgres), this.applyTopicsAndAcls()]);
    ensureKeys(this.files);
    ensureAccessTokens(this.files);
    ensureSampleTarget(this.files, sampleTargetHere(this.files, this.ports['sample-target']));
    writeManifest(this.files, catalogueFile, Date.now());
    writeConnection(this.files, this.ports);
    ensureIssuerSecrets(this.files);
    this.stopToken = keepFounderToken(this.files, this.ports.issuer);
    await this.startParts(parts);
    this.stopEnrolling = keepEnrolling(this.files, this.ports.review, this.options.report);
  }

  private makeFolders(): void {
    mkdirSync(this.files.dataDir, { recursive: true, mode: 0o711 });
    makePrivateDir(this.files.logsDir);
    makePrivateDir(this.files.runDir);
    const { postgresDataDir: dataDir } = this.state;
    if (dataDir !== null && !existsSync(join(dataDir, 'PG_VERSION'))) {
      throw new StackRefusal(
        `The database files of this stack, ${dataDir}, are gone (a clean-up of temporary files takes them): run \`npm run reset\` and start again.`,
      );
    }
    this.keep({});
  }

  private async startServers(): Promise<Postgres> {
    const { files, ports } = this;
    const report = this.options.report;
    const users = this.state.users;
    const { broker: brokerPort, controller: controllerPort } = ports;
    const startKafka = () => startBroker({ dir: files.kafkaDir, brokerPort, controllerPort, users });
    let postgres: Postgres | undefined;
    const startDatabase = async () => {
      postgres = await startPostgres({ dir: files.postgresDir, port: ports.postgres });
      return postgres;
    };
    rotateLog(join(files.kafkaDir, 'broker.log'));
    rotateLog(join(files.postgresDir, 'postgres.log'));
    this.servers.push(new Supervised('Kafka', startKafka, report), new Supervised('PostgreSQL', startDatabase, report));
    // Both are waited for even if one fails: a start under way could not be stopped.
    const results = await Promise.allSettled(this.servers.map((server) => server.start()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    this.keep({ postgresDataDir: postgresDataDir(files.postgresDir) });
    return postgres as Postgres;
  }

  private async createDatabases(postgres: Postgres): Promise<void> {
    await closeSharedDatabases(postgres.superuserUrl);
    const ownerUrlFiles = new Map<ServiceName, string>();
    // One after another: they all change the same shared catalogue rows.
    for (const service of serviceNames) {
      const database = await ensureServiceDatabase(
        postgres.superuserUrl,
        databaseName(service),
        this.files.databaseSecretsDir,
      );
      ownerUrlFiles.set(service, database.ownerUrlFile);
    }
    await migrateAll(this.files, ownerUrlFiles);
  }

  private async applyTopicsAndAcls(): Promise<void> {
    const admin = kafkaClient(`127.0.0.1:${this.ports.broker}`, brokerCredentials(this.files.kafkaDir, 'admin'));
    await applyTopics(admin, kafkaTopics(this.state.partitions));
    await applyAcls(admin, kafkaAcls());
  }

  private async startParts(parts: readonly Part[]): Promise<void> {
    this.options.report(`Starting ${parts.length} processes …`);
    for (const part of parts) {
      this.refuseIfInterrupted();
      rotateLog(this.files.logFile(part.name));
      const supervised = new Supervised(part.name, () => launchPart(part, this.files), this.options.report);
      this.parts.push({ part, supervised, readyAfterMs: null });
      await supervised.start();
    }
    await Promise.all(this.parts.map((each) => this.untilReady(each)));
  }

  private async untilReady(each: Stack['parts'][number]): Promise<void> {
    const { part, supervised } = each;
    const startedAtMs = supervised.state().startedAtMs ?? Date.now();
    for (;;) {
      const { isReady, reason } = await probePart(part.probe, this.ports[part.name]);
      const upMs = Date.now() - startedAtMs;
      if (isReady && supervised.state().state === 'running') {
        each.readyAfterMs = upMs;
        return;
      }
      const { restarts, lastEnd } = supervised.state();
      const log = this.files.logFile(part.name);
      if (restarts >= endsBeforeGivingUp)
        throw new StackRefusal(`${part.name} ${lastEnd} ${restarts} times: see ${log}.`);
      if (upMs > partReadyWithinMs)
        throw new StackRefusal(`${part.name} is not ready after 60 s (${reason}): see ${log}.`);
      this.refuseIfInterrupted();
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  private refuseIfInterrupted(): void {
    if (this.isInterrupted) throw new StackRefusal('The start was interrupted.');
  }

  private keep(change: Partial<StackState>): void {
    this.state = { ...this.state, ...change };
    writeState(this.files, this.state);
  }
}

/**
 * Stops what a killed supervisor left running, in the order of an orderly stop.
 *
 * @returns whether there was anything
 */
export async function stopLeftovers(files: StackFiles): Promise<boolean> {
  const stopPart = (name: string) => stopByPidFile(files.pidFile(name), { graceMs: 10_000 });
  const stopped = await Promise.all(serviceNames.map(stopPart));
  stopped.push(await stopPart('sample-app'), await stopPart('sample-target'), await stopPart('issuer'));
  stopped.push(await stopByPidFile(brokerPidFile(files.kafkaDir), { graceMs: 30_000 }));
  stopped.push(await stopByPidFile(postgresPidFile(files.postgresDir), { signal: 'SIGINT', graceMs: 30_000 }));
  return stopped.includes(true);
}

function refuseMissingPrograms(parts: readonly Part[]): void {
  const missing = parts.find((part) => !existsSync(part.program));
  if (missing !== undefined)
    throw new StackRefusal(`${missing.program} is missing: run \`npm run build\`, then start again.`);
}

function refuseContradictions(state: StackState, options: StackOptions): void {
  const { portBase, partitions } = options;
  if (portBase !== undefined && portBase !== state.portBase) {
    throw new StackRefusal(
      `This stack has its ports from ${state.portBase} on since its first start: leave --port-base out, or name another folder with --data.`,
    );
  }
  if (partitions !== undefined && partitions < state.partitions) {
    throw new StackRefusal(
      `This stack's topics have ${state.partitions} partitions, and partitions cannot be taken away.`,
    );
  }
  if (stackUsers.some((user) => !state.users.includes(user))) {
    throw new StackRefusal(
      'This stack was made by an earlier version, whose broker lacks a user: run `npm run reset` and start again.',
    );
  }
}
