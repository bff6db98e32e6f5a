import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@mandate/contracts';
import { config } from '../config';
import { IntakeTokens } from './intake-tokens';

describe('intake tokens', () => {
  const tokens = new IntakeTokens([{ token_sha256: sha256('secret').toString('hex'), source_system: 'desk' }]);

  it('bind a bearer to its source system', () => {
    expect(tokens.sourceSystemOf('Bearer secret')).toBe('desk');
    expect(tokens.sourceSystemOf('bearer  secret ')).toBe('desk');
  });

  it.each([
    undefined,
    '',
    'secret',
    'Basic secret',
    'Bearer',
    'Bearer ',
    'Bearer Secret',
    'Bearer secret secret',
    'Bearer sécret',
  ])('know nobody by %p', (header) => expect(tokens.sourceSystemOf(header)).toBeNull());
});

describe('INTAKE_TOKENS_FILE', () => {
  const withFile = (content: string | null): (() => IntakeTokens) => {
    const path = join(mkdtempSync(join(tmpdir(), 'tokens-')), 'tokens.json');
    if (content !== null) writeFileSync(path, content);
    return () => {
      process.env.INTAKE_TOKENS_FILE = path;
      try {
        return config().INTAKE_TOKENS_FILE;
      } finally {
        delete process.env.INTAKE_TOKENS_FILE;
      }
    };
  };

  it('may be left out: then nobody is known', () => {
    expect(config().INTAKE_TOKENS_FILE.sourceSystemOf('Bearer secret')).toBeNull();
  });

  it('is read', () => {
    const entry = { token_sha256: sha256('secret').toString('hex'), source_system: 'desk' };
    expect(withFile(JSON.stringify([entry]))().sourceSystemOf('Bearer secret')).toBe('desk');
  });

  it.each([
    ['is not there', null],
    ['is no JSON', '{'],
    ['is no list', '{}'],
    ['holds a token itself', '[{"token_sha256":"secret","source_system":"desk"}]'],
    ['holds what is not known', `[{"token_sha256":"${'a'.repeat(64)}","source_system":"desk","admin":true}]`],
  ])('that %s keeps the service from starting, and says which variable and what it wants', (_why, content) => {
    expect(withFile(content)).toThrow(/INTAKE_TOKENS_FILE .* wants a readable file with a JSON list/);
  });
});
