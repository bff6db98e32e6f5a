import { readFileSync } from 'node:fs';
import type { FounderKey } from '@mandate/contracts';
import { enrolFounderKey, localFounder } from './keys';
import { pageUrl } from './parts';
import type { StackFiles } from './stack-files';

/** A founder's key as review lists it for operators. */
export interface PendingKey {
  readonly entry: FounderKey;
  readonly label: string;
}

const everyMs = 1_000;

/** Why a key is not enrolled by itself on this stack; null: it is. */
export function refusalOf({ founder, kind, origin }: FounderKey, page: string): string | null {
  if (founder !== localFounder) return `it is ${founder}'s, and this stack knows ${localFounder} only`;
  if (kind === 'ed25519') return 'the page offers no key of this kind';
  return kind === 'passkey' && origin !== page ? `it belongs to ${origin}, and the page is ${page}` : null;
}

/**
 * Signs what the founder asked for in the page: on a local stack the root key is at hand, and a key counts after its first use
 * of the page. Elsewhere the holder of the root key does this (`mandate keys enrol-founder`). @returns how to stop
 */
export function keepEnrolling(files: StackFiles, reviewPort: number, report: (line: string) => void): () => void {
  const seen = new Set<string>();
  const page = pageUrl(reviewPort);
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const look = async () => {
    // While review is away nothing can be asked for either.
    const pending = await pendingKeys(files, reviewPort).catch(() => []);
    for (const key of pending.filter(({ entry }) => !seen.has(entry.key_id))) {
      seen.add(key.entry.key_id);
      report(enrolOne(files, key, page));
    }
    if (!isStopped) timer = setTimeout(look, everyMs);
  };
  timer = setTimeout(look, everyMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

function enrolOne(files: StackFiles, { entry, label }: PendingKey, page: string): string {
  const name = `${entry.kind === 'passkey' ? 'passkey' : 'browser key'} ${JSON.stringify(label)} (${entry.key_id})`;
  const refusal = refusalOf(entry, page);
  if (refusal !== null) return `The ${name} is not enrolled: ${refusal}.`;
  try {
    enrolFounderKey(files, entry);
    return `The ${name} of ${entry.founder} is enrolled: the manifest names it from now on.`;
  } catch (error) {
    return `The ${name} is not enrolled: ${(error as Error).message}.`;
  }
}

async function pendingKeys(files: StackFiles, reviewPort: number): Promise<readonly PendingKey[]> {
  const url = `http://127.0.0.1:${reviewPort}/api/v1/founder-keys/pending`;
  const headers = { authorization: `Bearer ${readFileSync(files.operatorToken, 'utf8').trim()}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(2_000) });
  if (!response.ok) return [];
  return ((await response.json()) as { pending?: readonly PendingKey[] }).pending ?? [];
}
