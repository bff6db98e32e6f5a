import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { StackRefusal } from './refusal';

/** The base port of a stack unless `--port-base` names another. */
export const defaultPortBase = 17_400;

/** The one table of the stack's ports, as distances from its base port. All are on 127.0.0.1. */
export const portOffsets = {
  broker: 0,
  controller: 1,
  postgres: 2,
  issuer: 3,
  'sample-app': 4,
  'sample-target': 5,
  ingestion: 10,
  validator: 11,
  eligibility: 12,
  contract: 13,
  review: 14,
  executor: 15,
  health: 16,
  auditor: 17,
} as const;

/** Who needs a port. */
export type PortOwner = keyof typeof portOffsets;

/** Every part's port for a base. */
export function portsFrom(base: number): Readonly<Record<PortOwner, number>> {
  const entries = Object.entries(portOffsets).map(([owner, offset]) => [owner, base + offset]);
  return Object.fromEntries(entries) as Record<PortOwner, number>;
}

/** @throws StackRefusal naming the first port that something else listens on, and who needs it */
export async function refuseUsedPorts(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [owner, port] of Object.entries(ports)) {
    if (!(await isFree(port))) {
      throw new StackRefusal(
        `Port ${port}, which ${owner} needs, is in use: stop what listens there, or start with another --port-base (and --data for a second stack).`,
      );
    }
  }
}

/**
 * Ports that nothing listens on now. From below the range of outgoing connections, so that none of those takes one
 * before it is used; for a minute no other process that asks here is given the same, whoever has not listened yet.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (claimPort(port) && (await isFree(port))) found.push(port);
  }
  return found;
}

const claimedForMs = 60_000;

/** One file per port, made only by the first who asks; whoever comes later than the claim lasts may take it over. */
function claimPort(port: number): boolean {
  const dir = join(tmpdir(), `mandate-ports-${userInfo().uid}`);
  const file = join(dir, String(port));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    if (Date.now() - statSync(file).mtimeMs > claimedForMs) rmSync(file, { force: true });
  } catch {
    // Nobody has claimed it.
  }
  try {
    closeSync(openSync(file, 'wx', 0o600));
    return true;
  } catch {
    return false;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => done(true)));
  });
}
