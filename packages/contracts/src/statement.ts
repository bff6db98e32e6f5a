import { type KeyObject, sign, verify } from 'node:crypto';
import { type FounderKey, publicKeyOf } from './manifest';
import { canonicalJson } from './plan';
import type { Constraints } from './registry';

/**
 * What a founder signs when approving (spec 2-review "The founder signs"). Digests are hex, times epoch milliseconds.
 * The bytes that are signed and carried are the RFC 8785 form.
 */
export interface ApprovalStatement {
  readonly format: 'mandate-approval-v1';
  readonly purpose: 'APPROVE';
  readonly contract_id: string;
  readonly dossier_digest: string;
  readonly plan_digest: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly constraints: Constraints;
  readonly founder: string;
  readonly session_id: string;
  readonly nonce: string;
  readonly not_after: number;
}

/** Bytes of a statement, as they are signed. */
export function statementBytes(statement: ApprovalStatement): Buffer {
  return Buffer.from(canonicalJson(statement));
}

/** Signs a statement with a founder's Ed25519 key; only scripts and the command line do this, never a service. */
export function signStatement(statement: ApprovalStatement, founderKey: KeyObject): Buffer {
  return sign(null, statementBytes(statement), founderKey);
}

export type StatementProblem =
  | 'STATEMENT_UNREADABLE'
  | 'FOUNDER_KEY_UNKNOWN'
  | 'FOUNDER_SIGNATURE_INVALID'
  | 'STATEMENT_FOR_ANOTHER_CONTRACT'
  | 'STATEMENT_FOR_ANOTHER_DOSSIER'
  | 'STATEMENT_FOR_ANOTHER_PLAN'
  | 'STATEMENT_EXPIRED';

/** What the statement must be about; digests are 32 bytes, `approvedAt` is epoch milliseconds. */
export interface Approved {
  readonly contractId: string;
  readonly dossierDigest: Buffer;
  readonly planDigest: Buffer;
  readonly approvedAt: number;
}

/**
 * Verifies a founder's approval: signature by a registered founder key, for this contract, dossier and plan, approved
 * before its not-after. Contract, executor and auditor each call it (PART2-002, AM-13).
 *
 * @returns the statement, or the first thing that does not hold. Never throws.
 */
export function verifyApproval(
  bytes: Buffer,
  signature: Buffer,
  keyId: string,
  founders: readonly FounderKey[],
  approved: Approved,
): { readonly statement: ApprovalStatement } | { readonly problem: StatementProblem } {
  const statement = parseStatement(bytes);
  if (!statement) return { problem: 'STATEMENT_UNREADABLE' };
  const key = founders.find((f) => f.key_id === keyId && f.founder === statement.founder);
  if (!key) return { problem: 'FOUNDER_KEY_UNKNOWN' };
  if (!verify(null, bytes, publicKeyOf(Buffer.from(key.public_key, 'base64')), signature)) {
    return { problem: 'FOUNDER_SIGNATURE_INVALID' };
  }
  if (statement.contract_id !== approved.contractId) return { problem: 'STATEMENT_FOR_ANOTHER_CONTRACT' };
  if (statement.dossier_digest !== approved.dossierDigest.toString('hex'))
    return { problem: 'STATEMENT_FOR_ANOTHER_DOSSIER' };
  if (statement.plan_digest !== approved.planDigest.toString('hex')) return { problem: 'STATEMENT_FOR_ANOTHER_PLAN' };
  if (approved.approvedAt > statement.not_after) return { problem: 'STATEMENT_EXPIRED' };
  return { statement };
}

function parseStatement(bytes: Buffer): ApprovalStatement | null {
  try {
    const parsed = JSON.parse(bytes.toString('utf8')) as ApprovalStatement;
    const isWhole =
      parsed.format === 'mandate-approval-v1' &&
      parsed.purpose === 'APPROVE' &&
      Number.isSafeInteger(parsed.window_start) &&
      Number.isSafeInteger(parsed.window_end) &&
      Number.isSafeInteger(parsed.not_after) &&
      typeof parsed.founder === 'string' &&
      typeof parsed.constraints === 'object';
    const isExact = hasExactly(parsed, STATEMENT_FIELDS) && hasExactly(parsed.constraints, CONSTRAINT_FIELDS);
    return isWhole && isExact && canonicalJson(parsed) === bytes.toString('utf8') ? parsed : null;
  } catch {
    return null;
  }
}

const STATEMENT_FIELDS =
  'constraints contract_id dossier_digest format founder nonce not_after plan_digest purpose session_id window_end window_start';
const CONSTRAINT_FIELDS = 'allowed_targets max_duration_ms step_timeout_ms steps_per_minute';

/** A founder signs nothing but what is understood: no field more, none less. */
function hasExactly(value: object, fields: string): boolean {
  return Object.keys(value).sort().join(' ') === fields;
}
