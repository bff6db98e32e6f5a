import { type KeyObject, sign } from 'node:crypto';
import { holdsUnder } from './founder-signature';
import type { FounderKey } from './manifest';
import { canonicalJson } from './plan';
import type { Constraints } from './registry';

/** What every statement of a founder says, whatever it is for. Times are epoch milliseconds. */
interface Signed {
  readonly contract_id: string;
  readonly founder: string;
  readonly session_id: string;
  readonly nonce: string;
  /** Compared with the time at which the decision is taken. */
  readonly not_after: number;
}

/**
 * What a founder signs when approving (spec 2-review "The founder signs"). Digests are hex, times epoch milliseconds.
 * The bytes that are signed and carried are the RFC 8785 form.
 */
export interface ApprovalStatement extends Signed {
  readonly format: 'mandate-approval-v1';
  readonly purpose: 'APPROVE';
  readonly dossier_digest: string;
  readonly plan_digest: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly constraints: Constraints;
}

/** What a founder signs to attest single checks of an audit that was inconclusive (AM-04). */
export interface AttestStatement extends Signed {
  readonly format: 'mandate-attest-v1';
  readonly purpose: 'ATTEST';
  readonly audit_id: string;
  /** SHA-256 of the `AuditConcluded` that is answered, hex. */
  readonly audit_digest: string;
  /** Ids of the checks, sorted. */
  readonly checks: readonly string[];
  readonly reason: string;
}

/** What a founder signs to close an incident, which frees the capabilities that its contract holds. */
export interface ResolveStatement extends Signed {
  readonly format: 'mandate-resolve-v1';
  readonly purpose: 'RESOLVE';
  readonly incident_id: string;
  /** The incident's version that the founder saw. */
  readonly incident_version: number;
  readonly reason: string;
}

export type Statement = ApprovalStatement | AttestStatement | ResolveStatement;

/** Bytes of a statement, as they are signed. */
export function statementBytes(statement: Statement): Buffer {
  return Buffer.from(canonicalJson(statement));
}

/** Signs a statement with a founder's Ed25519 key; only scripts and the command line do this, never a service. */
export function signStatement(statement: Statement, founderKey: KeyObject): Buffer {
  return sign(null, statementBytes(statement), founderKey);
}

type SigningProblem =
  | 'STATEMENT_UNREADABLE'
  | 'FOUNDER_KEY_UNKNOWN'
  | 'FOUNDER_SIGNATURE_INVALID'
  | 'STATEMENT_FOR_ANOTHER_CONTRACT'
  | 'STATEMENT_EXPIRED';
/** What does not hold about an approval. */
export type StatementProblem = SigningProblem | 'STATEMENT_FOR_ANOTHER_DOSSIER' | 'STATEMENT_FOR_ANOTHER_PLAN';
export type AttestationProblem = SigningProblem | 'STATEMENT_FOR_ANOTHER_AUDIT';
export type ResolutionProblem = SigningProblem | 'STATEMENT_FOR_ANOTHER_INCIDENT';

type Verified<S, P> = { readonly statement: S } | { readonly problem: P };

/** A statement as a decision carries it. */
export interface SignedStatement {
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
}

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
): Verified<ApprovalStatement, StatementProblem> {
  return verifySigned({ bytes, signature, keyId }, founders, asApproval, (statement) => {
    if (statement.contract_id !== approved.contractId) return 'STATEMENT_FOR_ANOTHER_CONTRACT';
    if (statement.dossier_digest !== approved.dossierDigest.toString('hex')) return 'STATEMENT_FOR_ANOTHER_DOSSIER';
    if (statement.plan_digest !== approved.planDigest.toString('hex')) return 'STATEMENT_FOR_ANOTHER_PLAN';
    return approved.approvedAt > statement.not_after ? 'STATEMENT_EXPIRED' : null;
  });
}

/** Which audit an attestation must answer; the digest is 32 bytes, `attestedAt` epoch milliseconds. */
export interface Attested {
  readonly contractId: string;
  readonly auditId: string;
  readonly auditDigest: Buffer;
  readonly attestedAt: number;
}

/** Verifies what a founder attested (AM-04): as `verifyApproval`, for this audit's very words. Never throws. */
export function verifyAttestation(
  signed: SignedStatement,
  founders: readonly FounderKey[],
  attested: Attested,
): Verified<AttestStatement, AttestationProblem> {
  return verifySigned(signed, founders, asAttestation, (statement) => {
    if (statement.contract_id !== attested.contractId) return 'STATEMENT_FOR_ANOTHER_CONTRACT';
    const isAnswer =
      statement.audit_id === attested.auditId && statement.audit_digest === attested.auditDigest.toString('hex');
    if (!isAnswer) return 'STATEMENT_FOR_ANOTHER_AUDIT';
    return attested.attestedAt > statement.not_after ? 'STATEMENT_EXPIRED' : null;
  });
}

/** Which incident a resolution must be about; `resolvedAt` is epoch milliseconds. */
export interface Resolved {
  readonly contractId: string;
  readonly incidentId: string;
  readonly incidentVersion: number;
  readonly resolvedAt: number;
}

/** Verifies that a founder closed this incident as it stood: as `verifyApproval`. Never throws. */
export function verifyResolution(
  signed: SignedStatement,
  founders: readonly FounderKey[],
  resolved: Resolved,
): Verified<ResolveStatement, ResolutionProblem> {
  return verifySigned(signed, founders, asResolution, (statement) => {
    if (statement.contract_id !== resolved.contractId) return 'STATEMENT_FOR_ANOTHER_CONTRACT';
    const isThis =
      statement.incident_id === resolved.incidentId && statement.incident_version === resolved.incidentVersion;
    if (!isThis) return 'STATEMENT_FOR_ANOTHER_INCIDENT';
    return resolved.resolvedAt > statement.not_after ? 'STATEMENT_EXPIRED' : null;
  });
}

function verifySigned<S extends Statement, P>(
  { bytes, signature, keyId }: SignedStatement,
  founders: readonly FounderKey[],
  read: (parsed: Record<string, unknown>) => S | null,
  problemOf: (statement: S) => P | null,
): Verified<S, P | SigningProblem> {
  const statement = parse(bytes, read);
  if (!statement) return { problem: 'STATEMENT_UNREADABLE' };
  const key = founders.find((f) => f.key_id === keyId && f.founder === statement.founder);
  if (!key) return { problem: 'FOUNDER_KEY_UNKNOWN' };
  if (!holdsUnder(key, bytes, signature)) return { problem: 'FOUNDER_SIGNATURE_INVALID' };
  const problem = problemOf(statement);
  return problem ? { problem } : { statement };
}

function parse<S>(bytes: Buffer, read: (parsed: Record<string, unknown>) => S | null): S | null {
  try {
    const parsed = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    const isSigned =
      typeof parsed.contract_id === 'string' &&
      typeof parsed.founder === 'string' &&
      typeof parsed.session_id === 'string' &&
      typeof parsed.nonce === 'string' &&
      Number.isSafeInteger(parsed.not_after);
    return isSigned && canonicalJson(parsed) === bytes.toString('utf8') ? read(parsed) : null;
  } catch {
    return null;
  }
}

const SIGNED = ['contract_id', 'format', 'founder', 'nonce', 'not_after', 'purpose', 'session_id'];
const APPROVAL_FIELDS = [...SIGNED, 'constraints', 'dossier_digest', 'plan_digest', 'window_end', 'window_start'];
const ATTEST_FIELDS = [...SIGNED, 'audit_digest', 'audit_id', 'checks', 'reason'];
const RESOLVE_FIELDS = [...SIGNED, 'incident_id', 'incident_version', 'reason'];
const CONSTRAINT_FIELDS = ['allowed_targets', 'max_duration_ms', 'step_timeout_ms', 'steps_per_minute'];

/** A founder signs nothing but what is understood: no field more, none less. */
function hasExactly(value: unknown, fields: readonly string[]): boolean {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).sort().join(' ') === [...fields].sort().join(' ')
  );
}

function asApproval(parsed: Record<string, unknown>): ApprovalStatement | null {
  const isWhole =
    parsed.format === 'mandate-approval-v1' &&
    parsed.purpose === 'APPROVE' &&
    Number.isSafeInteger(parsed.window_start) &&
    Number.isSafeInteger(parsed.window_end) &&
    hasExactly(parsed, APPROVAL_FIELDS) &&
    hasExactly(parsed.constraints, CONSTRAINT_FIELDS);
  return isWhole ? (parsed as unknown as ApprovalStatement) : null;
}

function asAttestation(parsed: Record<string, unknown>): AttestStatement | null {
  const isWhole =
    parsed.format === 'mandate-attest-v1' &&
    parsed.purpose === 'ATTEST' &&
    Array.isArray(parsed.checks) &&
    parsed.checks.length > 0 &&
    parsed.checks.every((id, i, all) => typeof id === 'string' && (i === 0 || (all[i - 1] as string) < id)) &&
    typeof parsed.audit_id === 'string' &&
    typeof parsed.audit_digest === 'string' &&
    typeof parsed.reason === 'string' &&
    hasExactly(parsed, ATTEST_FIELDS);
  return isWhole ? (parsed as unknown as AttestStatement) : null;
}

function asResolution(parsed: Record<string, unknown>): ResolveStatement | null {
  const isWhole =
    parsed.format === 'mandate-resolve-v1' &&
    parsed.purpose === 'RESOLVE' &&
    typeof parsed.incident_id === 'string' &&
    Number.isSafeInteger(parsed.incident_version) &&
    typeof parsed.reason === 'string' &&
    hasExactly(parsed, RESOLVE_FIELDS);
  return isWhole ? (parsed as unknown as ResolveStatement) : null;
}
