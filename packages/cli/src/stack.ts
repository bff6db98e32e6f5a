import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliRefusal, EXIT } from './refusal';

/** What a stack's `connection.json` says: where everything is and which files hold the secrets. */
export interface Stack {
  readonly brokers: string;
  /** Certificates (PEM) that the brokers' are signed by; with them every connection is TLS. */
  readonly brokersCaFile?: string;
  /** User name → file that holds the password. */
  readonly users: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
  readonly founder: { readonly name: string; readonly keyFile: string; readonly tokenFile: string };
  /** The local operator's bearer token. */
  readonly operatorTokenFile: string;
  readonly manifestFile: string;
  readonly rootPublicKeyFile: string;
  /** Local stacks alone: where the root's key is, and each service's. */
  readonly rootKeyFile?: string;
  readonly serviceKeyFiles?: Readonly<Record<string, string>>;
}

/** The stack of MANDATE_STACK. @throws CliRefusal when there is none */
export function openStack(env: NodeJS.ProcessEnv): Stack {
  const dataDir = env['MANDATE_STACK'];
  if (!dataDir) {
    throw new CliRefusal(
      EXIT.unreachable,
      'NO_STACK',
      'MANDATE_STACK is not set: call this as `npm run mandate -- …`, or set it to a stack’s folder.',
    );
  }
  const file = join(dataDir, 'connection.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stack;
  } catch (cause) {
    throw new CliRefusal(
      EXIT.unreachable,
      'NO_STACK',
      `There is no stack in ${dataDir}: start one with \`npm start\`, or name its folder with --data.`,
      { cause },
    );
  }
}

/** A secret file's content. @throws CliRefusal naming what it was for */
export function readSecret(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CliRefusal(
      EXIT.unreachable,
      'SECRET_MISSING',
      `${what} cannot be read from ${file}: is the stack of this folder running, and is it yours?`,
      { cause },
    );
  }
}
