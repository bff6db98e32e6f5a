import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyIdOf, type Manifest, rawPublicKey, SERVICES, sha256, signManifest } from '@mandate/contracts';
import { repositoryDir } from '../paths';

/** Makes the keys of root, services and founder (PEM files) and the manifest `authority.json` in a folder. */
export function makeWorldKeys(dir: string): Manifest {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const make = (name: string): KeyObject => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(dir, `${name}.pem`), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    writeFileSync(join(dir, `${name}.pub`), publicKey.export({ format: 'pem', type: 'spki' }));
    return privateKey;
  };
  const root = make('root');
  const founder = make('founder');
  const base64 = (key: KeyObject): string => rawPublicKey(key).toString('base64');
  const manifest: Manifest = {
    format: 'mandate-authority-v1',
    number: 1,
    environment: 'local',
    services: SERVICES.map((service) => {
      const key = make(service);
      return { service, key_id: keyIdOf(key), public_key: base64(key), valid_from: 0, valid_to: null };
    }),
    founders: [{ founder: 'founder@local', key_id: keyIdOf(founder), kind: 'ed25519', public_key: base64(founder) }],
    catalogue_digests: [sha256(readFileSync(join(repositoryDir, 'infra/capabilities.yaml'))).toString('hex')],
  };
  writeFileSync(join(dir, 'authority.json'), signManifest(manifest, root));
  return manifest;
}
