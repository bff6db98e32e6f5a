import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'avsc';
import { decode, encode, messageNameOf, schemaId } from './codec';
import { SCHEMAS } from './generated/messages';

const folder = join(__dirname, '../examples');
const ids = JSON.parse(readFileSync(join(__dirname, '../avro/ids.json'), 'utf8')) as Record<string, number>;
const kebab = (name: string) => name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
const versions = SCHEMAS.map((s) => ({ ...s, file: `${kebab(s.name)}.v${s.version}` }));
const storedBytes = (file: string) => Buffer.from(readFileSync(join(folder, `${file}.hex`), 'utf8').trim(), 'hex');
const typeOf = (schema: object) => Type.forSchema(schema as never);

describe('the schemas', () => {
  it('have an id each, used once and in ascending order, and an example each', () => {
    const numbers = Object.values(ids);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect([...numbers].sort((a, b) => a - b)).toEqual(numbers);
    expect(versions.map((v) => [v.file, v.id]).sort()).toEqual(Object.entries(ids).sort());
    const wanted = versions.flatMap((v) => [`${v.file}.hex`, `${v.file}.json`]);
    expect(readdirSync(folder).sort()).toEqual(wanted.sort());
  });

  it('give every enum a default from its first version on, so that a later symbol can be read', () => {
    const enums = versions.flatMap((v) => enumsIn(v.schema).map((e) => ({ file: v.file, ...e })));
    expect(enums.length).toBeGreaterThan(0);
    expect(enums.filter((e) => e.default === undefined || !e.symbols.includes(e.default))).toEqual([]);
  });

  it.each(versions)('$file: reads a symbol of a later version as the default', ({ name, file, schema }) => {
    const later = JSON.parse(JSON.stringify(schema), (key, part) => (key === 'symbols' ? [...part, 'LATER'] : part));
    const value = typeOf(schema).fromString(readFileSync(join(folder, `${file}.json`), 'utf8'));
    const [field] = later.fields.filter((f: { type: { type?: string } }) => f.type.type === 'enum');
    if (!field) return expect(ENUMLESS).toContain(name);
    const written = typeOf(later).toBuffer({ ...value, [field.name]: 'LATER' });
    const reader = typeOf(schema);
    expect(reader.fromBuffer(written, reader.createResolver(typeOf(later)))[field.name]).toBe(field.type.default);
  });

  it('let what an outsider writes hold no array, no map and nothing recursive, so that nothing can be inflated', () => {
    const written = versions.filter((v) => v.name === 'CrmIssue');
    expect(written).not.toEqual([]);
    for (const { schema } of written) {
      expect(kindsIn(schema).filter((kind) => ['array', 'map'].includes(kind))).toEqual([]);
      const named = kindsIn(schema).filter((kind) => !PLAIN.includes(kind));
      expect(named).toEqual([]);
    }
  });

  it.each(versions)('$file: each released version reads every other of its message', (version) => {
    for (const other of versions.filter((v) => v.name === version.name)) {
      expect(() => typeOf(version.schema).createResolver(typeOf(other.schema))).not.toThrow();
    }
  });
});

describe('the stored example', () => {
  it.each(versions)('$file: is read by today’s reader', ({ file, name, id }) => {
    const bytes = storedBytes(file);
    expect(bytes.readUInt32BE(1)).toBe(id);
    expect(messageNameOf(bytes)).toBe(name);
    expect(() => decode(name, bytes)).not.toThrow();
  });

  it.each(versions)('$file: says in JSON what its bytes say', ({ file, schema }) => {
    const type = typeOf(schema);
    const value = type.fromString(readFileSync(join(folder, `${file}.json`), 'utf8'));
    expect(type.toBuffer(value)).toEqual(storedBytes(file).subarray(5));
  });

  const newest = versions.filter((v) => v.id === schemaId(v.name));
  it.each(newest)('$file: is written again as the same bytes', ({ file, name }) => {
    const bytes = storedBytes(file);
    expect(encode(name, decode(name, bytes))).toEqual(bytes);
  });
});

const ENUMLESS = ['IssueReceived', 'ClarificationReceived', 'CancellationReceived', 'OperatorActed'];
const PLAIN = 'null boolean int long float double bytes string record enum union'.split(' ');

/** Every kind of type a schema is made of, in order. A name of its own stands for itself: it would be recursion. */
function kindsIn(schema: unknown): string[] {
  if (typeof schema === 'string') return [schema];
  if (Array.isArray(schema)) return ['union', ...schema.flatMap(kindsIn)];
  const { type, fields = [], items = [], values = [] } = schema as { [part: string]: never };
  if (typeof type !== 'string') return kindsIn(type);
  const inside = (fields as { type: unknown }[]).flatMap((field) => kindsIn(field.type));
  return [type, ...inside, ...[items, values].flat().flatMap(kindsIn)];
}

function enumsIn(schema: unknown): { name: string; symbols: string[]; default?: string }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = (schema as { type?: unknown }).type === 'enum' ? [schema as never] : [];
  return [...own, ...Object.values(schema).flatMap(enumsIn)];
}
