import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@mandate/contracts';
import { SERVICE_TABLES } from '.';

const root = join(__dirname, '../../../../..');

/** A service's tables with their columns and whether its reader may read them, as its migrations make them. */
function schemaOf(service: string): Map<string, { columns: string[]; isRead: boolean }> {
  const text = readFileSync(join(root, 'services', service, 'schema.sql'), 'utf8');
  const tables = text.matchAll(/^CREATE TABLE (\w+) \(\n([\s\S]*?)\n\);/gm);
  return new Map(
    [...tables].map(([, name = '', inside = '']) => {
      const lines = inside.split('\n').map((line) => line.trim());
      const columns = lines
        .filter((l) => !l.startsWith('CONSTRAINT '))
        .map((l) => l.split(' ')[0]?.replaceAll('"', '') ?? '');
      const isRead = text.includes(`GRANT SELECT ON ${name} TO \${role}_reader;`);
      return [name, { columns, isRead }];
    }),
  );
}

describe('what the topics tell of the tables (EVID-001)', () => {
  const told = SERVICE_TABLES.map((t) => [t.service, t] as const);

  it('is described for every service', () => {
    expect(told.map(([service]) => service).sort()).toEqual([...SERVICES].sort());
  });

  it.each(told)('%s: every table is audited, or stands outside of the promise with the reason', (service, tables) => {
    const recomputed = Object.keys(tables.recomputed ?? {});
    const described = [...tables.audited.map((t) => t.name), ...recomputed, ...Object.keys(tables.outside)];
    expect(described.sort()).toEqual([...schemaOf(service).keys()].sort());
  });

  it.each(told)('%s: every column of an audited table is told, or says why it is not', (service, tables) => {
    const schema = schemaOf(service);
    for (const { name, columns, untold, key } of tables.audited) {
      const described = [...Object.keys(columns), ...Object.keys(untold)].sort();
      expect({ name, columns: described }).toEqual({ name, columns: [...(schema.get(name)?.columns ?? [])].sort() });
      expect(Object.keys(columns)).toEqual(expect.arrayContaining([...key]));
    }
  });

  it.each(told)('%s: the reader may read what is audited, and nothing else', (service, tables) => {
    const audited = [...tables.audited.map((t) => t.name), ...Object.keys(tables.recomputed ?? {})];
    const read = [...schemaOf(service)].filter(([, { isRead }]) => isRead).map(([name]) => name);
    expect(read.sort()).toEqual(audited.sort());
  });
});
