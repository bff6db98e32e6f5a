import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@mandate/contracts';
import { migrate } from '@mandate/service-kit';
import { dumpSchema } from '../../../infra/local/src/testing/schema-dump';
import { startOwnServers } from '../../../infra/local/src/testing/servers';

jest.setTimeout(60_000);

const root = join(__dirname, '../../..');
const COMMAND =
  'UPDATE_SCHEMAS=1 node_modules/.bin/jest --selectProjects=integration --testPathPatterns service-kit/test/schema';
const header = (service: string) =>
  [
    `-- GENERATED: what packages/service-kit/migrations and services/${service}/migrations make of an empty database.`,
    '-- For reading and comparing, not for running; ${role} is the runtime role. Write it anew with:',
    `-- ${COMMAND}`,
    '',
    '',
  ].join('\n');

/** The first line in which two texts differ, of each. */
function firstDifference(expected: string, found: string): string {
  const [before, after] = [expected.split('\n'), found.split('\n')];
  const at = after.findIndex((line, i) => line !== before[i]);
  const line = at < 0 ? after.length : at;
  return `line ${line + 1}\n  the file says:  ${before[line] ?? '(nothing)'}\n  migrations say: ${after[line] ?? '(nothing)'}`;
}

describe('the migrations of an empty database', () => {
  let servers: Awaited<ReturnType<typeof startOwnServers>>;
  beforeAll(async () => {
    servers = await startOwnServers();
  });
  afterAll(() => servers.remove());

  it.each(SERVICES)('of %s make exactly what its schema.sql shows', async (service) => {
    const { name, ownerUrl } = await servers.createDatabase(service);
    await migrate(service, ownerUrl, name);
    const schema = header(service) + (await dumpSchema(ownerUrl, name));
    const path = join('services', service, 'schema.sql');
    if (process.env['UPDATE_SCHEMAS'] === '1') writeFileSync(join(root, path), schema);
    const shown = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
    if (shown !== schema)
      throw new Error(`${path} is out of date, ${firstDifference(shown, schema)}\nWrite it anew: ${COMMAND}`);
  });
});
