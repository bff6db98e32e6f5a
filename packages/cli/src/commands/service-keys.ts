import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import {
  type Manifest,
  type Revocation,
  rawPublicKey,
  readManifest,
  SERVICES,
  type Service,
  signManifest,
  withRevokedKey,
  withRotatedKey,
} from '@mandate/contracts';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack, type Stack } from '../stack';
import type { Context } from '../terminal';
import { writeManifest } from './keys';

/** Where the root's key and the manifest are; left out, those of the local stack. */
export interface ManifestOptions {
  readonly rootKey?: string;
  readonly manifest?: string;
}

/**
 * Gives a service its next key: into its key file, and into the manifest, where it begins after `inMs`, so that everybody has
 * read of it before it is used. The service goes over to it by itself; nothing is restarted.
 */
export async function rotate(
  { terminal, isJson }: Context,
  service: string,
  options: ManifestOptions & { readonly keyFile?: string; readonly inMs: number; readonly nowMs: number },
): Promise<ExitCode> {
  if (!SERVICES.some((name) => name === service)) {
    throw new CliRefusal(EXIT.notFound, 'NO_SUCH_SERVICE', `"${service}" is not one of ${SERVICES.join(', ')}.`);
  }
  const local = options.rootKey && options.manifest && options.keyFile ? null : openStack(terminal.env);
  const { root, manifest, file } = opened(options, local);
  const keyFile = options.keyFile ?? local?.serviceKeyFiles?.[service] ?? '';
  const { privateKey } = generateKeyPairSync('ed25519');
  const from = options.nowMs + options.inMs;
  const after = changed(() => withRotatedKey(manifest, service as Service, rawPublicKey(privateKey), from));
  appendFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), { mode: 0o600 });
  writeManifest(file, signManifest(after, root));
  const { key_id } = after.services.at(-1) as Manifest['services'][number];
  const begins = new Date(from).toISOString();
  if (isJson) terminal.out(JSON.stringify({ number: after.number, service, key_id, valid_from: begins }));
  else
    terminal.out(`Manifest ${after.number}: ${service} signs with ${key_id} from ${begins} on. Nothing is restarted.`);
  return EXIT.done;
}

/**
 * Revokes a key that is in the wrong hands: from then on only what the auditor had recorded of it by `at` counts. Rotate the
 * service's key before, or it can say nothing more.
 */
export async function revoke(
  { terminal, isJson }: Context,
  keyId: string,
  options: ManifestOptions & { readonly at: string },
): Promise<ExitCode> {
  const stack = openStack(terminal.env);
  const { root, manifest, file } = opened(options, stack);
  const at = Date.parse(options.at);
  if (Number.isNaN(at)) {
    throw new CliRefusal(EXIT.usage, 'NO_TIME', `--at is no date and time: "${options.at}"; say 2026-11-25T08:00:00Z.`);
  }
  const asked = `/keys/${encodeURIComponent(keyId)}/evidence?until=${new Date(at).toISOString()}`;
  const held = await new ServiceApi(stack, 'auditor').get<Omit<Revocation, 'at'>>(asked);
  const after = changed(() => withRevokedKey(manifest, keyId, { at, ...held }));
  writeManifest(file, signManifest(after, root));
  const partitions = Object.keys(held.trusted_offsets).length;
  const counts = { number: after.number, key_id: keyId, partitions, citable: held.citable.length };
  if (isJson) terminal.out(JSON.stringify(counts));
  else {
    terminal.out(
      `Manifest ${after.number}: key ${keyId} is revoked. What stood on ${partitions} partitions by ${options.at} still counts, and ` +
        `${held.citable.length} links may still be cited.`,
    );
  }
  return EXIT.done;
}

function opened(options: ManifestOptions, local: Stack | null): { root: KeyObject; manifest: Manifest; file: string } {
  const rootKey = options.rootKey ?? local?.rootKeyFile ?? '';
  const file = options.manifest ?? local?.manifestFile ?? '';
  try {
    const root = createPrivateKey(readFileSync(rootKey));
    return { root, file, manifest: readManifest(readFileSync(file, 'utf8'), createPublicKey(root)) };
  } catch (cause) {
    const sentence = `${file} cannot be gone on with under the root key ${rootKey}: ${(cause as Error).message}.`;
    throw new CliRefusal(EXIT.usage, 'MANIFEST_UNREADABLE', sentence, { cause });
  }
}

function changed(make: () => Manifest): Manifest {
  try {
    return make();
  } catch (cause) {
    throw new CliRefusal(EXIT.refused, 'KEY_REFUSED', `Nothing is signed: ${(cause as Error).message}.`, { cause });
  }
}
