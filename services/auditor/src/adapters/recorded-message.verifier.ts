import { AuthorityViolation, checkAuthority, type Service, topicOf } from '@mandate/contracts';
import { Keyring } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import type { EvidenceRow } from './evidence.store';
import { Legible } from './legible';

/** Checks recorded messages again, from their bytes: what was edited in the database no longer holds (EVID-001). */
@Injectable()
export class RecordedMessageVerifier {
  constructor(private readonly keyring: Keyring) {}

  /** What does not hold of a row; null if everything does. */
  async problemOf(row: EvidenceRow): Promise<string | null> {
    try {
      const authorised = checkAuthority(
        topicOf(row.message_type, row.writer as Service),
        row.key,
        row.value,
        row.mandate,
      );
      await this.keyring.verify(authorised, row);
      const { digest, link } = authorised;
      const isAsRecorded =
        digest.equals(row.link_digest) &&
        link.causeDigest.equals(row.cause_digest) &&
        link.version === Number(row.version) &&
        link.says === row.says &&
        link.time === Number(row.time);
      return isAsRecorded ? null : 'what is recorded beside the message is not what it says';
    } catch (error) {
      if (error instanceof AuthorityViolation) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  /** The rows that hold; the others speak against the chain. */
  async holding(rows: readonly EvidenceRow[], legible: Legible): Promise<readonly EvidenceRow[]> {
    const problems = await Promise.all(rows.map((r) => this.problemOf(r)));
    rows.forEach((row, i) => {
      const problem = problems[i];
      if (problem) legible.illegible.push(Legible.hopOf(row, problem));
    });
    return rows.filter((_, i) => !problems[i]);
  }
}
