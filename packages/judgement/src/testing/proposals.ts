import type { Change, Json } from '@mandate/contracts';
import type { JudgedProposal, RivalFact, SignalFact } from '../eligibility/facts';
import { factsFor, type Healths } from '../eligibility/facts-for';
import type { RuleParameters } from '../eligibility/verdict';
import { registry } from './registry';

export const HOUR_MS = 3_600_000;
export const NOON = Date.UTC(2025, 0, 15, 12);
export const HEALTHY: Healths = { health_version: 7, system_health: 'HEALTHY' };

/** A change of one key. */
export const update = (capability: string, key: string, old: Json, value: Json): Change => ({
  kind: 'configuration_update',
  capability,
  setting: { key, old, new: value },
});

/** A proposal that passes every rule, unless said otherwise. */
export function proposal(more: Partial<JudgedProposal> = {}): JudgedProposal {
  return {
    issue_type: 'configuration_change',
    severity: 'medium',
    affected_capabilities: ['search_depth'],
    unknown_capabilities: [],
    recommended_action: 'create_contract',
    confidence_score: 0.95,
    reason: 'configuration_change: the text states what is to change',
    suggested_changes: [update('search_depth', 'max_hops', 3, 5)],
    source: 'support_ticket',
    issue_id: 'issue-1',
    contract_id: null,
    revision: 0,
    ...more,
  };
}

/** Facts under which the proposal passes, unless said otherwise. */
export function factsOf(
  judged: JudgedProposal,
  more: {
    readonly healths?: Healths;
    readonly signals?: readonly SignalFact[];
    readonly rivals?: readonly RivalFact[];
    readonly waitingSince?: number | null;
    readonly registry?: typeof registry;
    readonly parameters?: RuleParameters;
  } = {},
) {
  const { healths = HEALTHY, signals = [], rivals = [], waitingSince = null } = more;
  return factsFor(judged, more.registry ?? registry, healths, signals, rivals, NOON, waitingSince, more.parameters);
}

export const freeze = (scope: string, expiresAt: number | null): SignalFact => ({
  scope,
  kind: 'freeze',
  reason: 'quarter end',
  author: 'sre@example.org',
  expires_at: expiresAt,
});

export const rival = (target: string, since: number, more: Partial<RivalFact> = {}): RivalFact => ({
  target,
  contract_id: 'contract-9',
  issue_id: 'issue-9',
  since,
  ...more,
});
