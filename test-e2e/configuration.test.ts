import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SERVICES } from '@mandate/contracts';

jest.setTimeout(60_000);

/** Runs a service with these variables only, and says how it ended. */
function run(service: string, env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const program = join(__dirname, '..', 'services', service, 'dist/main.js');
  const child = spawn(process.execPath, [program], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, said })));
}

it.each(SERVICES)('%s says which variable is wrong, what it got and what it wants, and ends', async (service) => {
  const { code, said } = await run(service, { HTTP_PORT: 'eighty', KAFKA_BROKERS: '127.0.0.1:1', BATCH_SIZE_MAX: '0' });
  expect(code).toBe(78);
  expect(said).toContain('HTTP_PORT is "eighty"; it wants a whole number from 0 to 65535.');
  expect(said).toContain('BATCH_SIZE_MAX is "0"; it wants a whole number from 1 to 2000.');
  expect(said).toContain("KAFKA_USERNAME is not set; it wants the name of this service's broker user.");
  expect(said).not.toMatch(/^\s+at /m);
});
