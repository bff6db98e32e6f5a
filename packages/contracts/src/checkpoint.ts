import { type KeyObject, verify } from 'node:crypto';
import { type Manifest, publicKeyOf } from './manifest';
import { canonicalJson, sha256 } from './plan';
import { signedApart } from './signed-apart';

/** How far the evidence of one topic and partition went: so many rows, the last of which has this hash (hex). */
export interface CheckpointHead {
  readonly topic: string;
  readonly partition: number;
  readonly rows: number;
  readonly hash: string;
}

/** What the auditor states once a minute about its whole evidence (EVID-001). */
export interface Checkpoint {
  readonly format: 'mandate-checkpoint-v1';
  /** Gapless, from 1. */
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** SHA-256 of the checkpoint before in RFC 8785 form, hex; zeros before the first. */
  readonly previous: string;
  /** By topic and partition. */
  readonly heads: readonly CheckpointHead[];
}

/** A checkpoint as it is published and kept. */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly key_id: string;
  /** Ed25519 by the auditor, base64. */
  readonly signature: string;
}

/** The bytes of a checkpoint that are signed. */
export function checkpointBytes(checkpoint: Checkpoint): Buffer {
  return Buffer.from(canonicalJson(checkpoint));
}

/** SHA-256 of a checkpoint, as the next one names it. */
export function checkpointDigest(checkpoint: Checkpoint): Buffer {
  return sha256(checkpointBytes(checkpoint));
}

/** What does not hold of a checkpoint's signature; null if the auditor's key of that time signed it. Never throws. */
export function checkpointProblem(signed: SignedCheckpoint, manifest: Manifest): string | null {
  try {
    const { checkpoint, key_id, signature } = signed;
    if (checkpoint.format !== 'mandate-checkpoint-v1') return 'it is no mandate-checkpoint-v1';
    const known = manifest.services.find((k) => k.key_id === key_id && k.service === 'auditor');
    if (!known) return `key ${key_id} is no key of the auditor`;
    if (checkpoint.at < known.valid_from || (known.valid_to !== null && checkpoint.at >= known.valid_to))
      return `key ${key_id} was not the auditor's at that time`;
    // One from before the revocation is worth what its keeper knows of it; the thief can date one back, not keep it then.
    if (known.revoked && checkpoint.at >= known.revoked.at) return `key ${key_id} is revoked since before it`;
    const key: KeyObject = publicKeyOf(Buffer.from(known.public_key, 'base64'));
    const bytes = signedApart('mandate-checkpoint-v1', checkpointBytes(checkpoint));
    return verify(null, bytes, key, Buffer.from(signature, 'base64')) ? null : 'its signature does not hold';
  } catch {
    return 'it cannot be read';
  }
}
