import { type Cited, decodeMandate, linkDigest } from '@mandate/contracts';
import { decode } from '@mandate/schemas';
import { CLOCK, type Clock, Database, Keyring } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { type ProofFile, type ProofRecord, type ProofStatement, proofText, sealedBytes } from '../domain/proof-file';
import { type EvidenceRow, EvidenceStore } from './evidence.store';

/** Topics are read one by one: what a message cites may be recorded a moment after it. */
const CITED_WAIT_MS = 2_000;
const CITED_POLL_MS = 100;

/** Puts a contract's proof file together from the evidence. */
@Injectable()
export class ProofReader {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly database: Database,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The text of the file, sealed; null if nothing is recorded about such a contract. */
  async read(contractId: string): Promise<string | null> {
    const rows = await this.lineage(contractId);
    if (rows.length === 0) return null;
    const proof: ProofFile = {
      format: 'mandate-proof-v1',
      contract_id: contractId,
      made_at: this.clock.now(),
      authority: JSON.parse(this.keyring.authorityText) as object,
      records: rows.map(toRecord),
      statements: rows.flatMap(statementOf),
    };
    const { keyId, signature } = await this.keyring.signApart('mandate-proof-v1', sealedBytes(proof), proof.made_at);
    return proofText(proof, { key_id: keyId, signature: signature.toString('base64') });
  }

  /** Waits a little for what is cited and has not been heard; what is still missing then, the verifier names. */
  private async lineage(contractId: string): Promise<EvidenceRow[]> {
    for (let waitedMs = 0; ; waitedMs += CITED_POLL_MS) {
      const rows = await this.database.transaction((tx) => this.evidence.lineage(tx, contractId));
      if (waitedMs >= CITED_WAIT_MS || isWhole(rows)) return rows;
      await new Promise((resolve) => setTimeout(resolve, CITED_POLL_MS));
    }
  }
}

function isWhole(rows: readonly EvidenceRow[]): boolean {
  const known = new Set(rows.map((r) => r.link_digest.toString('hex')));
  return rows.every((row) => {
    const mandate = decodeMandate(row.mandate);
    const cited = [mandate?.cause, mandate?.may, mandate?.approve].filter((c): c is Cited => Boolean(c));
    return cited.every((c) => known.has(linkDigest(c.link).toString('hex')));
  });
}

function toRecord(row: EvidenceRow): ProofRecord {
  return {
    topic: row.topic,
    partition: row.partition,
    offset: Number(row.offset),
    key: row.key.toString(),
    mandate: row.mandate.toString('base64'),
    value: row.value.toString('base64'),
  };
}

function statementOf(row: EvidenceRow): ProofStatement[] {
  if (row.message_type !== 'ReviewDecided') return [];
  const { statement, signature, key_id } = decode('ReviewDecided', row.value);
  if (!statement || !signature || key_id === null) return [];
  return [
    {
      link: row.link_digest.toString('hex'),
      statement: statement.toString(),
      signature: signature.toString('base64'),
      key_id,
    },
  ];
}
