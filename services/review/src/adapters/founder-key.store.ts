import { type FounderKey, keyIdOfSpki, type RefusalCode } from '@mandate/contracts';
import { Database, Keyring, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { isNewUse, signCountOf } from '../domain/passkey-use';
import type { NewPasskey } from './passkey.registrar';

/** A key that a founder asked to have enrolled. */
export interface AskedFounderKey {
  readonly keyId: string;
  readonly founder: string;
  readonly kind: 'passkey' | 'browser';
  readonly label: string;
  /** DER SPKI. */
  readonly publicKey: Buffer;
  readonly passkey: NewPasskey | null;
  readonly sessionId: string;
  readonly requestedAt: number;
  readonly activeSince: number | null;
}

interface KeyRow {
  readonly key_id: string;
  readonly founder: string;
  readonly kind: 'passkey' | 'browser';
  readonly label: string;
  readonly public_key: Buffer;
  readonly rp_id: string | null;
  readonly origin: string | null;
  readonly credential_id: Buffer | null;
  readonly sign_count: string | null;
  readonly session_id: string;
  readonly requested_at: string;
  readonly active_since: string | null;
}

const CHALLENGE_MS = 300_000;
/** What nobody enrolled within a week is no longer asked for. */
const PENDING_MS = 604_800_000;

/** Founders' keys that were asked for from the page, and how often a passkey was used. The manifest says which ones count. */
@Injectable()
export class FounderKeyStore {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  async keepChallenge(challenge: string, founder: string, sessionId: string, now: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.run('DELETE FROM enrolment_challenges WHERE expires_at <= $1', [now]);
      await tx.run(
        'INSERT INTO enrolment_challenges (challenge, founder, session_id, expires_at) VALUES ($1, $2, $3, $4)',
        [challenge, founder, sessionId, now + CHALLENGE_MS],
      );
    });
  }

  /** Takes a challenge, once; it holds in the session that asked for it only. */
  async takeChallenge(challenge: string, sessionId: string, now: number): Promise<boolean> {
    const taken = await this.database.transaction((tx) =>
      tx.run('DELETE FROM enrolment_challenges WHERE challenge = $1 AND session_id = $2 AND expires_at > $3', [
        challenge,
        sessionId,
        now,
      ]),
    );
    return taken === 1;
  }

  /** Keeps what was asked for. @returns false if the key is there already */
  async ask(key: Omit<AskedFounderKey, 'activeSince'>): Promise<boolean> {
    const { passkey } = key;
    const kept = await this.database.transaction((tx) =>
      tx.run(
        `INSERT INTO founder_keys (key_id, founder, kind, label, public_key, rp_id, origin, credential_id, sign_count, session_id, requested_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
        [
          ...[key.keyId, key.founder, key.kind, key.label, key.publicKey],
          ...[
            passkey?.rpId ?? null,
            passkey?.origin ?? null,
            passkey?.credentialId ?? null,
            passkey?.signCount ?? null,
          ],
          ...[key.sessionId, key.requestedAt],
        ],
      ),
    );
    return kept === 1;
  }

  /** The manifest's entries for a founder: the keys that count. */
  active(founder: string): readonly FounderKey[] {
    return this.keyring.manifest.founders.filter((key) => key.founder === founder);
  }

  /** True if the manifest or an earlier request has this key, whoever's it is. */
  async isKnown(publicKey: Buffer): Promise<boolean> {
    const keyId = keyIdOfSpki(publicKey);
    if (this.keyring.manifest.founders.some((key) => key.key_id === keyId)) return true;
    return (await this.database.rows('SELECT 1 FROM founder_keys WHERE key_id = $1', [keyId])).length > 0;
  }

  async of(founder: string, now: number): Promise<AskedFounderKey[]> {
    await this.noteActive(now);
    const rows = await this.database.rows<KeyRow>(
      'SELECT * FROM founder_keys WHERE founder = $1 ORDER BY requested_at',
      [founder],
    );
    return rows.map(toKey);
  }

  /** What waits for the root's signature. */
  async pending(now: number): Promise<AskedFounderKey[]> {
    await this.noteActive(now);
    const rows = await this.database.rows<KeyRow>(
      'SELECT * FROM founder_keys WHERE active_since IS NULL AND requested_at > $1 ORDER BY requested_at LIMIT 100',
      [now - PENDING_MS],
    );
    return rows.map(toKey);
  }

  /** PART2-002: what stands against this use of a passkey; if nothing does, it is counted in the same transaction. */
  async countUse(tx: Tx, keyId: string, signature: Buffer): Promise<Extract<RefusalCode, 'PASSKEY_REUSED'> | null> {
    const [row] = await tx.rows<{ sign_count: string }>(
      "SELECT sign_count FROM founder_keys WHERE key_id = $1 AND kind = 'passkey' FOR UPDATE",
      [keyId],
    );
    const count = row && signCountOf(signature);
    if (!row || count === null || count === undefined) return null;
    if (!isNewUse(Number(row.sign_count), count)) return 'PASSKEY_REUSED';
    await tx.run('UPDATE founder_keys SET sign_count = $2 WHERE key_id = $1', [keyId, count]);
    return null;
  }

  private async noteActive(now: number): Promise<void> {
    await this.database.rows(
      'UPDATE founder_keys SET active_since = $2 WHERE active_since IS NULL AND key_id = ANY ($1::text[])',
      [this.keyring.manifest.founders.map((key) => key.key_id), now],
    );
  }
}

/** A key as `authority.json` would name it. */
export function toManifestEntry({ founder, keyId, kind, publicKey, passkey }: AskedFounderKey): FounderKey {
  const entry = { founder, key_id: keyId, kind, public_key: publicKey.toString('base64') };
  return passkey ? { ...entry, rp_id: passkey.rpId, origin: passkey.origin } : entry;
}

function toKey(row: KeyRow): AskedFounderKey {
  const { rp_id: rpId, origin, credential_id: credentialId, public_key: publicKey } = row;
  const isPasskey = rpId !== null && origin !== null && credentialId !== null;
  return {
    keyId: row.key_id,
    founder: row.founder,
    kind: row.kind,
    label: row.label,
    publicKey,
    passkey: isPasskey ? { rpId, origin, credentialId, publicKey, signCount: Number(row.sign_count) } : null,
    sessionId: row.session_id,
    requestedAt: Number(row.requested_at),
    activeSince: row.active_since === null ? null : Number(row.active_since),
  };
}
