import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { decode, encode, messageNameOf, schemaId, UndecodableError } from './codec';
import { type MessageName, type Messages, SCHEMAS } from './generated/messages';

const kebab = (name: string) => name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
const names = [...new Set(SCHEMAS.map((s) => s.name))];
const exampleOf = (name: MessageName): Buffer => {
  const version = Math.max(...SCHEMAS.filter((s) => s.name === name).map((s) => s.version));
  const file = join(__dirname, '../examples', `${kebab(name)}.v${version}.hex`);
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
};

/** What decoding ends in; anything but a value or an UndecodableError fails the test. */
function outcome(name: MessageName, bytes: Buffer): 'value' | 'undecodable' {
  try {
    decode(name, bytes);
    return 'value';
  } catch (error) {
    if (error instanceof UndecodableError && error.code === 'UNDECODABLE') return 'undecodable';
    throw error;
  }
}

/** Every array in a value, by its path. */
function arraysIn(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [[...path]] : [];
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => arraysIn(inner, [...path, key]))];
}

/** A copy of `value` whose array at `path` is empty. */
function emptied(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined) return [];
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as { [key: string]: unknown };
  copy[step] = emptied(copy[step], rest);
  return copy;
}

/** Zig-zag varint of any whole number. */
function varint(value: bigint): Buffer {
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** The example's bytes with the count of the array at `path` replaced. */
function withCount(name: MessageName, path: readonly (string | number)[], count: bigint): Buffer {
  const value = decode(name, exampleOf(name));
  const given = encode(name, value);
  const empty = encode(name, emptied(value, path) as Messages[MessageName]);
  // An empty array is a zero where a filled one has its count: the first byte that differs.
  const at = empty.findIndex((byte, i) => byte !== given[i]);
  return Buffer.concat([given.subarray(0, at), varint(count), given.subarray(at + 1)]);
}
const filledArrays = names.flatMap((name) => {
  const value = decode(name, exampleOf(name));
  const lengthAt = (path: (string | number)[]) =>
    path.reduce((v, step) => (v as never)[step], value as unknown as unknown[]);
  return arraysIn(value)
    .filter((path) => lengthAt(path).length > 0)
    .map((path) => ({ name, path, where: path.join('.') }));
});

describe('a message', () => {
  it.each(names)('%s: reads back as what was written', (name) => {
    const value = decode(name, exampleOf(name));
    expect(decode(name, encode(name, value))).toEqual(value);
    expect(messageNameOf(encode(name, value))).toBe(name);
    expect(encode(name, value).readUInt32BE(1)).toBe(schemaId(name));
  });

  it.each(names)('FLOW-004: %s: cut short at any byte it is undecodable', (name) => {
    const bytes = exampleOf(name);
    const read = [...bytes.keys()].filter((length) => outcome(name, bytes.subarray(0, length)) === 'value');
    expect(read).toEqual([]);
  });

  it.each(names)('FLOW-004: %s: with a byte too many it is undecodable', (name) => {
    expect(outcome(name, Buffer.concat([exampleOf(name), Buffer.from([0])]))).toBe('undecodable');
  });

  it.each(names)('FLOW-004: %s: another message’s valid bytes are undecodable', (name) => {
    const others = names.filter((other) => other !== name);
    expect(others.filter((other) => outcome(name, exampleOf(other)) === 'value')).toEqual([]);
  });

  it.each(names)('FLOW-004: %s: with any bytes changed it is a value or undecodable, never another error', (name) => {
    const bytes = exampleOf(name);
    const edit = fc.tuple(fc.integer({ min: 5, max: bytes.length - 1 }), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        const bent = Buffer.from(bytes);
        for (const [at, byte] of edits) bent[at] = byte;
        outcome(name, bent);
      }),
      { numRuns: 60 },
    );
  });

  it('FLOW-004: any other bytes are undecodable', () => {
    const framed = fc.uint8Array({ maxLength: 200 }).chain((body) =>
      fc.constantFrom(...SCHEMAS.map((s) => s.id), 0, 4_294_967_295).map((id) => {
        const frame = Buffer.alloc(5);
        frame.writeUInt32BE(id, 1);
        return Buffer.concat([frame, body]);
      }),
    );
    const loose = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.oneof(loose, framed), (name, bytes) => void outcome(name, bytes)),
    );
    expect(outcome('CrmIssue', Buffer.from('{"kind":"ISSUE"}'))).toBe('undecodable');
    expect(outcome('CrmIssue', Buffer.alloc(0))).toBe('undecodable');
    expect(messageNameOf(Buffer.from('{"kind":"ISSUE"}'))).toBeNull();
    expect(messageNameOf(Buffer.from([0, 0, 0, 0, 1]))).toBeNull();
  });
});

describe('a hostile count', () => {
  it('is tried in every array of every message', () => {
    expect(filledArrays.length).toBeGreaterThan(30);
  });

  // A reader that believed one of these would allocate until the process dies: the test would not end.
  it.each(filledArrays)('FLOW-004: $name $where: is undecodable at once', ({ name, path }) => {
    for (const count of [2n ** 53n, -(2n ** 53n), 2n ** 62n, 2n ** 31n, 5_000n, -5_000n]) {
      expect(outcome(name, withCount(name, path, count))).toBe('undecodable');
    }
  });
});

describe('encoding', () => {
  it('names the message that does not fit its schema', () => {
    const value = decode('DeadLetter', exampleOf('DeadLetter'));
    expect(() => encode('DeadLetter', { ...value, kind: 'LOST' as never })).toThrow(
      /^DeadLetter does not fit its schema/,
    );
    expect(() => encode('Rumour' as never, value as never)).toThrow('no schema is called Rumour');
  });
});
