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
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const response = await fetch(`${this.base}${path}`, { ...init, headers, signal }).catch((cause) => {
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
