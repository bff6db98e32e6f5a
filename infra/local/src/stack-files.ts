import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackRefusal } from './refusal';
import { writePrivateFile } from './secrets';
import type { ServiceName } from './users';

/** Where everything of one stack is, below its data folder. */
export function stackFiles(dataDir: string) {
  const at = (...parts: string[]) => join(dataDir, ...parts);
  return {
    dataDir,
    state: at('stack.json'),
    /** What a client needs to talk to the stack, as plain JSON; holds paths of secrets, no secret. */
    connection: at('connection.json'),
    kafkaDir: at('kafka'),
    postgresDir: at('postgres'),
    databaseSecretsDir: at('postgres', 'secrets'),
    logsDir: at('logs'),
    runDir: at('run'),
    pidFile: (part: string) => at('run', `${part}.pid`),
    logFile: (part: string) => at('logs', `${part}.log`),
    supervisor: at('run', 'supervisor.json'),
    keysDir: at('keys'),
    rootKey: at('keys', 'root.pem'),
    rootPublicKey: at('keys', 'root.pub.pem'),
    serviceKey: (service: ServiceName) => at('keys', `${service}.pem`),
    manifest: at('authority.json'),
    /** Belongs to the local user; no service is given anything of it. */
    founderDir: at('founder'),
    founderKey: at('founder', 'founder.pem'),
    founderIdentity: at('founder', 'founder.json'),
    founderToken: at('founder', 'token'),
    issuerKey: at('issuer', 'key.pem'),
    /** By which the provider knows the review service. */
    reviewClientSecret: at('access', 'review-client.secret'),
    /** The intake's bearer token, for a customer's system, and the list of digests that ingestion is given. */
    intakeToken: at('clients', 'intake.token'),
    intakeTokens: at('access', 'intake.json'),
    /** The operator's bearer token, and the list of digests that services are given. */
    operatorToken: at('clients', 'operator.token'),
    operatorTokens: at('access', 'operators.json'),
    migrated: at('migrated.json'),
  };
}

/** The paths of one stack. */
export type StackFiles = ReturnType<typeof stackFiles>;

/** What is fixed at a stack's first start, and how far it has come. */
export interface StackState {
  readonly portBase: number;
  readonly partitions: number;
  /** The broker's users when its folder was formatted. */
  readonly users: readonly string[];
  /** The folder of the database's files once they exist; it may lie outside the data folder. */
  readonly postgresDataDir: string | null;
  /** Whether the sample issues were published, or were not wanted at the first start. */
  readonly isSeeded: boolean;
}

/** The stack's state; undefined before its first start. */
export function readState(files: StackFiles): StackState | undefined {
  if (!existsSync(files.state)) return undefined;
  try {
    return JSON.parse(readFileSync(files.state, 'utf8')) as StackState;
  } catch (cause) {
    throw new StackRefusal(`${files.state} is not readable: run \`npm run reset\` for this stack.`, { cause });
  }
}

/** Keeps the stack's state. */
export function writeState(files: StackFiles, state: StackState): void {
  writePrivateFile(files.state, `${JSON.stringify(state, null, 2)}\n`);
}
