import { randomUUID } from 'node:crypto';
import { type Expectation, type Finding, type Row, type ServiceExpectation, TableReader } from '@mandate/cli';
import { Client } from 'pg';
import { type Chance, otherValue, pick } from './other-value';

interface Column {
  readonly name: string;
  readonly type: string;
}

/** What was done to a table by hand, and what of it must be found. */
export interface HandEdit {
  /** Service, table and statement. */
  readonly what: string;
  readonly isFound: (findings: readonly Finding[]) => boolean;
}

type Kind = 'UPDATE' | 'DELETE' | 'INSERT' | 'TRUNCATE';
const KINDS: readonly Kind[] = ['UPDATE', 'UPDATE', 'UPDATE', 'DELETE', 'INSERT', 'TRUNCATE'];
const TRIES = 40;

/** One service's database in the hands of its administrator, whom no trigger and no foreign key stops. */
export class Administrator {
  private readonly columns = new Map<string, readonly Column[]>();
  private readonly rows = new Map<string, readonly Row[]>();

  private constructor(
    private readonly expectation: ServiceExpectation,
    private readonly client: Client,
  ) {}

  static async of(expectation: ServiceExpectation, superuserUrl: string): Promise<Administrator> {
    const client = new Client({ connectionString: superuserUrl });
    await client.connect();
    const administrator = new Administrator(expectation, client);
    for (const { table } of expectation.tables) await administrator.know(table.name);
    return administrator;
  }

  /** Tables that hold something the topics tell. */
  get tables(): readonly Expectation[] {
    return this.expectation.tables.filter((t) => this.toldRows(t).length > 0);
  }

  private async know(table: string): Promise<void> {
    const { rows: columns } = await this.client.query<Column>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
      [table],
    );
    const { rows } = await this.client.query<Row>(`SELECT *, ctid, tableoid::regclass::text AS part FROM ${table}`);
    this.columns.set(table, columns);
    this.rows.set(table, rows);
  }

  private toldRows(expectation: Expectation): readonly Row[] {
    return (this.rows.get(expectation.table.name) ?? []).filter((row) => expectation.toldColumns(row).length > 0);
  }

  /** Does something to a table, looks, and takes it back. */
  async edited(expectation: Expectation, chance: Chance): Promise<{ edit: HandEdit; findings: readonly Finding[] }> {
    await this.client.query('BEGIN');
    try {
      await this.client.query('SET LOCAL session_replication_role = replica');
      const edit = await this.someEdit(expectation, chance);
      return { edit, findings: await this.expectation.look(new TableReader(this.client)) };
    } finally {
      await this.client.query('ROLLBACK');
    }
  }

  /** What is found while nobody has done anything. */
  async untouched(): Promise<readonly Finding[]> {
    await this.client.query('BEGIN');
    try {
      return await this.expectation.look(new TableReader(this.client));
    } finally {
      await this.client.query('ROLLBACK');
    }
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** A constraint may refuse what is tried: then something else is. */
  private async someEdit(expectation: Expectation, chance: Chance): Promise<HandEdit> {
    for (let i = 0; i < TRIES; i++) {
      await this.client.query('SAVEPOINT before');
      const edit = await this.tried(expectation, pick(KINDS, chance), chance).catch(() => null);
      if (edit) return edit;
      await this.client.query('ROLLBACK TO SAVEPOINT before');
    }
    throw new Error(`nothing can be done to ${this.expectation.service}.${expectation.table.name}`);
  }

  private tried(expectation: Expectation, kind: Kind, chance: Chance): Promise<HandEdit | null> {
    const row = pick(this.toldRows(expectation), chance);
    switch (kind) {
      case 'UPDATE':
        return this.update(expectation, row, chance);
      case 'DELETE':
        return this.remove(expectation, row);
      case 'INSERT':
        return this.insert(expectation, row, chance);
      case 'TRUNCATE':
        return this.truncate(expectation);
    }
  }

  private async update(expectation: Expectation, row: Row, chance: Chance): Promise<HandEdit | null> {
    const { name } = expectation.table;
    const told = expectation.toldColumns(row);
    const column = pick(
      (this.columns.get(name) ?? []).filter((c) => told.includes(c.name)),
      chance,
    );
    const value = otherValue(column.type, row[column.name], chance);
    const sql = `UPDATE ${row['part']} SET "${column.name}" = $1 WHERE ctid = $2::tid`;
    const { rowCount } = await this.client.query(sql, [value, row['ctid']]);
    if (rowCount !== 1) return null;
    const isKey = expectation.table.key.includes(column.name);
    const key = expectation.keyOf(row);
    return this.edit(name, `UPDATE ${column.name} of ${key}`, (f) =>
      f.row !== key ? false : isKey ? f.kind === 'MISSING' : f.kind === 'CHANGED' && f.column === column.name,
    );
  }

  private async remove(expectation: Expectation, row: Row): Promise<HandEdit | null> {
    const key = expectation.keyOf(row);
    await this.client.query(`DELETE FROM ${row['part']} WHERE ctid = $1::tid`, [row['ctid']]);
    return this.edit(expectation.table.name, `DELETE of ${key}`, (f) => f.kind === 'MISSING' && f.row === key);
  }

  /** A row like another one, under a key of its own. */
  private async insert(expectation: Expectation, row: Row, chance: Chance): Promise<HandEdit | null> {
    const { name, key } = expectation.table;
    const columns = (this.columns.get(name) ?? []).filter((c) => row[c.name] !== null);
    const values = columns.map((c) => {
      const isOwn =
        key.includes(c.name) ||
        (c.type === 'uuid' && chance() < 0.5) ||
        /^(seq|version|digest|registry_version)$/.test(c.name);
      const value = isOwn ? fresh(c, row[c.name], chance) : row[c.name];
      return c.type.startsWith('json') ? JSON.stringify(value) : value;
    });
    const names = columns.map((c) => `"${c.name}"`).join(', ');
    const places = columns.map((_, i) => `$${i + 1}`).join(', ');
    await this.client.query(`INSERT INTO ${name} (${names}) OVERRIDING SYSTEM VALUE VALUES (${places})`, values);
    const inserted = Object.fromEntries(columns.map((c, i) => [c.name, values[i]]));
    const added = expectation.keyOf(inserted);
    return this.edit(name, `INSERT of ${added}`, (f) => f.kind === 'ADDED' && f.row === added);
  }

  private async truncate(expectation: Expectation): Promise<HandEdit | null> {
    const { name } = expectation.table;
    await this.client.query(`TRUNCATE ${name} CASCADE`);
    const told = this.toldRows(expectation).map((row) => expectation.keyOf(row));
    return {
      what: `${this.expectation.service}.${name}: TRUNCATE`,
      isFound: (findings) =>
        told.every((key) => findings.some((f) => f.table === name && f.row === key && f.kind === 'MISSING')),
    };
  }

  private edit(table: string, what: string, isIt: (finding: Finding) => boolean): HandEdit {
    const { service } = this.expectation;
    return {
      what: `${service}.${table}: ${what}`,
      isFound: (findings) => findings.some((f) => f.service === service && f.table === table && isIt(f)),
    };
  }
}

function fresh({ type }: Column, value: unknown, chance: Chance): unknown {
  if (type === 'uuid') return randomUUID();
  if (type === 'text') return `${String(value)} again`;
  if (['bigint', 'integer', 'smallint'].includes(type)) return String(Number(value) + 1_000_000);
  return otherValue(type, value, chance);
}
