import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  type ApprovalStatement,
  type CapabilityState,
  keyIdOf,
  type RefusalCode,
  rawPublicKey,
  type Statement,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { Approve, ContractAction, SignedStatement } from '../action';
import type { Circumstances, HealthSeen, ReviewedContract } from '../contract';
import { decide } from '../decide';

export const NOON = Date.UTC(2026, 0, 5, 12);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const { privateKey: founderKey } = generateKeyPairSync('ed25519');
export const keyId = keyIdOf(founderKey);
export const ID = '018f0000-0000-7000-8000-000000000001';
export const [dossierDigest, planDigest] = [sha256('dossier'), sha256('plan')];
export const constraints = {
  max_duration_ms: 60_000,
  step_timeout_ms: 5_000,
  steps_per_minute: 60,
  allowed_targets: ['a', 'b'],
};

/** A capability as the registry has it, with one key from 1 to 9. */
export function capability(name: string, values: CapabilityState['values'] = { depth: 3 }): CapabilityState {
  const key = { key: 'depth', schema: { type: 'integer', minimum: 1, maximum: 9 }, first_value: 3, description: '' };
  return {
    ...{ capability: name, version: 1, enabled: true, lifecycle: 'LAUNCHED', values, provisional_contract_id: null },
    definition: {
      ...{ name, aliases: [], description: '', owner: '', lifecycle: 'LAUNCHED', enabled: true, frozen: false },
      ...{ driver: 'registry', keys: [{ ...key, aliases: [] }], risk: {}, irreversible_allowed: [], probes: [] },
      constraints,
    },
  };
}

export const contract = (but: Partial<ReviewedContract> = {}): ReviewedContract => ({
  ...{ contractId: ID, version: 3, status: 'ELIGIBLE', expiresAt: NOON + DAY_MS, isPaused: false },
  ...{ isClarificationOpen: false, dossierDigest, planDigest, affectedCapabilities: ['search'], constraints },
  ...{ revision: 0, scopeCapabilities: ['search'], isSound: true },
  ...but,
});
export const health = (
  states: Record<string, ReturnType<HealthSeen['stateOf']>> = {},
  signals: { scope: string; reason: string | null }[] = [],
): HealthSeen => ({ stateOf: (scope) => states[scope] ?? 'HEALTHY', blockingSignals: () => signals });
export const circumstances = (but: Partial<Circumstances> = {}): Circumstances => ({
  ...{ now: NOON, health: health(), capabilities: new Map(['search', 'billing'].map((n) => [n, capability(n)])) },
  founders: [
    { founder: 'fay', key_id: keyId, kind: 'ed25519', public_key: rawPublicKey(founderKey).toString('base64') },
  ],
  ...but,
});

/** What every statement of the founder says. */
export const signing = {
  ...{ contract_id: ID, founder: 'fay', session_id: 's', nonce: 'n', not_after: NOON + HOUR_MS },
};
export const statement = (but: Partial<ApprovalStatement> = {}): ApprovalStatement => ({
  ...{ format: 'mandate-approval-v1', purpose: 'APPROVE', ...signing },
  ...{ dossier_digest: dossierDigest.toString('hex'), plan_digest: planDigest.toString('hex') },
  ...{ window_start: NOON, window_end: NOON + DAY_MS, constraints },
  ...but,
});
/** A statement with the founder's signature. */
export function signed(whole: Statement, key: KeyObject = founderKey): SignedStatement {
  return { statement: statementBytes(whole), signature: signStatement(whole, key), keyId };
}
export const approve = (but: Partial<Approve> = {}): Approve => ({
  ...{ kind: 'APPROVE', contractId: ID, actor: 'fay', dossierSeen: dossierDigest, approval: signed(statement()) },
  ...but,
});
export function codeOf(
  action: ContractAction,
  on: ReviewedContract | null = contract(),
  at: Circumstances = circumstances(),
): RefusalCode | undefined {
  return decide(action, on, at)?.code;
}
