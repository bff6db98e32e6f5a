import type { Hop } from '../domain/case-file';
import { type EvidenceRow, refOf } from './evidence.store';

/** Reads recorded messages. One that cannot be read is no evidence, and speaks against its chain. */
export class Legible {
  readonly illegible: Hop[] = [];

  read<T>(row: EvidenceRow | undefined, as: (row: EvidenceRow) => T): T | null {
    if (!row) return null;
    try {
      return as(row);
    } catch (error) {
      this.illegible.push(Legible.hopOf(row, `cannot be read: ${(error as Error).message}`));
      return null;
    }
  }

  static hopOf(row: EvidenceRow, problem: string | null): Hop {
    return {
      ref: refOf(row),
      type: row.message_type,
      says: row.says,
      writer: row.writer,
      digest: row.link_digest.toString('hex'),
      causeDigest: row.cause_digest.toString('hex'),
      problem,
    };
  }
}
