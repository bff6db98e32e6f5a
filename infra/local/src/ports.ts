import { createServer } from 'node:net';
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
 * before it is used.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => done(true)));
  });
}
