import { canonicalJson, type Service } from '@mandate/contracts';
import type { Said, Told } from './told';

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** What one row is told by. */
export interface Source {
  /** The message that says so last; null where no message does. */
  readonly by: Said | null;
}

/** What must hold of a column of which the topics leave more than one value. */
export class Condition {
  constructor(
    readonly holds: (found: unknown, row: Row) => boolean,
    readonly words: string,
  ) {}
}

/** A table of which the topics tell what it must hold (EVID-001). One line a column; there is no other description of it. */
export interface AuditedTable<S extends Source = Source> {
  readonly name: string;
  readonly key: readonly string[];
  /** One source for each row that must be there. */
  readonly told: (told: Told) => readonly S[];
  readonly columns: Readonly<Record<string, (source: S) => unknown>>;
  /** Columns that the topics do not tell, and what they are. */
  readonly untold: Readonly<Record<string, string>>;
  /** A row that may be missing, though it is told. */
  readonly mayLack?: (source: S) => boolean;
  /** A row that may be there, though nobody tells of it. */
  readonly mayHave?: (row: Row, told: Told) => boolean;
}

/** The tables of one service, and those that are outside of the promise with the reason. */
export interface ServiceTables {
  readonly service: Service;
  readonly audited: readonly AuditedTable[];
  /** Tables that are computed again in order instead, with what they hold. */
  readonly recomputed?: Readonly<Record<string, string>>;
  readonly outside: Readonly<Record<string, string>>;
}

/** Keeps a table's source type to its own columns. */
export function table<S extends Source>(description: AuditedTable<S>): AuditedTable {
  return description as unknown as AuditedTable;
}

/** A column that the topics tell of other rows, but not of this one. */
export const ANYTHING = new Condition(() => true, 'anything');

export const oneOf = (...values: readonly unknown[]): Condition =>
  new Condition((found) => values.some((v) => cell(v) === cell(found)), `one of ${values.map(shownCell).join(', ')}`);

const shownCell = (value: unknown): string => cell(value) ?? 'nothing';

/** A column's value in the one form in which values are compared and shown; null for none. */
export function cell(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}

/** Text as PostgreSQL can hold it: it refuses U+0000, which is made visible. */
export function storable<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll('\u0000', '\u2400')) as T;
}
