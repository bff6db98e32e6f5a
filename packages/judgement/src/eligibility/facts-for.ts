import type { CapabilityState, Json, Registry } from '@mandate/contracts';
import { byCodeUnits } from '../json/same-json';
import { settingsOf } from '../plan/inverse';
import type { CapabilityFact, Facts, JudgedProposal, RivalFact, SignalFact, SystemHealth } from './facts';
import { DEFAULT_PARAMETERS, ruleSetOf } from './v1/parameters';
import { byRival } from './v1/rival.rule';
import { bySignal } from './v1/signal.rule';
import { targetsOfChanges } from './v1/targets';
import type { RuleParameters } from './verdict';

/** What eligibility knows of health; `system_health` is UNKNOWN past SYSTEM's `valid_until` (HEALTH-001). */
export interface Healths {
  readonly health_version: number;
  readonly system_health: SystemHealth;
}

/**
 * Gathers what a verdict on this proposal rests on, and nothing else: touched capabilities with the touched keys,
 * signals that are active on SYSTEM or one of them, rivals on one of its targets. All lists are sorted, so that the
 * recorded JSON does not depend on the order of rows. Pure; the registry's schemas and values are shared, not copied.
 *
 * @param signals active and lapsed BLOCKED governance signals of any scope
 * @param rivals  reservations and non-terminal contracts, the batch's own MAYs included (`reservationsOf`)
 * @param now     eligibility's clock; epoch milliseconds, as `waitingSince`
 * @param parameters what the proposal is judged by; not to be changed in place
 */
export function factsFor(
  proposal: JudgedProposal,
  registry: Registry,
  healths: Healths,
  signals: readonly SignalFact[],
  rivals: readonly RivalFact[],
  now: number,
  waitingSince: number | null,
  parameters: RuleParameters = DEFAULT_PARAMETERS,
): Facts {
  const names = new Set([...proposal.affected_capabilities, ...proposal.suggested_changes.map((c) => c.capability)]);
  const targets = targetsOfChanges(proposal.suggested_changes);
  return {
    rules: ruleSetOf(parameters),
    now,
    waiting_since: waitingSince,
    registry_version: registry.registry_version,
    health_version: healths.health_version,
    system_health: healths.system_health,
    capabilities: [...names].sort(byCodeUnits).map((name) => capabilityFact(name, proposal, registry)),
    signals: signals
      .filter((s) => (s.scope === 'SYSTEM' || names.has(s.scope)) && (s.expires_at === null || s.expires_at > now))
      .map(({ scope, kind, reason, author, expires_at }) => ({ scope, kind, reason, author, expires_at }))
      .sort(bySignal),
    rivals: rivals
      .filter((r) => targets.has(r.target))
      .map(({ target, contract_id, issue_id, since }) => ({ target, contract_id, issue_id, since }))
      .sort(byRival),
  };
}

function capabilityFact(name: string, proposal: JudgedProposal, registry: Registry): CapabilityFact {
  const state = registry.capabilities.get(name);
  if (state === undefined) {
    return { name, exists: false, frozen: false, enabled: false, lifecycle: null, irreversible_allowed: [], keys: [] };
  }
  const changes = proposal.suggested_changes.filter((c) => c.capability === name);
  const touched = new Set(changes.flatMap((change) => settingsOf(change).map((s) => s.key)));
  return {
    name,
    exists: true,
    frozen: state.definition.frozen,
    enabled: state.enabled,
    lifecycle: state.lifecycle,
    irreversible_allowed: [...state.definition.irreversible_allowed].sort(byCodeUnits),
    keys: state.definition.keys
      .filter((k) => touched.has(k.key))
      .map(({ key, schema }) => ({ key, schema, value: presentValue(state, key) }))
      .sort((a, b) => byCodeUnits(a.key, b.key)),
  };
}

function presentValue(state: CapabilityState, key: string): Json {
  return Object.hasOwn(state.values, key) ? (state.values[key] as Json) : null;
}
