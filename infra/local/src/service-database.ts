import { join } from 'node:path';
import { Client } from 'pg';
import { postgresUrl } from './postgres';
import { keptSecret, writePrivateFile } from './secrets';

/**
 * One service's database with its three roles. The runtime role is named as the database, the owner `<name>_owner`, who audits
 * it `<name>_reader`.
 */
export interface ServiceDatabase {
  readonly name: string;
  /** The runtime role: reads, inserts, and what the migrations grant it. */
  readonly url: string;
  /** The owner: runs the migrations. No service process is given this. */
  readonly ownerUrl: string;
  /** The reader: reads the tables that its migrations let it, for an operator's audit. No service process is given this. */
  readonly readerUrl: string;
  /** Files (mode 0600) that hold the three URLs. */
  readonly urlFile: string;
  readonly ownerUrlFile: string;
  readonly readerUrlFile: string;
}

/**
 * Creates, or brings up to date, a database `name` with an owner role `<name>_owner`, a runtime role `<name>` and a reader
 * `<name>_reader`. Nobody else may connect to it; only the owner may create anything in it.
 *
 * @param secretsDir  keeps the passwords and the URLs
 */
export async function ensureServiceDatabase(
  superuserUrl: string,
  name: string,
  secretsDir: string,
): Promise<ServiceDatabase> {
  if (!/^[a-z][a-z0-9_]{0,56}$/.test(name)) throw new Error(`"${name}" cannot name a database and its roles.`);
  const owner = `${name}_owner`;
  const port = Number(new URL(superuserUrl).port);
  const urlOf = (user: string) =>
    postgresUrl({ user, password: keptSecret(join(secretsDir, `${user}.password`)), port, database: name });
  const url = urlOf(name);
  const ownerUrl = urlOf(owner);
  const reader = `${name}_reader`;
  const readerUrl = urlOf(reader);
  await withClient(superuserUrl, async (client) => {
    await ensureRole(client, owner, new URL(ownerUrl).password);
    await ensureRole(client, name, new URL(url).password);
    await ensureRole(client, reader, new URL(readerUrl).password);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${owner}`);
    await client.query(
      `REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${name}, ${reader}`,
    );
  });
  const inDatabase = new URL(superuserUrl);
  inDatabase.pathname = `/${name}`;
  await withClient(inDatabase.href, async (client) => {
    await client.query(`
      ALTER SCHEMA public OWNER TO ${owner};
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO ${name}, ${reader};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO ${name};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT USAGE ON SEQUENCES TO ${name};`);
  });
  const urlFile = join(secretsDir, `${name}.url`);
  const ownerUrlFile = join(secretsDir, `${owner}.url`);
  const readerUrlFile = join(secretsDir, `${reader}.url`);
  writePrivateFile(urlFile, url);
  writePrivateFile(ownerUrlFile, ownerUrl);
  writePrivateFile(readerUrlFile, readerUrl);
  return { name, url, ownerUrl, readerUrl, urlFile, ownerUrlFile, readerUrlFile };
}

/** Takes the right to connect to the databases that every server has from everybody but the superuser. */
export async function closeSharedDatabases(superuserUrl: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query('REVOKE ALL ON DATABASE postgres FROM PUBLIC; REVOKE ALL ON DATABASE template1 FROM PUBLIC');
  });
}

/** Drops a database and its roles, ending what is connected to it. */
export async function dropServiceDatabase(superuserUrl: string, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`DROP ROLE IF EXISTS ${name}`);
    await client.query(`DROP ROLE IF EXISTS ${name}_reader`);
    await client.query(`DROP ROLE IF EXISTS ${name}_owner`);
  });
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(
    `${verb} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '${password}'`,
  );
}

async function withClient(connectionString: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
