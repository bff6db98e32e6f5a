import { type Change, canonicalJson, sha256 } from './plan';
import type { Constraints, Level } from './registry';

/** What a founder is shown and decides on (spec 2-review "What was shown is what is decided"). Digests are hex. */
export interface Dossier {
  readonly contract_id: string;
  readonly revision: number;
  readonly title: string;
  readonly origin: { readonly [field: string]: string | number | null };
  readonly payload_digest: string;
  /** SHA-256 of the EligibilityJudged value, hex: it carries the proposal, so both verdicts are bound. */
  readonly verdict_digest: string;
  readonly changes: readonly Change[];
  readonly affected_capabilities: readonly string[];
  readonly constraints: Constraints;
  readonly risk_level: Level;
}

/** `dossier_digest`: SHA-256 over the RFC 8785 form; 32 bytes. */
export function dossierDigest(dossier: Dossier): Buffer {
  return sha256(canonicalJson(dossier));
}
