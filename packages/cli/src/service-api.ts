import { SERVICES } from '@mandate/contracts';
import { CliRefusal, EXIT } from './refusal';
import { readSecret, type Stack } from './stack';

const ANSWER_LIMIT_MS = 60_000;

/** A service's HTTP for operators, with the local operator's token. */
export class ServiceApi {
  private readonly base: string;
  private readonly token: string;

  constructor(
    stack: Stack,
    private readonly service: string,
  ) {
    // A stack has more addresses than services: its issuer and the sample application park nothing.
    const url = SERVICES.some((name) => name === service) ? stack.urls[service] : undefined;
    if (!url)
      throw new CliRefusal(EXIT.notFound, 'NO_SUCH_SERVICE', `"${service}" is not one of ${SERVICES.join(', ')}.`);
    this.base = `${url}/api/v1`;
    this.token = readSecret(stack.operatorTokenFile, "The operator's token");
  }

  get<T>(path: string): Promise<T> {
    return this.ask<T>(path, {});
  }

  /** The answer as it came, byte for byte. */
  async getText(path: string): Promise<string> {
    return (await this.answered(path, {})).text();
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.ask<T>(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  }

  /**
   * Asks for something that takes long: what is told meanwhile goes to `onProgress`. The work goes on at the service even if
   * nobody listens any longer.
   */
  async lines<P, T>(path: string, body: object, onProgress: (now: P) => void): Promise<T> {
    const response = await this.answered(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson, application/json' },
      signal: null,
    });
    if (!response.headers.get('content-type')?.startsWith('application/x-ndjson')) return (await response.json()) as T;
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const found = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = found.pop() ?? '';
      for (const line of found) {
        const told = JSON.parse(line) as { progress?: P; result?: T; problem?: { code?: string; detail?: string } };
        if (told.result !== undefined) return told.result;
        if (told.problem) throw new CliRefusal(EXIT.refused, told.problem.code ?? 'PROBLEM', told.problem.detail ?? '');
        if (told.progress !== undefined) onProgress(told.progress);
      }
    }
    const sentence = `${this.service} stopped answering in the middle: \`mandate actions ${this.service}\` tells whether it went on.`;
    throw new CliRefusal(EXIT.noAnswer, 'NO_END', sentence);
  }

  delete<T>(path: string, body: object): Promise<T> {
    return this.ask<T>(path, {
      method: 'DELETE',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    return (await (await this.answered(path, init)).json()) as T;
  }

  private async answered(path: string, init: RequestInit): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, ...init.headers };
    const limit = init.signal === null ? {} : { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) };
    const response = await fetch(`${this.base}${path}`, { ...init, headers, ...limit }).catch((cause) => {
      const sentence = `${this.service} at ${this.base} does not answer: \`npm run status\` tells how it is.`;
      throw new CliRefusal(EXIT.unreachable, 'SERVICE_UNREACHABLE', sentence, { cause });
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    throw new CliRefusal(
      response.status === 404 ? EXIT.notFound : EXIT.refused,
      problem.code ?? `HTTP_${response.status}`,
      problem.detail ?? `${this.service} answers ${response.status}.`,
    );
  }
}
