import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, duration, fileContent, integer, readConfig, readKitConfig } from './config';

const shape = {
  TTL: duration({ min: '1s', max: '30d' }),
  PORT: integer({ min: 0, max: 65_535 }),
  NAME: z.string({ error: 'wants a name' }),
};

function complaint(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env, shape);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('configuration', () => {
  it('reads durations as milliseconds and numbers as numbers', () => {
    expect(readConfig({ TTL: '90m', PORT: '80', NAME: 'x' }, shape)).toEqual({ TTL: 5_400_000, PORT: 80, NAME: 'x' });
  });

  it('says of every wrong variable which it is, what it got and what it wants', () => {
    expect(complaint({ TTL: '7', PORT: '80x' })).toBe(
      [
        'TTL is "7"; it wants a duration such as 5s or 7d, at least 1s, at most 30d.',
        'PORT is "80x"; it wants a whole number from 0 to 65535.',
        'NAME is not set; it wants a name.',
      ].join('\n'),
    );
  });

  it('takes an empty variable as not set, and does not print what may be secret', () => {
    expect(complaint({ TTL: '', PORT: '1', NAME: 'x' })).toContain('TTL is not set');
    expect(() => readConfig({ KEY_TOKEN: 'secret' }, { KEY_TOKEN: integer({ min: 0, max: 1 }) })).toThrow(
      'KEY_TOKEN is "…"',
    );
  });

  it('names the file that cannot be read', () => {
    expect(() => readConfig({ A_FILE: '/nowhere' }, { A_FILE: fileContent() })).toThrow(
      /A_FILE is "\/nowhere"; it wants a readable file/,
    );
  });
});

describe('what crosses a network in production', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mandate-config-'));
  const file = (name: string, content: string) => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const database = (url: string) => file('database.url', url);
  const base: NodeJS.ProcessEnv = {
    KAFKA_BROKERS: '127.0.0.1:9092',
    KAFKA_USERNAME: 'contract',
    KAFKA_PASSWORD_FILE: file('password', 'p'),
    DATABASE_URL_FILE: database('postgres://a:b@127.0.0.1/c'),
    MANDATE_KEY_FILE: file('key.pem', 'k'),
    MANDATE_MANIFEST_FILE: file('authority.json', '{}'),
    MANDATE_ROOT_PUBLIC_KEY_FILE: file('root.pem', 'r'),
    HTTP_PORT: '0',
  };
  const remote = { ...base, KAFKA_BROKERS: '127.0.0.1:9092,kafka.example:9093' };
  const ca = file('ca.pem', 'certificates');
  const url = (text: string) => ({ ...base, DATABASE_URL_FILE: file(`url-${text.length}`, text) });

  it('a broker on another machine is refused without certificates to know it by', () => {
    expect(() => readKitConfig(remote)).toThrow('KAFKA_CA_FILE is not set');
    expect(readKitConfig({ ...remote, KAFKA_CA_FILE: ca })).toMatchObject({ KAFKA_CA_FILE: 'certificates' });
  });

  it('a database on another machine is refused unless its certificate is verified', () => {
    const open = 'postgres://a:secret@db.example/c?sslmode=require';
    expect(() => readKitConfig(url(open))).toThrow(/sslmode=verify-full/);
    expect(() => readKitConfig(url(open))).not.toThrow(/secret/);
    expect(() => readKitConfig(url('postgres://a:b@db.example/c?sslmode=verify-full'))).not.toThrow();
  });

  it('a local run, and servers on the same machine, need neither', () => {
    expect(readKitConfig({ ...remote, MANDATE_ENVIRONMENT: 'local' }).KAFKA_BROKERS).toHaveLength(2);
    expect(readKitConfig({ ...base, KAFKA_BROKERS: 'localhost:1,[::1]:2' }).KAFKA_BROKERS).toHaveLength(2);
  });
});
