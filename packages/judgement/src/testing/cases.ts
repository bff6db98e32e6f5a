import { type Change, type Json, LEVELS } from '@mandate/contracts';
import fc from 'fast-check';
import type { CapabilityFact, Facts, JudgedProposal, KeyFact, SystemHealth } from '../eligibility/facts';
import { DEFAULT_PARAMETERS, ruleSetOf } from '../eligibility/v1/parameters';
import { HOUR_MS, NOON, proposal } from './proposals';

/** Any proposal on any facts, sane often enough that a good part of them may. */
export interface Case {
  readonly judged: JudgedProposal;
  readonly facts: Facts;
}

const NAMES = ['alpha', 'beta', 'gamma'];
const KEYS = ['k', 'm'];
const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 20 }, { arbitrary: fc.constantFrom(...others), weight: 1 });

const anyValue: fc.Arbitrary<Json> = fc.constantFrom<Json>(0, 1, 2, 3, 4, 5, 6, 'a', 'b', null);
/** Schemas with values that they allow, two or more. */
const SCHEMAS: readonly (readonly [KeyFact['schema'], readonly Json[]])[] = [
  [{}, [0, 'a', null]],
  [{ type: 'integer', minimum: 1, maximum: 5 }, [1, 2, 3, 4, 5]],
  [{ type: 'integer' }, [0, 1, 2, 6]],
  [{ type: 'string', enum: ['a', 'b'] }, ['a', 'b']],
];
const fitting = (schema: KeyFact['schema']): fc.Arbitrary<Json> => {
  const values = SCHEMAS.find(([known]) => known === schema)?.[1] ?? [];
  return fc.oneof({ arbitrary: fc.constantFrom(...values), weight: 12 }, anyValue);
};
const lifecycle = fc.constantFrom('PREVIEW' as const, 'LAUNCHED' as const, 'DEPRECATED' as const);
const kinds = ['capability_enable', 'capability_disable', 'configuration_update', 'parameter_change'] as const;

const anyKey = (key: string): fc.Arbitrary<KeyFact> =>
  fc
    .constantFrom(...SCHEMAS.map(([schema]) => schema))
    .chain((schema) => fc.record({ key: fc.constant(key), schema: fc.constant(schema), value: fitting(schema) }));
const anyCapability = (name: string): fc.Arbitrary<CapabilityFact> =>
  fc.record({
    name: fc.constant(name),
    exists: mostly(true, false),
    frozen: mostly(false, true),
    enabled: fc.boolean(),
    lifecycle,
    irreversible_allowed: fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, fc.subarray([...kinds])),
    keys: fc
      .tuple(...KEYS.map((key) => fc.option(anyKey(key), { freq: 20 })))
      .map((keys) => keys.filter((k) => k !== null)),
  });

function anyChangeOf(capability: CapabilityFact): fc.Arbitrary<Change> {
  const { name } = capability;
  const present = { enabled: capability.enabled, lifecycle: capability.lifecycle ?? 'PREVIEW' };
  const prior = fc.oneof(
    { arbitrary: fc.constant(present), weight: 9 },
    fc.record({ enabled: fc.boolean(), lifecycle }),
  );
  const setting = fc.constantFrom(...KEYS).chain((key) => {
    const known = capability.keys.find((k) => k.key === key);
    const old = fc.oneof({ arbitrary: fc.constant(known?.value ?? null), weight: 12 }, anyValue);
    return fc.record({ key: fc.constant(key), old, new: known ? fitting(known.schema) : anyValue });
  });
  return fc.oneof(
    fc.record({ kind: fc.constant('capability_enable' as const), capability: fc.constant(name), lifecycle, prior }),
    fc.record({
      kind: fc.constant('capability_disable' as const),
      capability: fc.constant(name),
      reason: fc.constant('r'),
      prior,
    }),
    {
      arbitrary: setting.map((s): Change => ({ kind: 'configuration_update', capability: name, setting: s })),
      weight: 4,
    },
    fc
      .array(setting, { maxLength: 2 })
      .map((settings): Change => ({ kind: 'parameter_change', capability: name, settings })),
  );
}

const anySignal = fc.record({
  scope: fc.constantFrom('SYSTEM', ...NAMES),
  kind: fc.constantFrom('freeze', 'maintenance'),
  reason: fc.constantFrom('quarter end', 'move'),
  author: fc.constant('sre@example.org'),
  expires_at: fc.constantFrom(null, NOON - 1, NOON, NOON + 1, NOON + HOUR_MS),
});
const anyRival = fc.record({
  target: fc.constantFrom(...NAMES.flatMap((n) => [n, ...KEYS.map((k) => `${n}#${k}`)])),
  contract_id: fc.constantFrom(null, 'contract-1', 'contract-9'),
  issue_id: fc.constantFrom('issue-1', 'issue-9'),
  since: fc.constantFrom(NOON, NOON - HOUR_MS, NOON - 24 * HOUR_MS, NOON - 24 * HOUR_MS + 1, NOON - 48 * HOUR_MS),
});
const few = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant([] as T[]), weight: 8 }, { arbitrary: fc.array(one, { maxLength: 3 }), weight: 1 });

const anyFacts: fc.Arbitrary<Facts> = fc.record({
  rules: fc
    .constantFrom(
      DEFAULT_PARAMETERS,
      { ...DEFAULT_PARAMETERS, confidence_min: 0.9, sources_allowed: ['ops_alert', 'support_ticket'] },
      { ...DEFAULT_PARAMETERS, rival_window_ms: HOUR_MS + 1 },
      { ...DEFAULT_PARAMETERS, rival_window_ms: 0 },
    )
    .map(ruleSetOf),
  now: fc.constant(NOON),
  waiting_since: fc.constantFrom(null, NOON - 25 * HOUR_MS),
  registry_version: fc.constant(7),
  health_version: fc.constant(9),
  system_health: mostly<SystemHealth>('HEALTHY', 'DEGRADED', 'UNHEALTHY', 'UNKNOWN'),
  capabilities: fc.tuple(...NAMES.map(anyCapability)),
  signals: few(anySignal),
  rivals: few(anyRival),
});

/** Any case; the facts may hold more than the proposal touches. */
export const anyCase: fc.Arbitrary<Case> = anyFacts.chain((facts) =>
  fc
    .record({
      changes: fc.oneof(
        {
          arbitrary: fc
            .constantFrom(...facts.capabilities)
            .chain(anyChangeOf)
            .map((c) => [c]),
          weight: 3,
        },
        fc.array(fc.constantFrom(...facts.capabilities).chain(anyChangeOf), { maxLength: 3 }),
      ),
      affected: fc.option(fc.subarray([...NAMES, 'teleport']), { freq: 8 }),
      unknown_capabilities: few(fc.constantFrom('teleport mode', 'warp')),
      issue_type: mostly('configuration_change', 'capability_request', 'bug_report', 'escalation', 'unknown'),
      severity: fc.oneof(
        { arbitrary: fc.constantFrom(...LEVELS), weight: 1 },
        { arbitrary: fc.constant('medium'), weight: 4 },
      ),
      recommended_action: mostly('create_contract', 'defer', 'reject', 'escalate'),
      confidence_score: fc.oneof(
        { arbitrary: fc.constantFrom(0.9, 0.95, 1), weight: 6 },
        fc.constantFrom(0, 0.69, 0.7, 1.01),
      ),
      source: mostly('support_ticket', 'crm_feedback', 'ops_alert', 'elsewhere'),
      revision: fc.integer({ min: 0, max: 1 }),
    })
    .map(({ changes, affected, revision, ...more }) => {
      const judged = {
        ...more,
        revision,
        contract_id: revision > 0 ? 'contract-1' : null,
        suggested_changes: changes,
        affected_capabilities: affected?.sort() ?? [...new Set(changes.map((c) => c.capability))].sort(),
      };
      return { judged: proposal(judged as Partial<JudgedProposal>), facts };
    }),
);
