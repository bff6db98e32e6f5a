import type { Change, Level } from '@mandate/contracts';
import type { Origin } from './contract';

/** A MAY with the proposal it judged: a new contract, or a revision's own verdict. */
export interface Grant {
  /** Id for the contract if it is new. */
  readonly contractId: string;
  readonly issueId: string;
  readonly origin: Origin;
  readonly title: string;
  readonly revision: number;
  readonly payloadDigest: Buffer;
  readonly severity: Level;
  readonly confidence: number;
  readonly changes: readonly Change[];
  readonly affectedCapabilities: readonly string[];
  /** The plan that the MAY's link is about; 32 bytes. */
  readonly planDigest: Buffer;
  /** EligibilityJudged as it was said. */
  readonly verdict: Buffer;
  readonly rulesVersion: string;
  readonly validatorVersion: string;
}

/** What every decision of a founder has. */
export interface Decision {
  readonly decisionId: string;
  /** Action and idempotency key: the same key again is the same decision. */
  readonly key: string;
  readonly actor: string;
  /** A reason, a question, an answer or a note, as the action wants it; trimmed, never empty. */
  readonly text: string | null;
}

export interface SignedStatement {
  readonly statement: Buffer;
  readonly signature: Buffer;
  readonly keyId: string;
}

/** What can be asked of a contract that exists. */
export type ContractCommand =
  | { readonly type: 'grant'; readonly grant: Grant }
  | { readonly type: 'deny'; readonly firstFailingRule: string | null }
  | (Decision & {
      readonly type: 'approve';
      readonly dossierDigest: Buffer | null;
      readonly signed: SignedStatement | null;
    })
  | (Decision & { readonly type: 'reject' })
  | (Decision & { readonly type: 'request-clarification'; readonly requestId: string })
  | (Decision & { readonly type: 'provide-clarification'; readonly requestId: string | null })
  | (Decision & {
      readonly type: 'modify-scope';
      readonly dossierDigest: Buffer | null;
      /** Null where the changes cannot be read. */
      readonly changes: readonly Change[] | null;
      readonly affectedCapabilities: readonly string[];
      /** Id for the revision. */
      readonly successorContractId: string;
    })
  | (Decision & { readonly type: 'note' })
  | (Decision & {
      readonly type: 'attest';
      /** The inconclusive audit that it answers, the contract's last; null where it answers another. */
      readonly audit: { readonly auditId: string; readonly auditDigest: Buffer } | null;
      readonly signed: SignedStatement | null;
    })
  | { readonly type: 'cancel'; readonly actor: string; readonly reason: string }
  | { readonly type: 'review-due' }
  | { readonly type: 'try-activation' }
  | { readonly type: 'conclude'; readonly verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE'; readonly reason: string };

export type CommandOf<T extends ContractCommand['type']> = Extract<ContractCommand, { type: T }>;
