import { z } from 'zod';
import { ConfigError, duration, fileContent, integer, readConfig } from './config';

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
