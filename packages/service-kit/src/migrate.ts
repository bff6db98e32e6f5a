import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

const ROOT = join(__dirname, '..', '..', '..');
const KIT_FIRST = 1_700_000_000_000;
const SERVICE_FIRST = KIT_FIRST + 1_000_000;

/** TypeORM migrations of the numbered SQL files in a folder; `${role}` is replaced by the runtime role. */
function sqlMigrations(folder: string, prefix: string, first: number, role: string): MigrationInterface[] {
  const files = (existsSync(folder) ? readdirSync(folder) : []).filter((f) => f.endsWith('.sql')).sort();
  return files.map((file) => {
    const sql = readFileSync(join(folder, file), 'utf8').replaceAll('${role}', role);
    const number = first + Number(file.slice(0, 4));
    return {
      name: `${prefix}${file.slice(5, -4).replaceAll('-', '_')}${number}`,
      up: (runner: QueryRunner) => runner.query(sql),
      down: () => Promise.reject(new Error(`${file}: migrations are append-only; write a new one instead`)),
    };
  });
}

/**
 * Brings a service's database to its newest schema: the kit's migrations, then the service's own, each once.
 * @param ownerUrl URL of the role that owns the database; the runtime role cannot do this
 */
export async function migrate(service: string, ownerUrl: string, role = `mandate_${service}`): Promise<void> {
  const all = [
    ...sqlMigrations(join(ROOT, 'packages/service-kit/migrations'), 'kit_', KIT_FIRST, role),
    ...sqlMigrations(join(ROOT, 'services', service, 'migrations'), `${service}_`, SERVICE_FIRST, role),
  ];
  const dataSource = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
  });
  await dataSource.initialize();
  try {
    for (const migration of all) dataSource.migrations.push(migration);
    await dataSource.runMigrations({ transaction: 'each' });
    // The default privileges let the runtime role insert anywhere: here it could have a migration skipped.
    await dataSource.query(
      `REVOKE ALL ON migrations FROM ${role}; REVOKE ALL ON SEQUENCE migrations_id_seq FROM ${role}`,
    );
  } finally {
    await dataSource.destroy();
  }
}

if (require.main === module) {
  const service = process.argv[2];
  const file = process.env['OWNER_DATABASE_URL_FILE'];
  if (!service || !file) {
    console.error('usage: OWNER_DATABASE_URL_FILE=<file> node migrate.js <service>');
    process.exit(2);
  }
  migrate(service, readFileSync(file, 'utf8').trim()).catch((error: Error) => {
    console.error(`migrating ${service} failed: ${error.message}`);
    process.exit(1);
  });
}
