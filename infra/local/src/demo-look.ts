import { readFileSync } from 'node:fs';
import type { StackConnection } from './connection';

/** Looks at the running application and at the review, over HTTP as anybody would. */
export class Look {
  constructor(private readonly stack: StackConnection) {}

  /** The value that the application runs with. */
  async configured(flag: string): Promise<number> {
    const response = await fetch(`${this.stack.urls['sample-app']}/`);
    const body = (await response.json()) as { configuration: Record<string, { value: number }> };
    return body.configuration[flag]?.value ?? Number.NaN;
  }

  async searchIsWell(): Promise<boolean> {
    const response = await fetch(`${this.stack.urls['sample-app']}/health/search`);
    await response.arrayBuffer();
    return response.ok;
  }

  async incidentIsListed(contractId: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${readFileSync(this.stack.founder.tokenFile, 'utf8').trim()}` };
    const response = await fetch(`${this.stack.urls.review}/api/v1/attention`, { headers });
    return (await response.text()).includes(contractId);
  }
}

/** Reads until the value is good, or the time is over; the last value either way. */
export async function until<T>(read: () => Promise<T>, isGood: (value: T) => boolean, limitMs = 15_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (isGood(value) || Date.now() > end) return value;
    await new Promise((r) => setTimeout(r, 100));
  }
}
