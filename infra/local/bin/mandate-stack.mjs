// mandate-stack.mjs start|stop|status|reset|demo|mandate|bench: installs and builds what is missing, then runs the command.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bootstrap, checkNode, Refusal, repositoryDir, runMain } from './bootstrap.mjs';

const startedAtMs = Date.now();
const program = join(repositoryDir, 'infra/local/dist/command.js');

/** They work on what runs already: nothing is installed or built for them. */
const needsNoBuild = ['stop', 'status', 'reset'];

void runMain(async () => {
  checkNode();
  const argv = process.argv.slice(2);
  if (!needsNoBuild.includes(argv[0])) await bootstrap({ needsServers: argv[0] === 'start' });
  else if (!existsSync(program)) throw new Refusal('Nothing was ever started from this checkout: `npm start` does.');
  try {
    return await createRequire(import.meta.url)(program).runCommand(argv, startedAtMs);
  } catch (error) {
    throw error?.name === 'StackRefusal' ? new Refusal(error.message) : error;
  }
});
