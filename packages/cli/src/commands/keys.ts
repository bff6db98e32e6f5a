import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type FounderKey, type Manifest, readManifest, signManifest, withFounderKey } from '@mandate/contracts';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { readSecret } from '../stack';
import { type Context, shownInLine } from '../terminal';

/** What `keys enrol-founder` was told. */
export interface EnrolOptions {
  readonly rootKey: string;
  readonly manifest: string;
  readonly out?: string;
  /** The id of a key that waits in the review service… */
  readonly pending?: string;
  readonly review?: string;
  readonly operatorToken?: string;
  /** …or its entry, carried to where the root key is. */
  readonly entry?: string;
  readonly yes: boolean;
}

const ANSWER_LIMIT_MS = 30_000;
const usage = (code: string, sentence: string, cause?: unknown): CliRefusal =>
  new CliRefusal(EXIT.usage, code, sentence, { cause });

/** Signs a manifest with one more founder's key. Whoever holds the root key does this, and looks at the key first. */
export async function enrolFounder({ terminal, isJson }: Context, options: EnrolOptions): Promise<ExitCode> {
  const root = rootKeyOf(options.rootKey);
  const before = manifestOf(options.manifest, root);
  const key = options.entry === undefined ? await waitingKey(options) : entryIn(options.entry);
  const after = extended(before, key);
  const { founder, key_id, kind, origin } = key;
  const whose = `${kind} ${key_id} of ${shownInLine(founder)}${origin ? `, for ${shownInLine(origin)}` : ''}`;
  if (!options.yes) {
    if (!terminal.confirm) {
      const sentence = 'Nobody can be asked here whether this is the founder’s key: compare it, then say --yes.';
      throw usage('NOT_CONFIRMED', sentence);
    }
    terminal.err(`Manifest ${after.number} (${after.environment}) will name one key more: ${whose}.`);
    terminal.err('From then on it approves changes. Compare the id with the one that the founder reads to you.');
    if (!(await terminal.confirm('Sign it? (y/N) '))) throw new CliRefusal(EXIT.refused, 'NOT_SIGNED', 'Not signed.');
  }
  const file = options.out ?? options.manifest;
  writeManifest(file, signManifest(after, root));
  if (isJson) terminal.out(JSON.stringify({ number: after.number, key_id, founder, kind, file }));
  else
    terminal.out(`Manifest ${after.number} in ${file} names ${whose}. Services take it when they next read the file.`);
  return EXIT.done;
}

function rootKeyOf(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (cause) {
    throw usage('ROOT_KEY_UNREADABLE', `${file} is no private key that can be read.`, cause);
  }
}

function manifestOf(file: string, root: KeyObject): Manifest {
  try {
    return readManifest(readFileSync(file, 'utf8'), createPublicKey(root));
  } catch (cause) {
    throw usage('MANIFEST_UNREADABLE', `${file} cannot be gone on with: it ${(cause as Error).message}.`, cause);
  }
}

/** A key that waits, as a file. @throws CliRefusal if it is none */
export function entryIn(file: string): FounderKey {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as FounderKey & { entry?: FounderKey };
    return read.entry ?? read;
  } catch (cause) {
    throw usage('ENTRY_UNREADABLE', `${file} is no JSON of a key that waits: ${(cause as Error).message}.`, cause);
  }
}

async function waitingKey({ pending, review, operatorToken }: EnrolOptions): Promise<FounderKey> {
  if (pending === undefined || review === undefined || operatorToken === undefined) {
    const sentence = 'Say which key: --entry FILE, or --pending ID with --review URL and --operator-token FILE.';
    throw usage('KEY_NOT_NAMED', sentence);
  }
  const url = `${review.replace(/\/$/, '')}/api/v1/founder-keys/pending`;
  const headers = { authorization: `Bearer ${readSecret(operatorToken, "The operator's token")}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).catch((cause) => {
    throw new CliRefusal(EXIT.unreachable, 'REVIEW_UNREACHABLE', `${url} does not answer.`, { cause });
  });
  if (!response.ok) {
    const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new CliRefusal(EXIT.refused, `HTTP_${response.status}`, detail ?? `${url} answers ${response.status}.`);
  }
  const { pending: waiting } = (await response.json()) as { pending: readonly { readonly entry: FounderKey }[] };
  const found = waiting.find(({ entry }) => entry.key_id === pending);
  if (!found) throw new CliRefusal(EXIT.notFound, 'NO_SUCH_KEY', `No key ${pending} waits to be enrolled.`);
  return found.entry;
}

function extended(before: Manifest, key: FounderKey): Manifest {
  try {
    return withFounderKey(before, key);
  } catch (cause) {
    const sentence = `Nothing is signed: ${(cause as Error).message}.`;
    throw new CliRefusal(EXIT.refused, 'KEY_REFUSED', sentence, { cause });
  }
}

/** Never seen half-written by a service that reads it meanwhile. @throws CliRefusal if it cannot be written */
export function writeManifest(file: string, text: string): void {
  try {
    writeFileSync(`${file}.new`, text, { mode: 0o644 });
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw usage('NOT_WRITABLE', `${file} cannot be written: name another place with --out.`, cause);
  }
}
