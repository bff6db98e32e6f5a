import type { Manifest, Service } from '@mandate/contracts';
import { Expectation, type Finding } from './compare';
import { CHAIN_COLUMNS, CHECKPOINT_COLUMNS, HEAD_COLUMNS, LOG_COLUMNS, RecordCheck } from './record';
import type { TableReader } from './rows';
import type { Row } from './table';
import { SERVICE_TABLES } from './tables';
import type { Told } from './told';

/** What everything that was said tells of one service's tables, worked out once for many looks. */
export class ServiceExpectation {
  readonly tables: readonly Expectation[];

  constructor(
    readonly service: Service,
    private readonly told: Told,
    private readonly manifest: Manifest,
  ) {
    const tables = SERVICE_TABLES.find((t) => t.service === service);
    this.tables = (tables?.audited ?? []).map((table) => new Expectation(service, table, told));
  }

  /** Looks at all of the service's tables. */
  async look(reader: TableReader): Promise<Finding[]> {
    const found: (readonly Finding[])[] = [];
    for (const expectation of this.tables) {
      const { name, columns } = expectation.table;
      if (this.service === 'auditor' && name === 'evidence') found.push(await this.evidence(expectation, reader));
      else found.push(await expectation.compare(reader.rows(name, Object.keys(columns))));
    }
    return found.flat();
  }

  /** The evidence is read once, for what stands in it and for its chain. */
  private async evidence(expectation: Expectation, reader: TableReader): Promise<Finding[]> {
    const heads = await allOf(reader.rows('checkpoint_heads', HEAD_COLUMNS, ['number', 'log']));
    const check = new RecordCheck(await allOf(reader.rows('logs', LOG_COLUMNS, ['log'])), heads, this.told);
    const columns = [...new Set([...CHAIN_COLUMNS, ...Object.keys(expectation.table.columns)])];
    const rows = reader.rows('evidence', columns, ['log', 'seq']);
    const findings = await expectation.compare(passing(rows, (row) => check.see(row)));
    const checkpoints = await allOf(reader.rows('checkpoints', CHECKPOINT_COLUMNS, ['number']));
    return [...findings, ...check.end(checkpoints, this.manifest)];
  }
}

async function* passing(rows: AsyncIterable<Row>, see: (row: Row) => void): AsyncGenerator<Row> {
  for await (const row of rows) {
    see(row);
    yield row;
  }
}

export async function allOf(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
