import type { Tx } from '@mandate/service-kit';

/** How one column is written: its name, the type of the array it travels in, and the value of a row. */
export interface Column<R> {
  readonly name: string;
  /** Element type of the parameter. */
  readonly type: string;
  /** Type it is turned into, where that is another one. */
  readonly as?: string;
  readonly of: (row: R) => unknown;
}

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** One INSERT for all rows. */
export function insertion<R>(table: string, columns: readonly Column<R>[], rows: readonly R[], tail = ''): Statement {
  const names = columns.map((c) => c.name).join(', ');
  const values = columns.map((c) => (c.as ? `t.${c.name}::${c.as}` : `t.${c.name}`)).join(', ');
  const sql = `INSERT INTO ${table} (${names}) SELECT ${values} FROM ${unnested(columns)}${tail ? ` ${tail}` : ''}`;
  return { sql, parameters: columns.map((c) => rows.map(c.of)) };
}

/** One UPDATE for all rows, matched by the key column. */
export function updating<R>(
  table: string,
  key: Column<R>,
  columns: readonly Column<R>[],
  rows: readonly R[],
): Statement {
  const sets = columns.map((c) => `${c.name} = ${c.as ? `t.${c.name}::${c.as}` : `t.${c.name}`}`).join(', ');
  const all = [key, ...columns];
  const sql = `UPDATE ${table} SET ${sets} FROM ${unnested(all)} WHERE ${table}.${key.name} = t.${key.name}`;
  return { sql, parameters: all.map((c) => rows.map(c.of)) };
}

function unnested<R>(columns: readonly Column<R>[]): string {
  const arrays = columns.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
  return `unnest(${arrays}) AS t (${columns.map((c) => c.name).join(', ')})`;
}

/** Runs a statement for these rows; none for no rows. */
export async function run<R>(tx: Tx, rows: readonly R[], statement: (rows: readonly R[]) => Statement): Promise<void> {
  if (rows.length === 0) return;
  const { sql, parameters } = statement(rows);
  await tx.run(sql, parameters);
}

/** A time or count as PostgreSQL returns it. */
export function number(value: string | number): number {
  return Number(value);
}

export function optionalNumber(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}

/** Text for a text column: PostgreSQL refuses U+0000, so it is made visible. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\u2400');
}
