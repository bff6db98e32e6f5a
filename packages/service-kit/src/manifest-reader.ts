import { readFileSync } from 'node:fs';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Database } from './database';
import { describeError } from './error-text';
import { type Keyring, type ManifestSource, readAuthority } from './keyring';

/** A manifest with a number lower than the last seen is refused (spec 4-mandate "Keys"). @throws Error naming both */
export async function refuseOlderManifest(database: Database, number: number): Promise<void> {
  const [row] = await database.rows<{ number: string }>(
    `INSERT INTO manifest_seen (number) VALUES ($1)
     ON CONFLICT (only_row) DO UPDATE SET number = greatest(manifest_seen.number, excluded.number) RETURNING number`,
    [number],
  );
  if (Number(row?.number) > number)
    throw new Error(
      `authority.json has number ${number}, but ${row?.number} has been seen: an older manifest is refused`,
    );
}

interface Parts {
  readonly source: ManifestSource;
  readonly keyFile: string;
  readonly keyring: Keyring;
  readonly database: Database;
  readonly logger: Logger;
  readonly reloadMs: number;
}

/**
 * Reads the manifest, and the own keys with it, again from time to time, so that a key counts, or no longer counts, without
 * a restart. What cannot be
 * read, is not the root's or is older than the last seen changes nothing, and is logged.
 */
export class ManifestReader implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: Parts) {}

  /** Nest calls it once for HTTP and once for the transport. */
  onApplicationBootstrap(): void {
    this.timer ??= setInterval(() => void this.reload(), this.parts.reloadMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async reload(): Promise<void> {
    const { source, keyFile, keyring, database, logger } = this.parts;
    try {
      const authority = readAuthority(source);
      const { number } = authority.manifest;
      if (number === keyring.manifest.number) return;
      await refuseOlderManifest(database, number);
      keyring.adopt(authority, readFileSync(keyFile, 'utf8'));
      logger.info({ number }, 'the manifest has changed and is in use');
    } catch (error) {
      logger.error(`the manifest in use stays (number ${keyring.manifest.number}): ${describeError(error)}`);
    }
  }
}
