import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyIdOf, type Manifest, rawPublicKey, type ServiceKey, sha256, signManifest } from '@mandate/contracts';
import type { World } from '../../../infra/local/src/testing/world';

/** So many capabilities that each attack has one of its own, which nobody else holds. */
const CAPABILITIES = 300;

export const capabilityName = (n: number): string => `thing_${n}`;

/** Writes a catalogue and has the root allow it. Returns the file. */
export function writeCatalogue(world: World): string {
  const file = join(world.keysDir, 'catalogue.yaml');
  const capabilities = Array.from({ length: CAPABILITIES }, (_, n) => ({
    name: capabilityName(n),
    aliases: [],
    description: '',
    owner: 'platform',
    lifecycle: 'LAUNCHED',
    enabled: true,
    frozen: false,
    driver: 'registry',
    keys: [
      {
        key: 'size',
        aliases: [],
        description: '',
        schema: { type: 'integer', minimum: 0, maximum: 9 },
        first_value: 1,
      },
    ],
    risk: {},
    irreversible_allowed: [],
    probes: [],
    constraints: { max_duration_ms: 60_000, step_timeout_ms: 5_000, steps_per_minute: 60, allowed_targets: [] },
  }));
  writeFileSync(file, JSON.stringify({ version: 1, system_probes: [], capabilities }));
  const digest = sha256(readFileSync(file)).toString('hex');
  changeManifest(world, (manifest) => ({ ...manifest, catalogue_digests: [digest] }));
  return file;
}

/** The holder of the root key signs another manifest, under the next number. */
export function changeManifest(world: World, change: (manifest: Manifest) => Manifest): void {
  const file = join(world.keysDir, 'authority.json');
  const { manifest } = JSON.parse(readFileSync(file, 'utf8')) as { manifest: Manifest };
  const root = createPrivateKey(readFileSync(join(world.keysDir, 'root.pem'), 'utf8'));
  writeFileSync(file, signManifest({ ...change(manifest), number: manifest.number + 1 }, root));
}

/** Two more keys of eligibility, as rotations leave them: one that was revoked, and one whose time is over. */
export function addOldKeys(world: World): void {
  const keyOf = (name: string, more: Partial<ServiceKey>): ServiceKey => {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(world.keysDir, `${name}.pem`), privateKey.export({ format: 'pem', type: 'pkcs8' }), {
      mode: 0o600,
    });
    const public_key = rawPublicKey(privateKey).toString('base64');
    return { service: 'eligibility', key_id: keyIdOf(privateKey), public_key, valid_from: 0, valid_to: null, ...more };
  };
  const revoked = { at: Date.now(), trusted_offsets: {}, citable: [] };
  const old = [keyOf('eligibility-revoked', { revoked }), keyOf('eligibility-closed', { valid_to: 1_000 })];
  changeManifest(world, (manifest) => ({ ...manifest, services: [...manifest.services, ...old] }));
}
