import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryDir } from '../../infra/local/src/paths';

/** Chromium's program as the test command finds it; null where there is none. */
export function findBrowser(): string | null {
  const script = join(repositoryDir, 'infra/local/bin/chromium.mjs');
  const code = `import(${JSON.stringify(script)}).then((m) => process.stdout.write(m.findChromium() ?? ''))`;
  const { stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  return stdout.trim() || null;
}
