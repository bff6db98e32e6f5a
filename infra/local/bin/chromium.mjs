// A browser for the tests of the page: one that is there, or installed where the system allows it; else they are skipped.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, step } from './bootstrap.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/snap/bin/chromium'];

function isRunnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser's program: what CHROMIUM names, or the first that is found; undefined if there is none. */
export function findChromium(env = process.env) {
  if (env.CHROMIUM) return isRunnable(env.CHROMIUM) ? env.CHROMIUM : undefined;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...elsewhere].find(isRunnable);
}

/** Installs packages with apt where this is root on Debian or its like; elsewhere nothing is done. */
export async function installFromDebian(title, packages) {
  const isAllowed = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && existsSync('/etc/debian_version');
  if (!isAllowed) return;
  await step(title, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env });
  });
}

/** Installs Chromium where the system allows it; says what is the case otherwise. */
export async function ensureChromium() {
  if (findChromium()) return;
  await installFromDebian('Installing Chromium for the tests of the page', ['chromium']);
  if (findChromium()) return;
  console.log(
    'No Chromium was found, and none could be installed here: the tests of the page in a browser are skipped. Install Chromium, or name one with CHROMIUM=/path.',
  );
}
