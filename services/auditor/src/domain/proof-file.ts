import { canonicalJson } from '@mandate/contracts';

/** A message as it was recorded, with everything that is needed to check it again. */
export interface ProofRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** Link, proofs and cited links, as on the wire; base64. */
  readonly mandate: string;
  /** As on the wire; base64. */
  readonly value: string;
}

/** What a founder signed, readable without a codec; the same bytes stand in the message's value. */
export interface ProofStatement {
  /** The message that carries it: SHA-256 of its link, hex. */
  readonly link: string;
  readonly statement: string;
  /** base64. */
  readonly signature: string;
  readonly key_id: string;
}

/** Everything from an issue to the verdict on what became of it (spec 4-mandate "Proof file"). */
export interface ProofFile {
  readonly format: 'mandate-proof-v1';
  readonly contract_id: string;
  readonly made_at: number;
  /** `authority.json`: manifest and the root's signature. */
  readonly authority: object;
  /** Every message about the issue, in order of time. */
  readonly records: readonly ProofRecord[];
  readonly statements: readonly ProofStatement[];
}

/** The auditor's word that these are all the records it holds, and where each stood; it replaces no other check. */
export interface Seal {
  readonly key_id: string;
  readonly signature: string;
}

/** What the seal is over. */
export function sealedBytes(proof: ProofFile): Buffer {
  return Buffer.from(canonicalJson(proof));
}

/** The text of the file: RFC 8785, so that there is one way only to write it. */
export function proofText(proof: ProofFile, seal: Seal): string {
  return `${canonicalJson({ ...proof, seal })}\n`;
}
