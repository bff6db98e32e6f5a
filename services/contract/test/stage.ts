import type { KitOverrides, RunningService } from '@mandate/service-kit';
import { Client } from 'pg';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { Chain } from './chain';
import { ExecutionChain } from './execution-chain';

/** A world with the contract service in it, the catalogue defined and everything healthy. */
export interface Stage {
  readonly world: World;
  readonly chain: Chain;
  readonly execution: ExecutionChain;
  readonly service: RunningService;
  /** Asks the service's database as its owner. */
  rows<T>(sql: string, parameters?: unknown[]): Promise<T[]>;
  count(fromWhere: string): Promise<number>;
  close(): Promise<void>;
}

export async function openStage(overrides: KitOverrides = {}): Promise<Stage> {
  const world = await World.open();
  const chain = new Chain(world, () => overrides.clock?.now() ?? Date.now());
  await world.seed();
  const service = await world.start('contract', AppModule, { ACTIVATION_POLL: '50ms' }, overrides);
  const owner = new Client({ connectionString: (await world.database('contract')).ownerUrl });
  await owner.connect();
  const rows = async <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    (await owner.query(sql, parameters)).rows as T[];
  return {
    world,
    chain,
    execution: new ExecutionChain(chain),
    service,
    rows,
    count: async (fromWhere) => Number((await rows<{ n: string }>(`SELECT count(*) AS n FROM ${fromWhere}`))[0]?.n),
    close: async () => {
      await owner.end();
      await world.close();
    },
  };
}
