import { spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { readManifest } from '@mandate/contracts';
import { serviceNames } from '../src';
import { openStack } from '../src/connection';
import { stackParts } from '../src/parts';
import { freePorts } from '../src/ports';
import { Stack, type StackOptions } from '../src/stack';
import { statusOf } from '../src/status';
import { makeTestDir, removeTestStack } from '../src/testing/test-stack';

const dummy = join(__dirname, 'dummy-part.cjs');
const partsOf: StackOptions['partsOf'] = (context) =>
  stackParts(context).map((part) => (part.name === 'issuer' ? part : { ...part, program: dummy }));

async function askedAgain<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const deadlineMs = Date.now() + 15_000; Date.now() < deadlineMs; ) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error('There was no such answer within 15 s.');
}

/** Starts the stack in another process, from the build, and kills that process once the stack is ready. */
async function startKilledStack(dataDir: string): Promise<string> {
  const child = spawn(process.execPath, [join(__dirname, 'killed-stack.cjs'), dataDir, dummy]);
  let output = '';
  await new Promise<void>((done) => {
    const keep = (chunk: Buffer) => {
      output += chunk;
      if (output.includes('ready')) child.kill('SIGKILL');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('close', () => done());
  });
  return output.trim();
}

describe('a stack', () => {
  let dataDir: string;
  const said: string[] = [];
  let portBase: number;
  let stack: Stack;
  const newStack = (options: Partial<StackOptions> = {}) =>
    new Stack({ dataDir, portBase, report: (line) => said.push(line), partsOf, ...options });
  const pidOf = async (port: number) => {
    const answer = await (await fetch(`http://127.0.0.1:${port}/`)).json();
    return (answer as { pid: number }).pid;
  };

  beforeAll(async () => {
    dataDir = makeTestDir();
    [portBase] = (await freePorts(1)) as [number];
    stack = newStack();
    await stack.start();
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
    await removeTestStack(dataDir);
  }, 60_000);

  it('runs every part, ready, with what it needs to know', async () => {
    const lines = await Promise.all(stack.status().map(statusOf));
    expect(lines.map((line) => [line.name, line.isReady])).toEqual(
      ['Kafka', 'PostgreSQL', ...serviceNames, 'sample-app', 'sample-target', 'issuer'].map((name) => [name, true]),
    );
    expect(lines.find((line) => line.name === 'review')).toMatchObject({ lag: 5, parked: null });
  });

  it('gives each service a database URL and a password that only their owner can read', () => {
    const [review] = stackParts({ files: stack.files, ports: stack.ports }).filter((part) => part.name === 'review');
    for (const name of ['KAFKA_PASSWORD_FILE', 'DATABASE_URL_FILE', 'MANDATE_KEY_FILE']) {
      expect(statSync(review?.env[name] as string).mode & 0o077).toBe(0);
    }
    expect(Object.values(review?.env ?? {}).filter((value) => value.startsWith(stack.files.founderDir))).toEqual([]);
  });

  it('signs a manifest that names every service and the founder', () => {
    const root = createPublicKey(readFileSync(stack.files.rootPublicKey));
    const manifest = readManifest(readFileSync(stack.files.manifest, 'utf8'), root);
    expect(manifest.number).toBe(1);
    expect(manifest.services.map((key) => key.service)).toEqual([...serviceNames]);
    expect(manifest.founders.map((key) => key.founder)).toEqual(['founder@local']);
  });

  it('issues tokens that its published key verifies', async () => {
    const { urls, token } = openStack(dataDir);
    const configuration = (await (await fetch(`${urls.issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    const { keys } = (await (await fetch(configuration.jwks_uri)).json()) as { keys: object[] };
    const key = createPublicKey({ key: keys[0] as never, format: 'jwk' });
    const minted = token({ subject: 'someone', roles: [], audience: 'mandate-review', ttlS: 60 });
    for (const jwt of [minted, readFileSync(stack.files.founderToken, 'utf8')]) {
      const [header, claims, signature] = jwt.split('.') as [string, string, string];
      const bytes = Buffer.from(`${header}.${claims}`);
      const options = { key, dsaEncoding: 'ieee-p1363' as const };
      expect(verify('sha256', bytes, options, Buffer.from(signature, 'base64url'))).toBe(true);
    }
  });

  it('starts a part again that ended by itself', async () => {
    const port = stack.ports.health;
    const before = await pidOf(port);
    await fetch(`http://127.0.0.1:${port}/end`).catch(() => undefined);
    const after = await askedAgain(async () => ((await pidOf(port)) === before ? undefined : pidOf(port)));
    expect(after).not.toBe(before);
    expect(said).toContain('health ended with exit code 3; it is started again in 0.5 s.');
  });

  it('starts the broker again that was killed', async () => {
    const broker = () => stack.status().find((part) => part.name === 'Kafka');
    const before = broker()?.pid as number;
    process.kill(before, 'SIGKILL');
    const after = await askedAgain(async () => {
      const now = broker();
      return now?.state === 'running' && now.pid !== before ? now.pid : undefined;
    });
    expect(after).not.toBe(before);
  }, 30_000);

  it('stops everything, goes on with the same data, and stops what a killed supervisor left', async () => {
    const manifest = readFileSync(stack.files.manifest, 'utf8');
    await stack.stop();
    expect(stack.status()).toEqual([]);
    await expect(pidOf(stack.ports.review)).rejects.toThrow();
    const killed = await startKilledStack(dataDir);
    const leftPid = await pidOf(stack.ports.review);
    stack = newStack();
    await stack.start();
    expect(await pidOf(stack.ports.review)).not.toBe(leftPid);
    expect(killed).toBe('ready');
    expect(readFileSync(stack.files.manifest, 'utf8')).toBe(manifest);
  }, 120_000);

  it('refuses other ports than those of its first start', () => {
    expect(() => newStack({ portBase: portBase + 100 })).toThrow(/has its ports from/);
  });
});

describe('a start that cannot succeed', () => {
  it('names the port that is in use and its owner, and starts nothing', async () => {
    const dataDir = makeTestDir();
    const [portBase] = (await freePorts(1)) as [number];
    const server = createServer().listen(portBase + 14, '127.0.0.1');
    const stack = new Stack({ dataDir, portBase, report: () => undefined, partsOf });
    await expect(stack.start()).rejects.toThrow(`Port ${portBase + 14}, which review needs, is in use`);
    expect(existsSync(stack.files.kafkaDir)).toBe(false);
    server.close();
    await removeTestStack(dataDir);
  });
});
