import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citingNothing, citingOutside } from '@mandate/service-kit';
import { parse } from 'yaml';
import { repositoryDir } from '../paths';
import type { Said, World } from './world';

const MONTH_MS = 30 * 86_400_000;

/** Publishes the catalogue as the executor and HEALTHY health of SYSTEM, valid for a long time, as health. */
export async function seedCatalogue(
  world: World,
  options: { isHealthy?: boolean; validForMs?: number } = {},
): Promise<void> {
  const file = readFileSync(join(repositoryDir, 'infra/capabilities.yaml'));
  const catalogue = parse(file.toString()) as {
    version: number;
    capabilities: Messages['CapabilityChanged'][] &
      { name: string; enabled: boolean; lifecycle: string; keys: { key: string; first_value: unknown }[] }[];
  };
  const now = Date.now();
  let registryVersion = 0;
  for (const c of catalogue.capabilities) {
    registryVersion++;
    await world.say('executor', {
      message: 'CapabilityChanged',
      key: c.name,
      says: 'DEFINED',
      issueId: null,
      version: 1,
      planDigest: null,
      cites: citingOutside(sha256(file)),
      now,
      value: {
        capability: c.name,
        from_version: 0,
        version: 1,
        registry_version: registryVersion,
        cause: 'DEFINITION',
        contract_id: null,
        job_id: null,
        issue_id: null,
        catalogue_version: catalogue.version,
        catalogue_digest: sha256(file),
        catalogue_size: catalogue.capabilities.length,
        definition: JSON.stringify(c),
        enabled: c.enabled,
        lifecycle: c.lifecycle,
        values: c.keys.map((k) => ({ key: k.key, value: JSON.stringify(k.first_value) })),
        provisional_contract_id: null,
        changed_at: now,
      },
    });
  }
  await sayHealth(world, 'SYSTEM', (options.isHealthy ?? true) ? 'HEALTHY' : 'UNHEALTHY', 1, options.validForMs);
}

/** Says a scope's health as the health service. */
export async function sayHealth(
  world: World,
  scope: string,
  state: Messages['HealthChanged']['state'],
  version: number,
  validForMs = MONTH_MS,
  signals: Messages['HealthChanged']['signals'] = [],
): Promise<Said> {
  const now = Date.now();
  return world.say('health', {
    message: 'HealthChanged',
    key: scope,
    says: state,
    issueId: null,
    version,
    planDigest: null,
    cites: citingNothing,
    now,
    value: {
      scope,
      from_version: version - 1,
      version,
      state,
      basis: 'own',
      signals,
      valid_until: scope === 'SYSTEM' ? now + validForMs : null,
      scope_versions: scope === 'SYSTEM' ? [{ scope, version }] : [],
      registry_version: 0,
      changed_at: now,
    },
  });
}
