import type { Service } from '@mandate/contracts';
import { ANYTHING, type AuditedTable, Condition, cell, type Row, type Source } from './table';
import type { Said, Told } from './told';

/** Something in a database that the topics do not say, or the other way round. */
export interface Finding {
  readonly service: Service;
  readonly table: string;
  /** The row's key, column by column. */
  readonly row: string;
  /** CHANGED: a column holds something else. ADDED: nobody said what the row holds. MISSING: somebody did. */
  readonly kind: 'CHANGED' | 'ADDED' | 'MISSING';
  readonly column: string | null;
  readonly found: string | null;
  readonly told: string | null;
  /** `topic/partition/offset` of the message that tells it. */
  readonly by: string | null;
  readonly note: string | null;
}

interface ToldRow {
  readonly source: Source;
  readonly cells: Readonly<Record<string, string | null | Condition>>;
  readonly isRequired: boolean;
}

/** What a table's rows must be, worked out once for many looks at it. */
export class Expectation {
  private readonly rows = new Map<string, ToldRow>();

  constructor(
    readonly service: Service,
    readonly table: AuditedTable,
    private readonly told: Told,
  ) {
    for (const source of table.told(told)) {
      const cells = Object.fromEntries(
        Object.entries(table.columns).map(([column, of]) => {
          const value = of(source);
          return [column, value instanceof Condition ? value : cell(value)];
        }),
      );
      const row = { source, cells, isRequired: !table.mayLack?.(source) };
      const key = this.keyOf(cells as Row);
      if (!this.rows.has(key)) this.rows.set(key, row);
    }
  }

  /** How many rows must be there. */
  get size(): number {
    return this.rows.size;
  }

  /** The columns of a row of which the topics tell the one value; none if they do not tell of the row, or it may go. */
  toldColumns(row: Row): readonly string[] {
    const told = this.rows.get(this.keyOf(row));
    if (!told?.isRequired) return [];
    return Object.keys(told.cells).filter((column) => told.cells[column] !== ANYTHING);
  }

  /** Holds the rows that are there against those that must be, both ways. */
  async compare(rows: AsyncIterable<Row> | Iterable<Row>): Promise<Finding[]> {
    const findings: Finding[] = [];
    const seen = new Set<string>();
    for await (const row of rows) {
      const key = this.keyOf(row);
      const told = seen.has(key) ? undefined : this.rows.get(key);
      seen.add(key);
      if (told) findings.push(...this.differences(key, row, told));
      else if (!this.table.mayHave?.(row, this.told)) findings.push(this.finding('ADDED', key, null, row));
    }
    for (const [key, told] of this.rows)
      if (told.isRequired && !seen.has(key)) findings.push(this.finding('MISSING', key, told.source.by, null));
    return findings;
  }

  /** A row's key as findings name it. */
  keyOf(row: Row): string {
    return this.table.key.map((column) => `${column} ${cell(row[column]) ?? 'null'}`).join(', ');
  }

  private differences(key: string, row: Row, { source, cells }: ToldRow): Finding[] {
    const note = noteOf(row, cells);
    return Object.entries(cells).flatMap(([column, told]) => {
      const found = row[column];
      const isAsTold = told instanceof Condition ? told.holds(found, row) : told === cell(found);
      if (isAsTold) return [];
      const words = told instanceof Condition ? told.words : told;
      return [{ ...this.finding('CHANGED', key, source.by, row), column, found: cell(found), told: words, note }];
    });
  }

  private finding(kind: Finding['kind'], row: string, by: Said | null, found: Row | null): Finding {
    const { service, table } = this;
    const where = by && `${by.topic}/${by.partition}/${by.offset}`;
    const held = found && kind === 'ADDED' ? summary(found) : null;
    return { service, table: table.name, row, kind, column: null, found: held, told: null, by: where, note: null };
  }
}

/** A projection that lags, and a row that was put back, look alike. */
function noteOf(row: Row, cells: ToldRow['cells']): string | null {
  const [found, told] = [Number(row['version']), Number(cells['version'])];
  if (!(found < told)) return null;
  return `it stands at version ${found} of ${told}: the service has not read on, or the row was put back`;
}

const SUMMARY_COLUMNS = 6;

function summary(row: Row): string {
  const shown = Object.entries(row).filter(([, value]) => value !== null && !Buffer.isBuffer(value));
  return shown
    .slice(0, SUMMARY_COLUMNS)
    .map(([column, value]) => `${column} ${(cell(value) ?? '').slice(0, 80)}`)
    .join(', ');
}
