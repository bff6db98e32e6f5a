import { DataSource, type QueryRunner } from 'typeorm';

/** One open transaction. Explicit SQL, a few multi-row statements per batch. */
export class Tx {
  private readonly afterwards: (() => void)[] = [];

  constructor(private readonly runner: QueryRunner) {}

  /**
   * Has something done once this transaction has been committed, and not if it is rolled back: a call to the outside, that
   * must never hold a lock or be made for what was not recorded. A crash loses it, so what it is for must be a row too.
   */
  afterCommit(work: () => void): void {
    this.afterwards.push(work);
  }

  /** The kit's to call, after the commit. */
  committed(): void {
    for (const work of this.afterwards.splice(0)) work();
  }

  /** Runs a statement and returns its rows. */
  async rows<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const result = await this.runner.query(sql, parameters as unknown[], true);
    return (result.records ?? []) as T[];
  }

  /** Runs a statement and returns how many rows it touched. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    const result = await this.runner.query(sql, parameters as unknown[], true);
    return result.affected ?? 0;
  }
}

/** A service's own database, through TypeORM and pg. */
export class Database {
  constructor(readonly dataSource: DataSource) {}

  /** Opens a pool on a PostgreSQL URL; nothing is ever synchronised, migrations have run before. */
  static async open(url: string, service: string): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      applicationName: `mandate-${service}`,
      synchronize: false,
      logging: false,
      poolErrorHandler: () => undefined,
      extra: {
        max: 8,
        connectionTimeoutMillis: 5_000,
        statement_timeout: 60_000,
        idle_in_transaction_session_timeout: 120_000,
      },
    });
    await dataSource.initialize();
    return new Database(dataSource);
  }

  /** Runs `work` in one transaction. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const tx = new Tx(runner);
      const result = await work(tx);
      await runner.commitTransaction();
      tx.committed();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release().catch(() => undefined);
    }
  }

  /** Reads outside a transaction. */
  async rows<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.dataSource.query(sql, parameters as unknown[])) as T[];
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
