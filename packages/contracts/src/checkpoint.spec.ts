import { generateKeyPairSync, sign } from 'node:crypto';
import {
  type Checkpoint,
  checkpointBytes,
  checkpointDigest,
  checkpointProblem,
  type SignedCheckpoint,
} from './checkpoint';
import { keyIdOf, type Manifest, rawPublicKey } from './manifest';
import { signedApart } from './signed-apart';

const [auditor, other] = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').privateKey];
const checkpoint: Checkpoint = {
  format: 'mandate-checkpoint-v1',
  number: 1,
  at: 1_000,
  previous: '0'.repeat(64),
  heads: [{ topic: 'mandate.jobs.v1', partition: 0, rows: 2, hash: 'a'.repeat(64) }],
};
const manifest = (valid_to: number | null = null): Manifest => ({
  format: 'mandate-authority-v1',
  number: 1,
  environment: 'local',
  services: [auditor, other].map((key, i) => ({
    service: i === 0 ? ('auditor' as const) : ('review' as const),
    key_id: keyIdOf(key),
    public_key: rawPublicKey(key).toString('base64'),
    valid_from: 0,
    valid_to,
  })),
  founders: [],
  catalogue_digests: [],
});
const signed = (
  by = auditor,
  purpose: Parameters<typeof signedApart>[0] = 'mandate-checkpoint-v1',
): SignedCheckpoint => ({
  checkpoint,
  key_id: keyIdOf(by),
  signature: sign(null, signedApart(purpose, checkpointBytes(checkpoint)), by).toString('base64'),
});

describe('a checkpoint of the evidence', () => {
  it("EVID-001: counts under the auditor's key of its time", () => {
    expect(checkpointProblem(signed(), manifest())).toBeNull();
    expect(checkpointProblem(signed(), manifest(1_000))).toContain("was not the auditor's at that time");
  });

  it('EVID-001: does not count if anything in it is another', () => {
    for (const more of [{ number: 2 }, { at: 1_001 }, { previous: '1'.repeat(64) }, { heads: [] }]) {
      const altered = { ...signed(), checkpoint: { ...checkpoint, ...more } };
      expect(checkpointProblem(altered, manifest())).toBe('its signature does not hold');
      expect(checkpointDigest(altered.checkpoint)).not.toEqual(checkpointDigest(checkpoint));
    }
  });

  it("does not count under another service's key, or signed for another purpose", () => {
    expect(checkpointProblem(signed(other), manifest())).toContain('is no key of the auditor');
    expect(checkpointProblem(signed(auditor, 'mandate-proof-v1'), manifest())).toBe('its signature does not hold');
  });

  it('does not count if its key was revoked before it', () => {
    const since = (at: number): Manifest => ({
      ...manifest(),
      services: manifest().services.map((key) => ({ ...key, revoked: { at, trusted_offsets: {}, citable: [] } })),
    });
    expect(checkpointProblem(signed(), since(1_000))).toContain('is revoked');
    expect(checkpointProblem(signed(), since(1_001))).toBeNull();
  });

  it('never throws, whatever it is given', () => {
    for (const bad of [null, {}, { checkpoint: null }, { ...signed(), signature: 1 }])
      expect(checkpointProblem(bad as never, manifest())).toEqual(expect.any(String));
  });
});
