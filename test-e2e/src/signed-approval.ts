import { type KeyObject, randomUUID } from 'node:crypto';
import { type ApprovalStatement, keyIdOf, signStatement, statementBytes } from '@mandate/contracts';
import type { ContractChanged } from '@mandate/schemas';

const DAY_MS = 86_400_000;

/** An approval of a contract as it was shown, signed with a key; it opens now and for a day unless told otherwise. */
export function signedApproval(contract: ContractChanged, key: KeyObject, more: Partial<ApprovalStatement> = {}) {
  const now = Date.now();
  const statement: ApprovalStatement = {
    format: 'mandate-approval-v1',
    purpose: 'APPROVE',
    contract_id: contract.contract_id,
    dossier_digest: contract.dossier_digest.toString('hex'),
    plan_digest: contract.plan_digest.toString('hex'),
    window_start: now,
    window_end: now + DAY_MS,
    constraints: contract.constraints,
    founder: 'founder@local',
    session_id: 'e2e',
    nonce: randomUUID(),
    not_after: now + 300_000,
    ...more,
  };
  return { statement: statementBytes(statement), signature: signStatement(statement, key), keyId: keyIdOf(key) };
}

/** The same as the body and the header of a request to approve. */
export function approvalRequest(contract: ContractChanged, key: KeyObject, more: Partial<ApprovalStatement> = {}) {
  const { statement, signature, keyId } = signedApproval(contract, key, more);
  return {
    ifMatch: `"${contract.dossier_digest.toString('hex')}"`,
    body: JSON.stringify({
      statement: statement.toString(),
      signature: signature.toString('base64'),
      key_id: keyId,
    }),
  };
}
