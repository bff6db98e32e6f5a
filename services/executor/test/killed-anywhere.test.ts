import { join } from 'node:path';
import type { Change } from '@mandate/contracts';
import { Client } from 'pg';
import { World } from '../../../infra/local/src/testing/world';
import { ContractStory } from './contract-story';
import { CATALOGUE_FILE } from './executor-world';

jest.setTimeout(180_000);

const ENV = { CATALOGUE_FILE, SAMPLE_APP_URL: 'http://127.0.0.1:9' };
const order = {
  service: 'executor' as const,
  modulePath: join(__dirname, '../src/app.module.ts'),
  exportName: 'AppModule',
  crashAt: null,
};
/** What a step writes, in this order; a kill before each of them loses another part of its transaction. */
const TABLES = [
  'timers',
  'registry_counter',
  'capabilities',
  'capability_log',
  'jobs',
  'job_steps',
  'job_log',
  'outbox',
];
const LOCK = 4_711;
const FROM = 100;
const staircase: Change[] = Array.from({ length: TABLES.length + 2 }, (_, i) => ({
  kind: 'configuration_update',
  capability: 'session_lifetime',
  setting: { key: 'lifetime_minutes', old: FROM + i, new: FROM + i + 1 },
}));

/** Holds the second statement that writes a table, until it is let go. */
class Hold {
  private constructor(private readonly owner: Client) {}

  static async open(url: string): Promise<Hold> {
    const owner = new Client({ connectionString: url });
    await owner.connect();
    await owner.query(`CREATE SEQUENCE turns; GRANT USAGE ON SEQUENCE turns TO PUBLIC;
      CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('turns') = 2 THEN PERFORM pg_advisory_xact_lock(${LOCK}); END IF;
        RETURN NULL;
      END $$;
      SELECT pg_advisory_lock(${LOCK})`);
    return new Hold(owner);
  }

  async on(table: string): Promise<void> {
    await this.owner.query(`ALTER SEQUENCE turns RESTART;
      CREATE TRIGGER hold BEFORE INSERT OR UPDATE OR DELETE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION hold()`);
  }

  async off(table: string): Promise<void> {
    await this.owner.query(`DROP TRIGGER hold ON ${table}`);
  }

  /** Resolves when the executor stands at the held statement. */
  async reached(): Promise<void> {
    const until = performance.now() + 20_000;
    for (;;) {
      const { rowCount } = await this.owner.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK} AND NOT granted`,
      );
      if (rowCount) return;
      if (performance.now() > until) throw new Error('the executor does not reach the held statement');
      await new Promise((r) => setTimeout(r, 20));
    }
  }

  close(): Promise<void> {
    return this.owner.end();
  }
}

describe('an executor that is killed inside the transaction of a step', () => {
  let world: World;
  let hold: Hold;

  beforeAll(async () => {
    world = await World.open();
    await world.sayHealth('SYSTEM', 'HEALTHY', 1);
    const first = await world.spawn(order, ENV); // the catalogue is applied
    const story = await new ContractStory(world, [
      { ...staircase[0], setting: { key: 'lifetime_minutes', old: 60, new: FROM } } as Change,
    ]).approved();
    await story.activate();
    const done = await ended(story, 'CHANGE');
    await story.conclude(done, 'PASS');
    await world.next('CapabilityChanged', (m) => m.value.contract_id === story.contractId && m.value.cause === 'FINAL');
    await first.end('SIGTERM');
    hold = await Hold.open((await world.database('executor')).ownerUrl);
  });
  afterAll(async () => {
    await hold.close();
    await world.close();
  });

  const ended = (story: ContractStory, kind: 'CHANGE' | 'ROLLBACK') =>
    world.next(
      'JobChanged',
      (m) => m.key === story.contractId && m.value.kind === kind && m.value.ended_at !== null,
      40_000,
    );
  /** The values that the capability took, in the registry's order; a message that was published twice counts once. */
  const taken = (story: ContractStory) => {
    const changed = world.all('CapabilityChanged').filter((m) => m.value.contract_id === story.contractId);
    const byVersion = new Map(changed.map((m) => [m.value.version, Number(m.value.values[0]?.value)]));
    return [...byVersion].sort(([a], [b]) => a - b).map(([, value]) => value);
  };
  const killedBefore = async (tables: readonly string[]) => {
    for (const table of tables) {
      await hold.on(table);
      const doomed = await world.spawn(order, ENV);
      await hold.reached();
      await doomed.end('SIGKILL');
      await hold.off(table);
    }
  };

  it('JOB-004, JOB-006: before any of its statements, at step after step, does and undoes each once, in order', async () => {
    const story = await new ContractStory(world, staircase).approved();
    const starter = await world.spawn(order, ENV);
    await world.sayHealth('SYSTEM', 'UNHEALTHY', 2); // the job waits for its first step
    await story.activate();
    await world.next('JobChanged', (m) => m.key === story.contractId);
    await starter.end('SIGKILL');
    await world.sayHealth('SYSTEM', 'HEALTHY', 3);
    await killedBefore(TABLES);
    const survivor = await world.spawn(order, ENV);
    const done = await ended(story, 'CHANGE');
    expect(done.value.state).toBe('COMPLETED');
    await survivor.end('SIGKILL');

    await story.conclude(done, 'FAIL');
    await killedBefore(['capabilities', 'job_steps', 'outbox']);
    const last = await world.spawn(order, ENV);
    const undone = await ended(story, 'ROLLBACK');
    expect(undone.value).toMatchObject({ state: 'COMPLETED', attempt: 1 });
    await world.next(
      'CapabilityChanged',
      (m) =>
        m.value.contract_id === story.contractId &&
        m.value.cause === 'ROLLBACK' &&
        m.value.values[0]?.value === String(FROM),
    );
    const up = staircase.map((_, i) => FROM + i + 1);
    expect(taken(story)).toEqual([...up, ...up.map((v) => v - 1).reverse()]);
    await last.end('SIGTERM');
  });
});
