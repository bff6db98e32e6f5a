/** A decoded value as JSON for people: bytes that are text as text, others as hex. */
export function shownValue(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return shownBytes(value);
  if (Array.isArray(value)) return value.map(shownValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shownValue(inner)]));
}

const PRINTABLE = /^[\x20-\x7e\n\t]*$/;

function shownBytes(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return PRINTABLE.test(text) ? text : bytes.toString('hex');
}
