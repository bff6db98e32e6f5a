import { generateKeyPairSync } from 'node:crypto';
import {
  type ApprovalStatement,
  type CapabilityState,
  type Change,
  type Constraints,
  type FounderKey,
  keyIdOf,
  planDigest,
  rawPublicKey,
  type Statement,
  sha256,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import type { CommandOf, ContractCommand, Grant, SignedStatement } from '../commands';
import type { Approval, Contract } from '../contract';
import { decideCreation } from '../create-contract';
import { decide } from '../decide';
import { evolve } from '../evolve';
import type { Facts, HealthState } from '../facts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const NOW = Date.UTC(2026, 0, 5, 12);
export const CONTRACT_ID = '01900000-0000-7000-8000-0000000000c1';
export const ISSUE_ID = '01900000-0000-7000-8000-0000000000a1';

const founderKeys = generateKeyPairSync('ed25519');
export const FOUNDER: FounderKey = {
  founder: 'founder@example.com',
  key_id: keyIdOf(founderKeys.publicKey),
  kind: 'ed25519',
  public_key: rawPublicKey(founderKeys.publicKey).toString('base64'),
};

export const CONSTRAINTS: Constraints = {
  max_duration_ms: 60_000,
  step_timeout_ms: 5_000,
  steps_per_minute: 60,
  allowed_targets: [],
};

type Update = Extract<Change, { kind: 'configuration_update' }>;
export const raiseLimit: Update = {
  kind: 'configuration_update',
  capability: 'api_rate_limit',
  setting: { key: 'requests_per_minute', old: 100, new: 200 },
};
export const deepenSearch: Update = {
  kind: 'configuration_update',
  capability: 'search_depth',
  setting: { key: 'max_hops', old: 3, new: 4 },
};

function capability(name: string, key: string, value: number, isFrozen: boolean): CapabilityState {
  return {
    capability: name,
    version: 1,
    enabled: true,
    lifecycle: 'LAUNCHED',
    values: { [key]: value },
    provisional_contract_id: null,
    definition: {
      name,
      aliases: [],
      description: '',
      owner: 'platform',
      lifecycle: 'LAUNCHED',
      enabled: true,
      frozen: isFrozen,
      driver: 'registry',
      keys: [{ key, schema: { type: 'integer', minimum: 1 }, first_value: value, description: '', aliases: [] }],
      risk: { configuration_update: 'low', parameter_change: 'medium' },
      irreversible_allowed: [],
      probes: [],
      constraints: CONSTRAINTS,
    },
  };
}

export interface World {
  readonly health?: Readonly<Record<string, HealthState>>;
  readonly blocked?: readonly string[];
  readonly frozen?: readonly string[];
  readonly limit?: number;
  readonly holders?: Readonly<Record<string, string>>;
}

/** Facts of a healthy world; what differs is said. */
export function facts(world: World = {}): Facts {
  const isFrozen = (name: string) => world.frozen?.includes(name) ?? false;
  const states = [
    capability('api_rate_limit', 'requests_per_minute', world.limit ?? 100, isFrozen('api_rate_limit')),
    capability('search_depth', 'max_hops', 3, isFrozen('search_depth')),
    capability('billing', 'rounding', 1, isFrozen('billing')),
  ];
  return {
    registry: { registry_version: 3, capabilities: new Map(states.map((s) => [s.capability, s])) },
    health: {
      healthVersion: 7,
      stateOf: (scope) => world.health?.[scope] ?? 'HEALTHY',
      blockingSignals: (scopes) =>
        ['SYSTEM', ...scopes].filter((s) => world.blocked?.includes(s)).map((scope) => ({ scope, reason: 'a freeze' })),
    },
    founders: [FOUNDER],
    periods: { ttlMs: 7 * DAY, warningMs: 5 * DAY, escalationMs: 6 * DAY, pauseMsMax: 14 * DAY, pausesMsMax: 28 * DAY },
    limits: { windowGraceMs: 60_000, windowAheadMsMax: 30 * DAY, windowLengthMsMax: 7 * DAY, rollbackAttemptsMax: 3 },
    holders: new Map(Object.entries(world.holders ?? {})),
    outcomes: new Map(),
  };
}

export function grant(more: Partial<Grant> = {}): Grant {
  const base = {
    contractId: CONTRACT_ID,
    issueId: ISSUE_ID,
    origin: {
      source: 'support_ticket',
      source_system: 'desk',
      reference: 'T-1',
      submitter: 'alex@example.com',
      tenant: null,
      received_at: NOW,
    },
    title: 'Raise the API rate limit',
    revision: 0,
    payloadDigest: sha256('payload'),
    severity: 'medium' as const,
    confidence: 0.9,
    changes: [raiseLimit],
    affectedCapabilities: ['api_rate_limit'],
    verdict: Buffer.from('verdict'),
    rulesVersion: 'rules-1',
    validatorVersion: 'validator-1',
    ...more,
  };
  const plan = { changes: base.changes, affected_capabilities: base.affectedCapabilities };
  return { planDigest: planDigest(plan), ...base };
}

/** A contract after commands, each at its time. */
export function after(contract: Contract, ...steps: readonly (readonly [ContractCommand, number, Facts?])[]): Contract {
  return steps.reduce(
    (c, [command, at, f]) => decide(command, c, f ?? facts(), at).reduce<Contract>((x, e) => evolve(x, e), c),
    contract,
  );
}

export function eligible(more: Partial<Grant> = {}): Contract {
  return decideCreation(grant(more), facts(), NOW).reduce<Contract | null>((c, e) => evolve(c, e), null) as Contract;
}

export const decision = (key = 'k1', text: string | null = null) => ({
  decisionId: `01900000-0000-7000-8000-00000000d${key
    .padStart(3, '0')
    .slice(-3)
    .replaceAll(/[^0-9a-f]/g, '0')}`,
  key,
  actor: 'founder@example.com',
  text,
});

export function statement(contract: Contract, more: Partial<ApprovalStatement> = {}): ApprovalStatement {
  return {
    format: 'mandate-approval-v1',
    purpose: 'APPROVE',
    contract_id: contract.terms.contractId,
    dossier_digest: contract.terms.dossierDigest.toString('hex'),
    plan_digest: contract.terms.planDigest.toString('hex'),
    window_start: NOW,
    window_end: NOW + DAY,
    constraints: CONSTRAINTS,
    founder: FOUNDER.founder,
    session_id: 's1',
    nonce: 'n1',
    not_after: NOW + 365 * DAY,
    ...more,
  };
}

/** A statement signed with the founder's key. */
export function signedByFounder(said: Statement): SignedStatement {
  return {
    statement: statementBytes(said),
    signature: signStatement(said, founderKeys.privateKey),
    keyId: FOUNDER.key_id,
  };
}

export function approval(contract: Contract, more: Partial<ApprovalStatement> = {}, key = 'k1'): CommandOf<'approve'> {
  const said = statement(contract, more);
  return {
    ...decision(key),
    type: 'approve',
    dossierDigest: contract.terms.dossierDigest,
    signed: signedByFounder(said),
  };
}

export function approved(more: Partial<ApprovalStatement> = {}, terms: Partial<Grant> = {}): Contract {
  const contract = eligible(terms);
  return after(contract, [approval(contract, more), NOW]);
}

export function active(): Contract {
  return after(approved(), [{ type: 'try-activation' }, NOW]);
}

export type { Approval };
