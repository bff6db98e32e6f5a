import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  type FounderKey,
  keyIdOf,
  type Manifest,
  rawPublicKey,
  readManifest,
  signManifest,
  withFounderKey,
} from '@mandate/contracts';
import { makePrivateDir, writePrivateFile } from './secrets';
import type { StackFiles } from './stack-files';
import { serviceNames } from './users';

/** The local founder's name; the subject of their token and the owner of their key. */
export const localFounder = 'founder@local';

/** Makes the root's, the services' and the founder's keys (Ed25519, PEM, mode 0600), those that do not exist yet. */
export function ensureKeys(files: StackFiles): void {
  makePrivateDir(files.keysDir);
  makePrivateDir(files.founderDir);
  const root = keptKey(files.rootKey);
  writePrivateFile(files.rootPublicKey, publicPem(root));
  for (const service of serviceNames) keptKey(files.serviceKey(service));
  const founder = keptKey(files.founderKey);
  const identity = { founder: localFounder, key_id: keyIdOf(founder), public_key: publicText(founder) };
  writePrivateFile(files.founderIdentity, `${JSON.stringify(identity, null, 2)}\n`);
}

/**
 * Writes `authority.json`, signed by the root. The same content keeps its number; a changed one (a new key, another
 * catalogue) gets the next, since services refuse to go back.
 *
 * @param catalogueFile  may be applied from now on; catalogues that were allowed before stay allowed
 */
export function writeManifest(files: StackFiles, catalogueFile: string, nowMs: number): void {
  const root = createPrivateKey(readFileSync(files.rootKey));
  const before = existsSync(files.manifest)
    ? readManifest(readFileSync(files.manifest, 'utf8'), createPublicKey(root))
    : undefined;
  const digest = createHash('sha256').update(readFileSync(catalogueFile)).digest('hex');
  const content = {
    format: 'mandate-authority-v1' as const,
    environment: 'local' as const,
    services: [...(before?.services ?? []), ...newServiceKeys(files, before, nowMs)],
    founders: [founderEntry(files), ...enrolledOf(files, before)],
    catalogue_digests: [...new Set([...(before?.catalogue_digests ?? []), digest])],
  };
  if (before !== undefined && isSame(content, before)) return;
  const manifest: Manifest = { ...content, number: (before?.number ?? 0) + 1 };
  writePrivateFile(files.manifest, signManifest(manifest, root));
}

/** The keys of services of which the manifest names none yet; others are rotated, and all that ever were stay. */
function newServiceKeys(files: StackFiles, before: Manifest | undefined, nowMs: number): Manifest['services'] {
  const known = new Set(before?.services.map((key) => key.service));
  return serviceNames
    .filter((service) => !known.has(service))
    .map((service) => {
      const key = createPrivateKey(readFileSync(files.serviceKey(service)));
      return { service, key_id: keyIdOf(key), public_key: publicText(key), valid_from: nowMs, valid_to: null };
    });
}

/** Keys that were enrolled from the page stay. */
function enrolledOf(files: StackFiles, before: Manifest | undefined): readonly FounderKey[] {
  const own = founderEntry(files);
  return (before?.founders ?? []).filter((key) => key.kind !== own.kind);
}

/** The manifest with one more founder's key, signed by the root. @throws Error saying what is wrong with the key */
export function enrolFounderKey(files: StackFiles, key: FounderKey): void {
  const root = createPrivateKey(readFileSync(files.rootKey));
  const before = readManifest(readFileSync(files.manifest, 'utf8'), createPublicKey(root));
  writePrivateFile(files.manifest, signManifest(withFounderKey(before, key), root));
}

function founderEntry(files: StackFiles): Manifest['founders'][number] {
  const key = createPrivateKey(readFileSync(files.founderKey));
  return { founder: localFounder, key_id: keyIdOf(key), kind: 'ed25519', public_key: publicText(key) };
}

function isSame(content: Omit<Manifest, 'number'>, before: Manifest): boolean {
  const sorted = (manifest: Omit<Manifest, 'number'>) =>
    JSON.stringify([manifest.services, manifest.founders, manifest.catalogue_digests]);
  return sorted(content) === sorted(before);
}

function keptKey(path: string): KeyObject {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writePrivateFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  }
  return createPrivateKey(readFileSync(path));
}

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
}

function publicText(key: KeyObject): string {
  return rawPublicKey(key).toString('base64');
}
