/** Where a command speaks to. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
  /** Asks for a yes; null where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  /** Resolves when the person at the terminal wants to stop (Ctrl-C). */
  readonly interrupted: Promise<void>;
}

/** What every command gets. */
export interface Context {
  readonly terminal: Terminal;
  readonly isJson: boolean;
}

/** A table without lines; the last column takes what it needs. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => [...(row[i] ?? '')].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const CONTROL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside: what could steer the terminal or turn the reading direction is shown by its number. */
export function shown(text: string): string {
  return text.replace(
    CONTROL,
    (c) => `<U+${(c.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** The same on one line. */
export function shownInLine(text: string): string {
  return shown(text.replace(/\s+/g, ' ').trim());
}
