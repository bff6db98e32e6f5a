import { Client, type ClientBase } from 'pg';
import { CliRefusal, EXIT } from '../refusal';
import type { Row } from './table';

const PAGE_ROWS = 5_000;
const STATEMENT_LIMIT = '5min';

/** One look at a service's tables: all of one instant, and nothing but reading. */
export class TableReader {
  private cursors = 0;

  /** @param client within a transaction */
  constructor(private readonly client: ClientBase) {}

  /** A table's rows, some columns of them, a page at a time. */
  async *rows(table: string, columns: readonly string[], order: readonly string[] = []): AsyncGenerator<Row> {
    const cursor = `audit_${this.cursors++}`;
    const names = columns.map(quoted).join(', ');
    const sorted = order.length ? ` ORDER BY ${order.map(quoted).join(', ')}` : '';
    await this.client.query(`DECLARE ${cursor} CURSOR FOR SELECT ${names} FROM ${quoted(table)}${sorted}`);
    for (;;) {
      const { rows } = await this.client.query<Row>(`FETCH ${PAGE_ROWS} FROM ${cursor}`);
      yield* rows;
      if (rows.length < PAGE_ROWS) break;
    }
    await this.client.query(`CLOSE ${cursor}`);
  }
}

const quoted = (name: string): string => `"${name}"`;

/** A connection to one service's database as its reader. */
export class ServiceRows {
  private constructor(
    private readonly service: string,
    private readonly client: Client,
  ) {}

  /** @throws CliRefusal if the database does not take the reader */
  static async open(service: string, url: string): Promise<ServiceRows> {
    const client = new Client({
      connectionString: url,
      application_name: 'mandate audit',
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', () => undefined); // told by the next query
    const rows = new ServiceRows(service, client);
    await rows.reached(client.connect());
    await rows.reached(client.query(`SET statement_timeout = '${STATEMENT_LIMIT}'`));
    return rows;
  }

  /** One look: all that is read in it is of one instant. */
  async look<T>(work: (reader: TableReader) => Promise<T>): Promise<T> {
    await this.reached(this.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
    try {
      return await this.reached(work(new TableReader(this.client)));
    } finally {
      await this.client.query('ROLLBACK').catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private reached<T>(work: Promise<T>): Promise<T> {
    return work.catch((cause) => {
      if (cause instanceof CliRefusal) throw cause;
      const why = (cause as Error).message;
      const sentence = `The database of ${this.service} cannot be looked at: ${why}.`;
      throw new CliRefusal(EXIT.unreachable, 'DATABASE_UNREACHABLE', sentence, { cause });
    });
  }
}
