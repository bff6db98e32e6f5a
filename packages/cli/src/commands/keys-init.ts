import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Environment,
  type FounderKey,
  keyIdOf,
  type Manifest,
  rawPublicKey,
  SERVICES,
  sha256,
  signManifest,
  withFounderKey,
} from '@mandate/contracts';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import type { Context } from '../terminal';
import { entryIn, writeManifest } from './keys';

/** What `keys init` was told. */
export interface InitOptions {
  /** Catalogue files that may be applied. */
  readonly catalogue: readonly string[];
  readonly environment: Environment;
  /** Where the root's key goes, apart from the others. */
  readonly rootDir?: string;
  /** Files with founders' keys, as the review service or `keys enrol-founder` knows them. */
  readonly founder: readonly string[];
  readonly nowMs: number;
}

const refused = (code: string, sentence: string, cause?: unknown): CliRefusal =>
  new CliRefusal(EXIT.usage, code, sentence, { cause });

/**
 * Makes everything that a new installation's authority begins with, in an empty folder: the root's key apart from the rest, a
 * key for each service, and the first manifest, signed. Nothing is ever overwritten.
 */
export function initKeys({ terminal, isJson }: Context, folder: string, options: InitOptions): ExitCode {
  const dir = resolve(folder);
  const rootDir = resolve(options.rootDir ?? join(dir, 'root'));
  if (options.catalogue.length === 0)
    throw refused('NO_CATALOGUE', 'Name at least one catalogue with --catalogue FILE.');
  const digests = options.catalogue.map(digestOf);
  const founders = options.founder.map(entryIn);
  const root = generateKeyPairSync('ed25519').privateKey;
  const keys = SERVICES.map((service) => ({ service, key: generateKeyPairSync('ed25519').privateKey }));
  const first: Manifest = {
    format: 'mandate-authority-v1',
    number: 1,
    environment: options.environment,
    services: keys.map(({ service, key }) => {
      const public_key = rawPublicKey(key).toString('base64');
      return { service, key_id: keyIdOf(key), public_key, valid_from: options.nowMs, valid_to: null };
    }),
    founders: [],
    catalogue_digests: digests,
  };
  const manifest = { ...enrolled(first, founders), number: 1 };
  for (const place of [dir, rootDir]) madeEmpty(place);
  writePrivate(join(rootDir, 'root.pem'), root);
  for (const { service, key } of keys) writePrivate(join(dir, `${service}.pem`), key);
  const publicPem = createPublicKey(root).export({ format: 'pem', type: 'spki' });
  writeFileSync(join(dir, 'root.pub.pem'), publicPem, { mode: 0o644, flag: 'wx' });
  writeManifest(join(dir, 'authority.json'), signManifest(manifest, root));
  if (isJson) terminal.out(JSON.stringify({ dir, root_dir: rootDir, root_key_id: keyIdOf(root), number: 1 }));
  else for (const line of whatNext(dir, rootDir, manifest)) terminal.out(line);
  return EXIT.done;
}

/** A browser's key counts in local runs alone: a production manifest that names one is not signed. */
function enrolled(first: Manifest, founders: readonly FounderKey[]): Manifest {
  try {
    return founders.reduce(withFounderKey, first);
  } catch (cause) {
    throw new CliRefusal(EXIT.refused, 'KEY_REFUSED', `Nothing is made: ${(cause as Error).message}.`, { cause });
  }
}

function digestOf(file: string): string {
  try {
    return sha256(readFileSync(file)).toString('hex');
  } catch (cause) {
    throw refused('CATALOGUE_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}.`, cause);
  }
}

function madeEmpty(dir: string): void {
  if (existsSync(dir) && readdirSync(dir).length > 0)
    throw refused('NOT_EMPTY', `${dir} is not empty: keys are never written over. Name a folder that is.`);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw refused('NOT_WRITABLE', `${dir} cannot be made: ${(cause as Error).message}.`, cause);
  }
}

function writePrivate(file: string, key: KeyObject): void {
  writeFileSync(file, key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
}

function whatNext(dir: string, rootDir: string, { environment, founders }: Manifest): string[] {
  const at = (name: string): string => join(dir, name);
  const isWithoutFounder = founders.length === 0;
  return [
    `Manifest 1 for ${environment} names a key for each of ${SERVICES.length} services.`,
    `1. Take ${join(rootDir, 'root.pem')} off this machine, and keep two copies: who has it decides whose signature counts.`,
    `2. Give each service its own key and no other: MANDATE_KEY_FILE=${at('<service>.pem')}.`,
    `3. Give every service ${at('authority.json')} (MANDATE_MANIFEST_FILE), ${at('root.pub.pem')} (MANDATE_ROOT_PUBLIC_KEY_FILE) and MANDATE_ENVIRONMENT=${environment}.`,
    isWithoutFounder
      ? '4. Nobody can approve yet: have a founder ask for a key on the page, then `mandate keys enrol-founder`.'
      : `4. ${founders.map((f) => f.founder).join(', ')} can approve; further founders with \`mandate keys enrol-founder\`.`,
    'Hand root.pub.pem to whoever checks proof files.',
  ];
}
