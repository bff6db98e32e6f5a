import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sha256 } from '@mandate/contracts';
import { citingOutside } from '@mandate/service-kit';
import { parse } from 'yaml';
import { repositoryDir } from '../../../infra/local/src/paths';
import type { World } from '../../../infra/local/src/testing/world';

/** A system to look at; `status` is what it answers. */
export class Target {
  status = 200;
  private server: Server | null = null;
  private port = 0;
  async start(): Promise<void> {
    this.server = createServer((_, response) => response.writeHead(this.status).end('ok'));
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }
  async kill(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
}

/** The catalogue as the executor says it, without health, which is said here for real. */
export async function define(world: World): Promise<void> {
  const file = readFileSync(join(repositoryDir, 'infra/capabilities.yaml'));
  const { capabilities } = parse(file.toString()) as {
    capabilities: {
      name: string;
      enabled: boolean;
      lifecycle: string;
      keys: { key: string; first_value: unknown }[];
    }[];
  };
  let n = 0;
  for (const c of capabilities) {
    n++;
    await world.say('executor', {
      message: 'CapabilityChanged',
      key: c.name,
      says: 'DEFINED',
      issueId: null,
      version: 1,
      planDigest: null,
      cites: citingOutside(sha256(file)),
      now: Date.now(),
      value: {
        capability: c.name,
        from_version: 0,
        version: 1,
        registry_version: n,
        cause: 'DEFINITION',
        contract_id: null,
        job_id: null,
        issue_id: null,
        catalogue_version: 1,
        catalogue_digest: sha256(file),
        catalogue_size: capabilities.length,
        definition: JSON.stringify(c),
        enabled: c.enabled,
        lifecycle: c.lifecycle,
        values: c.keys.map((k) => ({ key: k.key, value: JSON.stringify(k.first_value) })),
        provisional_contract_id: null,
        changed_at: Date.now(),
      },
    });
  }
}
