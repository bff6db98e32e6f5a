import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Manifest, readManifest, SERVICES, type Service } from '@mandate/contracts';
import type { Finding } from '../audit/compare';
import { Listener } from '../audit/listener';
import { allOf, ServiceExpectation } from '../audit/look';
import { LOG_COLUMNS } from '../audit/record';
import { ServiceRows } from '../audit/rows';
import { Broker } from '../broker';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { Signatures } from '../signatures';
import { openStack, readSecret, type Stack } from '../stack';
import { type Context, shownInLine } from '../terminal';

/** How to look. */
export interface AuditOptions {
  /** How long a difference may last before it counts: what was said is on its way for a moment. */
  readonly settleMs: number;
}

const LOOK_AGAIN_MS = 1_000;

/**
 * EVID-001: holds every service's tables against what was said, both ways, and names what a database's administrator
 * changed by hand. Reads the topics as `observer` and each database as its reader; asks no service anything.
 *
 * @returns 0 nothing found, 1 found, 2 it could not look
 */
export async function audit({ terminal, isJson }: Context, options: AuditOptions): Promise<ExitCode> {
  try {
    const found = await Auditing.of(openStack(terminal.env), (auditing) => auditing.findings(options));
    for (const finding of found.findings) terminal.out(isJson ? JSON.stringify(finding) : sentenceOf(finding));
    if (isJson) terminal.out(JSON.stringify(summaryOf(found)));
    else for (const line of summaryLines(found)) terminal.out(line);
    return found.findings.length === 0 ? EXIT.done : EXIT.refused;
  } catch (error) {
    if (!(error instanceof CliRefusal)) throw error;
    throw new CliRefusal(EXIT.usage, error.code, `Nothing was audited. ${error.message}`, { cause: error });
  }
}

interface Found {
  readonly findings: readonly Finding[];
  readonly messages: number;
  readonly tables: number;
  readonly rows: number;
  /** Records on the topics that prove nothing, and why. */
  readonly unproven: readonly string[];
}

/** For who compares in one process: what is told of every service's tables, as it is now. */
export function expectationsOf(env: NodeJS.ProcessEnv): Promise<readonly ServiceExpectation[]> {
  return Auditing.of(openStack(env), (auditing) => auditing.expectations());
}

/** The topics and all databases, open. */
class Auditing {
  private expected: readonly ServiceExpectation[] = [];

  private constructor(
    private readonly listener: Listener,
    private readonly databases: ReadonlyMap<Service, ServiceRows>,
    private readonly manifest: Manifest,
  ) {}

  /** What everything that was said tells of every service's tables. */
  async expectations(): Promise<readonly ServiceExpectation[]> {
    await this.listener.readOn();
    await this.hearEvidence();
    return SERVICES.map((service) => new ServiceExpectation(service, this.listener.told, this.manifest));
  }

  /** Opens a stack for one piece of work. */
  static async of<T>(stack: Stack & WithReaders, work: (auditing: Auditing) => Promise<T>): Promise<T> {
    const manifest = manifestOf(stack);
    const databases = new Map<Service, ServiceRows>();
    try {
      for (const service of SERVICES)
        databases.set(service, await ServiceRows.open(service, readerUrl(stack, service)));
      const listener = new Listener(new Broker(stack, 'observer'), new Signatures(manifest));
      return await work(new Auditing(listener, databases, manifest));
    } finally {
      await Promise.all([...databases.values()].map((d) => d.close()));
    }
  }

  /** Looks until nothing is left, or what is left has lasted. */
  async findings({ settleMs }: AuditOptions): Promise<Found> {
    const since = performance.now();
    let findings = await this.look(SERVICES);
    while (findings.length > 0 && performance.now() < since + settleMs) {
      await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
      const again = new Set(
        (await this.look(SERVICES.filter((s) => findings.some((f) => f.service === s)))).map(nameOf),
      );
      findings = findings.filter((f) => again.has(nameOf(f)));
    }
    return {
      findings,
      messages: this.listener.told.all().length,
      tables: this.expected.reduce((sum, e) => sum + e.tables.length, 0),
      rows: this.expected.reduce((sum, e) => sum + e.tables.reduce((rows, t) => rows + t.size, 0), 0),
      unproven: [...this.listener.unproven.values()].map(({ place, why }) => `${place}: ${why}`),
    };
  }

  /** One look: the topics, then the databases. What is said in between shows in a row before it does in what was heard. */
  private async look(services: readonly Service[]): Promise<Finding[]> {
    this.expected = await this.expectations();
    const found: Finding[][] = [];
    for (const expectation of this.expected) {
      const database = this.databases.get(expectation.service);
      if (database && services.includes(expectation.service))
        found.push(await database.look((reader) => expectation.look(reader)));
    }
    return found.flat();
  }

  /** What the topics no longer hold. */
  private async hearEvidence(): Promise<void> {
    await this.databases.get('auditor')?.look(async (reader) => {
      const logs = await allOf(reader.rows('logs', LOG_COLUMNS));
      const names = new Map(logs.map((l) => [String(l['log']), l]));
      const columns = ['log', 'offset', 'link_digest', 'key', 'mandate', 'value'];
      for await (const row of reader.rows('evidence', columns, ['log', 'seq'])) {
        const log = names.get(String(row['log']));
        if (!log) continue;
        const place = {
          topic: String(log['topic']),
          partition: Number(log['partition']),
          offset: String(row['offset']),
        };
        this.listener.hearRecorded(row, place);
      }
    });
  }
}

/** Local stacks: service → file with its reader's database URL. */
interface WithReaders {
  readonly readerUrlFiles?: Readonly<Record<string, string>>;
}

function readerUrl(stack: WithReaders, service: Service): string {
  const file = stack.readerUrlFiles?.[service];
  if (file) return readSecret(file, `The URL of ${service}'s database for its reader`);
  const sentence = `connection.json names no file with ${service}'s database URL under readerUrlFiles.`;
  throw new CliRefusal(EXIT.usage, 'NO_READER', sentence);
}

function manifestOf(stack: Stack): Manifest {
  try {
    const root = createPublicKey(readFileSync(stack.rootPublicKeyFile));
    return readManifest(readFileSync(stack.manifestFile, 'utf8'), root);
  } catch (cause) {
    const sentence = `${stack.manifestFile} is no manifest to go by: ${(cause as Error).message}.`;
    throw new CliRefusal(EXIT.usage, 'MANIFEST_UNREADABLE', sentence, { cause });
  }
}

const nameOf = ({ service, table, row, kind, column, found }: Finding): string =>
  JSON.stringify([service, table, row, kind, column, found]);

const SHOWN_CHARACTERS = 160;

function brief(value: string | null): string {
  if (value === null) return 'nothing';
  const text = shownInLine(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)` : text;
}

/** A finding in words: where, what stands there, what was said. */
export function sentenceOf({ service, table, row, kind, column, found, told, by, note }: Finding): string {
  const where = `${service}.${table}, ${brief(row)}`;
  const teller = by ? `${by} says` : 'it must be';
  switch (kind) {
    case 'ADDED':
      return `ADDED    ${where}: nobody said what this row holds: ${brief(found)}`;
    case 'MISSING':
      return `MISSING  ${where}: ${by ? `${by} tells of it` : brief(told)}`;
    default:
      return `CHANGED  ${where}: ${column} is ${brief(found)}, ${teller} ${brief(told)}${note ? ` (${note})` : ''}`;
  }
}

function summaryOf({ findings, ...rest }: Found): object {
  return { ...rest, findings: findings.length };
}

function summaryLines({ findings, messages, tables, rows, unproven }: Found): string[] {
  const looked = `${rows} rows of ${tables} tables in ${SERVICES.length} services against ${messages} messages`;
  return [
    ...unproven.map((text) => `UNPROVEN ${shownInLine(text)}`),
    findings.length === 0
      ? `Nothing was changed by hand: ${looked}.`
      : `FOUND ${findings.length} that nobody said: ${looked}.`,
  ];
}
