import type { Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { Addressee } from '../domain/crm-input';
import type { Refusal } from '../domain/refusal';

/** An input that got no further, with its bytes. */
export interface RefusedInput {
  /** topic/partition/offset, or http/<id> */
  readonly via: string;
  readonly recordKey: Buffer | null;
  readonly bytes: Buffer;
  readonly digest: Buffer;
  readonly refusal: Refusal;
  readonly from: Addressee | null;
}

/** What was refused or could not be read: kept, so that nothing is dropped silently (FLOW-004). Append-only. */
@Injectable()
export class RefusedInputStore {
  async insert(tx: Tx, refused: readonly RefusedInput[], now: number): Promise<void> {
    const r = refused;
    if (r.length === 0) return;
    await tx.run(
      `INSERT INTO refused_inputs (via, record_key, value, value_digest, code, field, sentence, source_system, reference, refused_at)
       SELECT v, k, b, d, c, f, se, s, re, $10 FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[], $5::text[], $6::text[],
         $7::text[], $8::text[], $9::text[]) AS t (v, k, b, d, c, f, se, s, re)`,
      [
        r.map((x) => x.via),
        r.map((x) => x.recordKey),
        r.map((x) => x.bytes),
        r.map((x) => x.digest),
        r.map((x) => x.refusal.code),
        r.map((x) => x.refusal.field),
        r.map((x) => x.refusal.sentence),
        r.map((x) => x.from?.sourceSystem ?? null),
        r.map((x) => x.from?.reference ?? null),
        now,
      ],
    );
  }
}
