import { Type } from 'avsc';
import { type MessageName, type Messages, SCHEMAS } from './generated/messages';

/** Bytes that are no message of the type asked for; `code` is stable. */
export class UndecodableError extends Error {
  readonly code = 'UNDECODABLE';
}

const FRAME_BYTES = 5;

interface Version {
  readonly id: number;
  readonly name: MessageName;
  readonly version: number;
  readonly type: Type;
}

const versions: readonly Version[] = SCHEMAS.map((s) => ({
  id: s.id,
  name: s.name,
  version: s.version,
  type: Type.forSchema(s.schema as never, { noAnonymousTypes: false }),
}));
const byId = new Map(versions.map((v) => [v.id, v]));
const newest = new Map<MessageName, Version>();
for (const v of versions) if ((newest.get(v.name)?.version ?? 0) < v.version) newest.set(v.name, v);

const resolvers = new Map<number, ReturnType<Type['createResolver']>>();

function newestOf(name: MessageName): Version {
  const version = newest.get(name);
  if (!version) throw new TypeError(`no schema is called ${name}`);
  return version;
}

/** Schema id that new messages of this name carry. */
export function schemaId(name: MessageName): number {
  return newestOf(name).id;
}

/**
 * Encodes a message with Confluent framing: 0x00, four bytes of schema id, Avro.
 * @throws TypeError naming the field that does not fit the schema
 */
export function encode<N extends MessageName>(name: N, value: Messages[N]): Buffer {
  const { type, id } = newestOf(name);
  let body: Buffer;
  try {
    body = type.toBuffer(value);
  } catch (cause) {
    throw new TypeError(`${name} does not fit its schema: ${misfitOf(type, value)}`, { cause });
  }
  const framed = Buffer.allocUnsafe(FRAME_BYTES + body.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(id, 1);
  body.copy(framed, FRAME_BYTES);
  return framed;
}

/** Which field does not fit, and what it wants; what it holds is not told, since errors end up in logs. */
function misfitOf(type: Type, value: unknown): string {
  const found: string[] = [];
  type.isValid(value, {
    errorHook: (path, _value, wanted) => {
      found.push(
        `${path.join('.') || 'the value'} is no ${wanted.typeName.replace(/^union:.*/, 'branch of its union')}`,
      );
    },
  });
  return found[0] ?? 'it cannot be encoded';
}

/** Name of the message type that framed bytes claim to be, or null if they are no frame of a known schema. */
export function messageNameOf(bytes: Buffer): MessageName | null {
  if (bytes.length < FRAME_BYTES || bytes[0] !== 0) return null;
  return byId.get(bytes.readUInt32BE(1))?.name ?? null;
}

/**
 * Decodes framed bytes of any released version of `name` into its newest shape. Array counts are bounded by the bytes
 * that are there before anything is allocated (`guardCounts`), so that hostile bytes cost nothing.
 * @throws UndecodableError whatever the bytes
 */
export function decode<N extends MessageName>(name: N, bytes: Buffer): Messages[N] {
  if (bytes.length < FRAME_BYTES || bytes[0] !== 0) throw new UndecodableError(`not a framed ${name}`);
  const written = byId.get(bytes.readUInt32BE(1));
  if (!written) throw new UndecodableError(`schema id ${bytes.readUInt32BE(1)} is not known`);
  if (written.name !== name) throw new UndecodableError(`is a ${written.name}, not a ${name}`);
  const body = bytes.subarray(FRAME_BYTES);
  try {
    const end = skip(written.type, body, 0);
    if (end !== body.length) throw new RangeError(`${body.length - end} bytes too many`);
    const current = newestOf(name);
    if (current.id === written.id) return current.type.fromBuffer(body) as Messages[N];
    return current.type.fromBuffer(body, resolverOf(current, written)) as Messages[N];
  } catch (cause) {
    throw new UndecodableError(`not a ${name}: ${(cause as Error).message}`, { cause });
  }
}

function resolverOf(current: Version, written: Version): ReturnType<Type['createResolver']> {
  let resolver = resolvers.get(written.id);
  if (!resolver) {
    resolver = current.type.createResolver(written.type);
    resolvers.set(written.id, resolver);
  }
  return resolver;
}

/**
 * Walks the bytes as `type` without building anything and returns where it ends. avsc reads an array's count before it
 * looks at the buffer, so a count of 2^53 would kill the process: here no count may exceed the bytes that are left.
 */
function skip(type: Type, body: Buffer, start: number): number {
  const t = type as Type & {
    typeName: string;
    fields?: { type: Type }[];
    itemsType?: Type;
    types?: Type[];
    underlyingType?: Type;
    symbols?: string[];
    size?: number;
  };
  let at = start;
  switch (t.typeName) {
    case 'null':
      return at;
    case 'boolean':
      return within(body, at, 1);
    case 'int':
    case 'long':
      return varint(body, at)[1];
    case 'float':
      return within(body, at, 4);
    case 'double':
      return within(body, at, 8);
    case 'enum': {
      const [index, end] = varint(body, at);
      if (index < 0 || index >= (t.symbols?.length ?? 0)) throw new RangeError('enum index outside its symbols');
      return end;
    }
    case 'bytes':
    case 'string': {
      const [length, end] = varint(body, at);
      if (length < 0) throw new RangeError('negative length');
      return within(body, end, length);
    }
    case 'record':
      for (const field of t.fields ?? []) at = skip(field.type, body, at);
      return at;
    case 'array':
      return skipArray(t.itemsType as Type, body, at);
    default:
      if (t.typeName.startsWith('union')) {
        const [index, end] = varint(body, at);
        const branch = t.types?.[index];
        if (!branch) throw new RangeError('union branch that does not exist');
        return skip(branch, body, end);
      }
      if (t.typeName.startsWith('logical')) return skip(t.underlyingType as Type, body, at);
      throw new TypeError(`no walk for Avro type ${t.typeName}`);
  }
}

function skipArray(items: Type, body: Buffer, start: number): number {
  let at = start;
  for (;;) {
    let [count, end] = varint(body, at);
    at = end;
    if (count === 0) return at;
    if (count < 0) {
      [, at] = varint(body, at);
      count = -count;
    }
    if (count > body.length - at) throw new RangeError('array longer than its bytes');
    for (let i = 0; i < count; i++) at = skip(items, body, at);
  }
}

function within(body: Buffer, at: number, length: number): number {
  if (length > body.length - at) throw new RangeError('truncated');
  return at + length;
}

/** Zig-zag varint as a number; beyond 2^53 it is refused. */
function varint(body: Buffer, start: number): [value: number, end: number] {
  let result = 0;
  let scale = 1;
  for (let at = start; at < start + 10; at++) {
    const byte = body[at];
    if (byte === undefined) throw new RangeError('truncated');
    result += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (result > Number.MAX_SAFE_INTEGER) throw new RangeError('number beyond 2^53');
      return [result % 2 ? -(result + 1) / 2 : result / 2, at + 1];
    }
    scale *= 128;
  }
  throw new RangeError('varint longer than ten bytes');
}
