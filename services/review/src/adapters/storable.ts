/** PostgreSQL's text takes no NUL: it becomes its visible picture. */
export function storable(text: string): string;
export function storable(text: string | null): string | null;
export function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\u0000', '\u2400');
}
