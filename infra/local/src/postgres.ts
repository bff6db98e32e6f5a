import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { findPostgres, makePostgresDir, type PostgresHome, postgresDirFor } from './postgres-binaries';
import { keptSecret, makePrivateDir } from './secrets';
import { runTool, type ServerProcess, startServer } from './server-process';

/** What one database server needs. The same folder at every start. */
export interface PostgresOptions {
  /** Holds secrets/, postgres.log, postgres.pid and, where PostgreSQL's user can reach it, data/. Made when missing. */
  readonly dir: string;
  readonly port: number;
}

/** A running database server. */
export interface Postgres extends ServerProcess {
  readonly port: number;
  /** The superuser's URL (database `postgres`). */
  readonly superuserUrl: string;
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  shared_buffers: '128MB',
  max_connections: '200',
  fsync: 'on',
  synchronous_commit: 'on',
  // The statements here are short: compiling one costs more than it saves.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %u@%d ',
};

/**
 * Starts PostgreSQL on 127.0.0.1 with password (SCRAM) sign-in only, and resolves once the superuser was answered;
 * creates the files first if the folder is new. The process outlives its parent unless stopped.
 *
 * @throws Error with the server's own last lines when it ends before it is ready, or is not ready within 60 s
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dir, port } = options;
  const home = findPostgres();
  const dataDir = await ensureDataDir(dir, home);
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const superuserUrl = postgresSuperuserUrl(dir, port);
  const server = await startServer({
    title: 'PostgreSQL',
    command: join(home.binDir, 'postgres'),
    args: ['-D', dataDir, ...flags],
    dir: dataDir,
    mark: dataDir,
    logFile: join(dir, 'postgres.log'),
    pidFile: postgresPidFile(dir),
    // A fast shutdown: ends connections, loses nothing.
    stopSignal: 'SIGINT',
    user: home.user,
    isReady: () => answers(superuserUrl),
  });
  return { ...server, port, superuserUrl };
}

/** Where a server's pid is kept, for `stopByPidFile` (signal SIGINT: a fast, orderly shutdown). */
export function postgresPidFile(dir: string): string {
  return join(dir, 'postgres.pid');
}

/** The folder of the database's files: inside `dir`, or outside when PostgreSQL's user cannot reach that. */
export function postgresDataDir(dir: string): string {
  const outside = postgresDirFor(dir, findPostgres().user);
  return join(outside, 'data');
}

/** Removes the database's files, wherever they are. The server must have stopped. */
export function removePostgresData(dir: string): void {
  const dataDir = postgresDataDir(dir);
  const isOutside = dirname(dataDir) !== dir;
  rmSync(isOutside ? dirname(dataDir) : dataDir, { recursive: true, force: true });
}

/** A connection URL on 127.0.0.1. Secrets are base64url and need no escaping. */
export function postgresUrl(parts: { user: string; password: string; port: number; database: string }): string {
  return `postgres://${parts.user}:${parts.password}@127.0.0.1:${parts.port}/${parts.database}`;
}

/** The superuser's URL (database `postgres`) of the server in a folder. */
export function postgresSuperuserUrl(dir: string, port: number): string {
  return postgresUrl({ user: 'postgres', password: superuserPassword(dir), port, database: 'postgres' });
}

function superuserPassword(dir: string): string {
  return keptSecret(join(dir, 'secrets', 'postgres'));
}

async function ensureDataDir(dir: string, home: PostgresHome): Promise<string> {
  // Others may pass through to data/, and read nothing.
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  makePrivateDir(join(dir, 'secrets'));
  const placeDir = postgresDirFor(dir, home.user);
  if (placeDir !== dir) makePostgresDir(placeDir, home.user);
  const dataDir = join(placeDir, 'data');
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await createFiles(dir, placeDir, dataDir, home);
  return dataDir;
}

/** Creates the files in a folder beside and renames it, so that an interrupted creation is never taken for data. */
async function createFiles(dir: string, placeDir: string, dataDir: string, home: PostgresHome): Promise<void> {
  const newDir = join(placeDir, 'data.new');
  rmSync(newDir, { recursive: true, force: true });
  makePostgresDir(newDir, home.user);
  const passwordFile = join(placeDir, 'initdb.secret');
  writeFileSync(passwordFile, superuserPassword(dir), { mode: 0o600 });
  if (home.user !== undefined) chownSync(passwordFile, home.user.uid, home.user.gid);
  const flags = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
  const options = { cwd: newDir, user: home.user };
  try {
    await runTool('The creation of the database files', join(home.binDir, 'initdb'), ['-D', newDir, ...flags], options);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(join(newDir, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  renameSync(newDir, dataDir);
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
