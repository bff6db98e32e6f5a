import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change } from '@mandate/contracts';
import { Database, type RunningService } from '@mandate/service-kit';
import { type Heard, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import type { ContractStory } from './contract-story';

export const CATALOGUE_FILE = join(__dirname, '../../../infra/capabilities.yaml');
export const OPERATOR_TOKEN = 'token-of-sam';
const OPERATOR_TOKENS_FILE = join(mkdtempSync(join(tmpdir(), 'operators-')), 'tokens.json');
export const ENV = {
  CATALOGUE_FILE,
  OPERATOR_TOKENS_FILE,
  SAMPLE_APP_URL: 'http://127.0.0.1:9',
  JOB_RECHECK: '50ms',
  ROLLBACK_BACKOFF: '50ms',
  STEP_HEALTH_WAIT: '300ms',
};
writeFileSync(
  OPERATOR_TOKENS_FILE,
  JSON.stringify([{ token_sha256: createHash('sha256').update(OPERATOR_TOKEN).digest('hex'), operator: 'sam' }]),
);

interface FlagReply {
  readonly status: number;
  readonly body: { readonly value: unknown; readonly metadata: Record<string, unknown> };
}

/** A world with an executor in it. */
export class ExecutorWorld {
  private healthVersion = 1;

  private constructor(
    readonly world: World,
    public executor: RunningService,
  ) {}

  static async open(more: Readonly<Record<string, string>> = {}): Promise<ExecutorWorld> {
    const world = await World.open();
    await world.sayHealth('SYSTEM', 'HEALTHY', 1);
    return new ExecutorWorld(world, await world.start('executor', AppModule, { ...ENV, ...more }));
  }

  close(): Promise<void> {
    return this.world.close();
  }

  async health(state: 'HEALTHY' | 'UNHEALTHY'): Promise<void> {
    await this.world.sayHealth('SYSTEM', state, ++this.healthVersion);
  }

  async flag(key: string): Promise<FlagReply> {
    const response = await this.evaluate(`/${key}`, '{"context":{}}');
    return { status: response.status, body: (await response.json()) as FlagReply['body'] };
  }

  evaluate(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.executor.port}/ofrep/v1/evaluate/flags${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  }

  /** Runs SQL as the service's own role. */
  sql<T>(statement: string): Promise<T[]> {
    return this.executor.app.get(Database).rows<T>(statement);
  }

  /** The next end of a job of a contract. */
  ended(story: ContractStory, state: 'COMPLETED' | 'FAILED'): Promise<Heard<'JobChanged'>> {
    return this.world.next('JobChanged', (m) => m.key === story.contractId && m.value.state === state);
  }

  /** The next change of a contract's rollback that fits. */
  rollback(story: ContractStory, fits: (job: Heard<'JobChanged'>['value']) => boolean): Promise<Heard<'JobChanged'>> {
    const { contractId } = story;
    return this.world.next('JobChanged', (m) => m.key === contractId && m.value.kind === 'ROLLBACK' && fits(m.value));
  }

  /** All that was heard of a contract's jobs. */
  jobsOf(story: ContractStory): Heard<'JobChanged'>[] {
    return this.world.all('JobChanged').filter((m) => m.key === story.contractId);
  }
}

const update = (capability: string, key: string, to: number, old: number): Change => ({
  kind: 'configuration_update',
  capability,
  setting: { key, old, new: to },
});
export const exportRows = (to: number, old: number): Change => update('bulk_export', 'rows_max', to, old);
export const session = (to: number, old: number): Change => update('session_lifetime', 'lifetime_minutes', to, old);
export const rateLimit = (to: number, old: number): Change => update('api_rate_limit', 'requests_per_minute', to, old);
export const searchDepth = (to: number, old: number): Change => update('search_depth', 'max_hops', to, old);
