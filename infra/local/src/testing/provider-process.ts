import { fork } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IssuerEnv } from '../issuer-process';

/** A real OpenID provider of a test's own. */
export interface ProviderProcess {
  readonly url: string;
  /** Signs its tokens. */
  readonly key: KeyObject;
  /** By which it knows the review service. */
  readonly clientSecretFile: string;
  stop(): Promise<void>;
}

/** Starts the stack's OpenID provider as the stack does: in a process of its own. */
export async function startProviderProcess(pageUrl: string): Promise<ProviderProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'mandate-issuer-'));
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const env: IssuerEnv = {
    HTTP_PORT: '0',
    ISSUER_KEY_FILE: join(dir, 'key.pem'),
    CLIENT_SECRET_FILE: join(dir, 'client.secret'),
    PAGE_URL: pageUrl,
  };
  writeFileSync(env.ISSUER_KEY_FILE, key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  writeFileSync(env.CLIENT_SECRET_FILE, 'a secret of at least thirty-two characters', { mode: 0o600 });
  const child = fork(join(__dirname, '..', 'issuer-process.ts'), [], {
    env: { ...process.env, ...env },
    execArgv: ['--require', join(__dirname, 'typescript-hook.cjs')],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((done, fail) => {
    child.once('message', (message: { url: string }) => done(message.url));
    void ended.then(() => fail(new Error(`the OpenID provider ended: ${errors}`)));
  });
  return {
    url,
    key,
    clientSecretFile: env.CLIENT_SECRET_FILE,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
