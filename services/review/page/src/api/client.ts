import type { ProblemDetails, Session } from './shapes';

/** What the service answered instead of what was asked for; `message` tells a person. */
export class ApiProblem extends Error {
  constructor(readonly details: Partial<ProblemDetails> & { readonly status: number; readonly detail: string }) {
    super(details.detail);
  }
}

/** A service did not answer at all. */
export class Unreachable extends Error {
  constructor(message = 'The review service does not answer.') {
    super(message);
  }
}

let csrfToken = '';
/** Remembers what a request that changes something has to carry. */
export function rememberSession({ csrf_token }: Session): void {
  csrfToken = csrf_token;
}

interface Sent {
  readonly method?: 'POST';
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** Digest of the dossier that was shown. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/**
 * Asks the review service, whose address is the page's own.
 *
 * @throws ApiProblem  with the service's own words
 * @throws Unreachable
 */
export async function ask<T>(path: string, { method, body, idempotencyKey, ifMatch, signal }: Sent = {}): Promise<T> {
  const response = await fetch(`/api/v1${path}`, {
    method: method ?? 'GET',
    headers: {
      accept: 'application/json',
      ...(method ? { 'content-type': 'application/json', 'x-csrf-token': csrfToken } : {}),
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      ...(ifMatch ? { 'if-match': `"${ifMatch}"` } : {}),
    },
    ...(method ? { body: JSON.stringify(body ?? {}) } : {}),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : new Unreachable();
  });
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok) return answer as T;
  throw new ApiProblem({
    detail: `The service answered ${response.status}.`,
    ...(typeof answer === 'object' ? answer : {}),
    status: response.status,
  });
}

function parsed(text: string): object | null {
  try {
    return JSON.parse(text) as object | null;
  } catch {
    return null;
  }
}

/** Takes an action; the key makes a retry the same decision. */
export function act<T>(path: string, body: unknown, options: { idempotencyKey: string; ifMatch?: string }): Promise<T> {
  return ask<T>(path, { method: 'POST', body, ...options });
}

/** Ends the session, or all of this founder's. @returns where to go then */
export async function signOut(everywhere: boolean): Promise<string> {
  const response = await fetch('/api/v1/auth/sign-out', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
    body: JSON.stringify(everywhere ? { everywhere } : {}),
  }).catch(() => {
    throw new Unreachable();
  });
  if (!response.ok) throw new Error(`The service answered ${response.status}; you are still signed in.`);
  return response.headers.get('location') ?? '/sign-in';
}
