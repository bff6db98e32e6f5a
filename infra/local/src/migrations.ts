import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from './paths';
import { writePrivateFile } from './secrets';
import { runTool } from './server-process';
import type { StackFiles } from './stack-files';
import type { ServiceName } from './users';

const processesAtOnce = 2;

/**
 * Brings every service's database to its newest schema, as its owner. A service whose migration files are the same as
 * at the last start is passed over: asking its database would cost more than the rest of a warm start.
 *
 * @param ownerUrlFiles  service → file that holds its owner's database URL
 */
export async function migrateAll(files: StackFiles, ownerUrlFiles: ReadonlyMap<ServiceName, string>): Promise<void> {
  const done = readDone(files);
  const withTables = [...ownerUrlFiles].filter(([service]) => existsSync(join(repositoryDir, migrationsOf(service))));
  const waiting = withTables.filter(([service]) => done[service] !== digestOf(service));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [service, ownerUrlFile] = next;
      await migrate(service, ownerUrlFile);
      done[service] = digestOf(service);
      writePrivateFile(files.migrated, JSON.stringify(done));
    }
  };
  await Promise.all(Array.from({ length: processesAtOnce }, work));
}

async function migrate(service: ServiceName, ownerUrlFile: string): Promise<void> {
  const program = join(repositoryDir, 'packages/service-kit/dist/migrate.js');
  const env = { ...process.env, OWNER_DATABASE_URL_FILE: ownerUrlFile };
  await runTool(`The migration of ${service}`, process.execPath, [program, service], { cwd: repositoryDir, env });
}

function readDone(files: StackFiles): Partial<Record<ServiceName, string>> {
  return existsSync(files.migrated) ? JSON.parse(readFileSync(files.migrated, 'utf8')) : {};
}

function migrationsOf(service: ServiceName): string {
  return `services/${service}/migrations`;
}

/** Over the kit's migrations and the service's own. */
function digestOf(service: ServiceName): string {
  const hash = createHash('sha256');
  for (const folder of ['packages/service-kit/migrations', migrationsOf(service)]) {
    const path = join(repositoryDir, folder);
    const names = existsSync(path) ? readdirSync(path).sort() : [];
    for (const name of names) hash.update(name).update(readFileSync(join(path, name)));
  }
  return hash.digest('hex');
}
