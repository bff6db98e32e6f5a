import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, repositoryDir } from '../paths';

/** A Python that can run the verifier, or why there is none. */
export type Python = { readonly command: string } | { readonly missing: string };

const venv = join(cacheDir, 'python');
const requirements = join(repositoryDir, 'verify/requirements.txt');
const PROBE = 'import sys, cryptography, fastavro; sys.exit(0 if sys.version_info >= (3, 11) else 1)';
const INSTALL_LIMIT_MS = 180_000;

/**
 * Python 3.11 with what the verifier needs: the machine's own, else one in `.mandate/python` into which pip has put it.
 * A machine without Python 3.11 runs no verifier, and the tests that need it say so.
 */
export function findPython(): Python {
  const own = join(venv, 'bin/python');
  const usable = ['python3.11', 'python3', own].find((command) => runs(command, PROBE));
  if (usable) return { command: usable };
  const base = ['python3.11', 'python3'].find((c) => runs(c, 'import sys; sys.exit(sys.version_info < (3, 11))'));
  if (!base) return { missing: 'Python 3.11 is not installed' };
  const options = { encoding: 'utf8', timeout: INSTALL_LIMIT_MS } as const;
  if (!existsSync(own)) spawnSync(base, ['-m', 'venv', venv], options);
  const installed = spawnSync(own, ['-m', 'pip', 'install', '--quiet', '-r', requirements], options);
  if (runs(own, PROBE)) return { command: own };
  const why = installed.stderr?.trim().split('\n').at(-1) ?? installed.error?.message ?? 'pip says nothing';
  return { missing: `pip cannot install ${requirements}: ${why}` };
}

function runs(command: string, code: string): boolean {
  return spawnSync(command, ['-c', code], { stdio: 'ignore' }).status === 0;
}
