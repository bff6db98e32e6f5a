import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { applyAcls, applyTopics } from './kafka-admin';
import {
  archivePath,
  type BrokerTls,
  javaCommand,
  javaFlags,
  newClusterId,
  scramArgument,
  serverProperties,
} from './kafka-files';
import { freePorts } from './ports';
import { stopByPidFile } from './processes';
import { keptSecret, makePrivateDir, writePrivateFile } from './secrets';
import { runTool, type ServerProcess, startServer } from './server-process';

/** What one broker needs. The same folder, ports and users at every start. */
export interface BrokerOptions {
  /** Holds `data/`, `secrets/`, server.properties, broker.log and broker.pid; made when missing. */
  readonly dir: string;
  readonly brokerPort: number;
  readonly controllerPort: number;
  /** SCRAM users besides `broker` and `admin` (both super users); fixed when the folder is first formatted. */
  readonly users: readonly string[];
  /** Writes a class-data archive here when the broker stops, instead of using one. */
  readonly archiveToMake?: string;
  readonly tls?: BrokerTls;
}

/** How a user signs in to the broker. */
export interface BrokerCredentials {
  readonly username: string;
  readonly password: string;
  /** A file (mode 0600) that holds exactly the password. */
  readonly passwordFile: string;
}

/** A running broker. Its exit code after an orderly stop is 143, as for every Java program. */
export interface Broker extends ServerProcess {
  /** `127.0.0.1:port` */
  readonly brokers: string;
}

/**
 * Starts a KRaft node (broker and controller in one) and resolves once an authenticated client was answered; formats
 * the folder first if it is new. Sockets on 127.0.0.1 only. The process outlives its parent unless stopped.
 *
 * @throws Error with the broker's own last lines when it ends before it is ready, or is not ready within 60 s
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { dir, brokerPort } = options;
  makePrivateDir(dir);
  await format(options);
  const properties = writeProperties(options, join(dir, 'data'), 'server.properties');
  const archive = options.archiveToMake === undefined ? { use: archivePath() } : { make: options.archiveToMake };
  const brokers = `127.0.0.1:${brokerPort}`;
  const admin = brokerCredentials(dir, 'admin');
  const server = await startServer({
    title: 'Kafka',
    command: javaCommand(),
    args: [...javaFlags(archive), 'kafka.Kafka', properties],
    dir,
    mark: properties,
    logFile: join(dir, 'broker.log'),
    pidFile: brokerPidFile(dir),
    stopSignal: 'SIGTERM',
    isReady: async () => (await portAnswers(brokers)) && (await signsIn(brokers, admin)),
  });
  return { ...server, brokers };
}

/** Where a broker's pid is kept, for `stopByPidFile`. */
export function brokerPidFile(dir: string): string {
  return join(dir, 'broker.pid');
}

/** A user's name, password and password file; the file is made with a random password when it does not exist. */
export function brokerCredentials(dir: string, username: string): BrokerCredentials {
  const passwordFile = join(dir, 'secrets', username);
  return { username, password: keptSecret(passwordFile), passwordFile };
}

/** A kafkajs client of a user; silent, and set to be back within a second of its broker. */
export function kafkaClient(
  brokers: string,
  { username, password }: BrokerCredentials,
  extra: Partial<KafkaConfig> = {},
): Kafka {
  return new Kafka({
    clientId: username,
    brokers: [brokers],
    sasl: { mechanism: 'scram-sha-512', username, password },
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 20 },
    ...extra,
  });
}

/**
 * Makes the class-data archive of this Kafka and this Java if there is none; a start then takes half the time. Takes
 * about six seconds, once. Any failure is only reported: the broker runs without.
 *
 * @param report  told in one line before the work and, when it fails, why
 */
export async function ensureClassArchive(report: (line: string) => void): Promise<void> {
  const archive = archivePath();
  if (existsSync(archive)) return;
  report('Preparing a faster start of Kafka (once) …');
  const dir = mkdtempSync(join(tmpdir(), 'mandate-archive-'));
  const [brokerPort, controllerPort] = (await freePorts(2)) as [number, number];
  try {
    const archiveToMake = join(dir, 'classes.jsa');
    const broker = await startBroker({ dir, brokerPort, controllerPort, users: ['sample'], archiveToMake });
    const kafka = kafkaClient(broker.brokers, brokerCredentials(dir, 'admin'));
    const topic = { name: 'sample', partitions: 1, config: {} };
    await applyTopics(kafka, [topic]);
    await applyAcls(kafka, [
      { principal: 'sample', resourceType: 'TOPIC', name: 'sample', patternType: 'LITERAL', operation: 'WRITE' },
    ]);
    await broker.stop();
    moveInto(archiveToMake, archive);
  } catch (error) {
    report(`Kafka starts without a class archive: ${(error as Error).message}`);
  } finally {
    await stopByPidFile(brokerPidFile(dir));
    rmSync(dir, { recursive: true, force: true });
  }
}

function moveInto(source: string, target: string): void {
  const temporary = `${target}.${process.pid}.new`;
  copyFileSync(source, temporary);
  renameSync(temporary, target);
}

function writeProperties(options: BrokerOptions, logDir: string, fileName: string): string {
  const path = join(options.dir, fileName);
  const { brokerPort, controllerPort, dir, tls } = options;
  const brokerPassword = brokerCredentials(dir, 'broker').password;
  const controllerPassword = brokerCredentials(dir, 'controller').password;
  writePrivateFile(
    path,
    serverProperties({ brokerPort, controllerPort, logDir, brokerPassword, controllerPassword, tls }),
  );
  return path;
}

/** Formats into a folder beside and renames it, so that an interrupted format is never taken for a broker's data. */
async function format(options: BrokerOptions): Promise<void> {
  const { dir, users } = options;
  const dataDir = join(dir, 'data');
  if (existsSync(dataDir)) return;
  const newDir = join(dir, 'data.new');
  rmSync(newDir, { recursive: true, force: true });
  mkdirSync(newDir);
  const properties = writeProperties(options, newDir, 'format.properties');
  const names = [...new Set([...users, 'admin', 'broker'])];
  const credentials = names.map((name) => scramArgument(name, brokerCredentials(dir, name).password));
  const tool = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', newClusterId(), '-c', properties];
  const args = [...javaFlags({ use: archivePath() }), ...tool, ...credentials.flatMap((text) => ['--add-scram', text])];
  // Its output lists each user's stored keys: runTool keeps it nowhere.
  await runTool("The format of Kafka's data folder", javaCommand(), args, { cwd: dir });
  rmSync(properties, { force: true });
  chmodSync(newDir, 0o700);
  renameSync(newDir, dataDir);
}

function portAnswers(brokers: string): Promise<boolean> {
  const [host, port] = brokers.split(':') as [string, string];
  return new Promise((done) => {
    const socket = connect(Number(port), host);
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function signsIn(brokers: string, credentials: BrokerCredentials): Promise<boolean> {
  const admin = kafkaClient(brokers, credentials, { retry: { retries: 0 }, requestTimeout: 2_000 }).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.brokers.length > 0 && cluster.controller !== null;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
