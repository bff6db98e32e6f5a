import { spawnSync } from 'node:child_process';
import { SERVICES } from '@mandate/contracts';
import { run } from '../program';
import type { Terminal } from '../terminal';

async function scriptOf(shell: string): Promise<string> {
  const out: string[] = [];
  const terminal: Terminal = {
    env: {},
    out: (l) => out.push(l),
    err: () => undefined,
    confirm: null,
    interrupted: new Promise(() => undefined),
  };
  expect(await run(['completion', shell], terminal)).toBe(0);
  return out.join('\n');
}
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** What a shell offers after these words, the last of which is being typed. */
function offered(shell: string, script: string, words: readonly string[]): string[] {
  const list = words.map((w) => `'${w}'`).join(' ');
  const asks: Record<string, string> = {
    bash: `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _mandate; printf '%s\\n' "\${COMPREPLY[@]}"`,
    zsh: `compadd() { shift; print -l -- "$@"; }\n${script}\nwords=(${list}); CURRENT=${words.length}; _mandate`,
    fish: `${script}\ncomplete -C '${words.join(' ')}' | string split -f1 \\t`,
  };
  const { status, stdout, stderr } = spawnSync(shell, ['-c', asks[shell] as string], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

describe.each(['bash', 'zsh', 'fish'])('completion for %s', (shell) => {
  it.each([
    [
      ['mandate', ''],
      ['status', 'follow', 'parked', 'pause', 'signal', 'completion', 'keys'],
    ],
    [
      ['mandate', 'parked', ''],
      ['list', 'show', 'redrive', 'discard', ...SERVICES],
    ],
    [
      ['mandate', 'parked', 'redrive', ''],
      [...SERVICES, '--topic', '--key', '--reason', '--json'],
    ],
    [
      ['mandate', 'parked', 'list', '--kind', ''],
      ['PARKED', 'SET_ASIDE'],
    ],
    [
      ['mandate', 'rebuild', 'review', ''],
      ['reference', 'own', 'all'],
    ],
    [
      ['mandate', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('offers what can follow %j', async (words, expected) => {
    const script = await scriptOf(shell);
    for (const word of expected) expect(script).toContain(word);
    if (!has(shell)) return; // the script is written all the same; this machine cannot run it
    expect(offered(shell, script, words)).toEqual(
      expect.arrayContaining(expected.filter((w) => shell !== 'fish' || !w.startsWith('--'))),
    );
  });

  it('offers no command where one has been given', async () => {
    if (!has(shell)) return;
    expect(offered(shell, await scriptOf(shell), ['mandate', 'parked', 'redrive', ''])).not.toContain('follow');
  });
});

it('bash completes a word that has been begun', async () => {
  if (has('bash')) expect(offered('bash', await scriptOf('bash'), ['mandate', 'pa'])).toEqual(['parked', 'pause']);
});
