import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FullChain } from './full-chain';

const TOKEN = 'a-token-of-sam';
const HOUR_MS = 3_600_000;

/** What an operator does over health's and the executor's authenticated HTTP. */
export class Operator {
  private constructor(private readonly chain: FullChain) {}

  /** Before these services start. */
  static of(chain: FullChain): Operator {
    const tokens = join(chain.world.servers.dir, 'operators.json');
    const digest = createHash('sha256').update(TOKEN).digest('hex');
    writeFileSync(tokens, JSON.stringify([{ token_sha256: digest, operator: 'sam' }]));
    for (const part of ['health', 'executor'] as const)
      chain.extraEnv.set(part, { ...chain.extraEnv.get(part), OPERATOR_TOKENS_FILE: tokens });
    return new Operator(chain);
  }

  /** Raises a freeze for an hour; returns what lifts it again. */
  async freeze(scope: string, reason: string): Promise<() => Promise<void>> {
    const url = `${this.chain.url('health')}/api/v1/signals`;
    const { signal_id } = (await this.ask('POST', url, {
      ...{ scope, kind: 'freeze', reason, expires_at: Date.now() + HOUR_MS },
    })) as { signal_id: string };
    return async () => {
      await this.ask('DELETE', `${url}/${signal_id}`, { reason: 'It is over.' });
    };
  }

  async retryRollback(contractId: string, reason: string): Promise<void> {
    await this.ask('POST', `${this.chain.url('executor')}/api/v1/rollbacks/${contractId}/retry`, { reason });
  }

  private async ask(method: string, url: string, body: object): Promise<object> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url} answers ${response.status}: ${text}`);
    return JSON.parse(text) as object;
  }
}
