import { byCodeUnits } from '../../json/same-json';
import type { Facts, JudgedProposal, RivalFact, SignalFact } from '../facts';
import type { Need, Rule } from '../verdict';
import { targetsOfChanges } from './targets';

const HOUR_MS = 3_600_000;

/** A time in a sentence: ISO 8601 in UTC, to the second. */
function at(epochMs: number): string {
  return Number.isFinite(epochMs) && Math.abs(epochMs) < 8.64e15
    ? `${new Date(epochMs).toISOString().slice(0, 19)}Z`
    : 'an unknown time';
}

const names = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

const lasting = (need: Pick<Need, 'text' | 'fact' | 'have' | 'want'>): Need => ({
  ...need,
  retry_at: null,
  retry_helps: false,
});

/** The latest of several ends; null when one of them has none. */
function latest(ends: readonly (number | null)[]): number | null {
  return ends.some((end) => end === null) ? null : Math.max(...(ends as readonly number[]));
}

/**
 * ELIG-004: nothing passes while SYSTEM is not HEALTHY. Whoever calls the gate holds a proposal back while `isWaiting`
 * and only lets it be judged here after `health_wait_ms_max` (AM-06).
 */
export const waitedTooLong: Rule = {
  id: 'E-104',
  test: (_proposal, facts) => facts.system_health === 'HEALTHY',
  need: (_proposal, facts, parameters) => {
    const waitedMs = facts.waiting_since === null ? 0 : Math.max(0, facts.now - facts.waiting_since);
    const limit = parameters.health_wait_ms_max / HOUR_MS;
    return {
      text: `SYSTEM is ${facts.system_health} and must be HEALTHY; waited ${Math.floor(waitedMs / HOUR_MS)} h of at most ${limit} h`,
      fact: 'system_health',
      have: { system_health: facts.system_health, waited_ms: waitedMs },
      want: { system_health: 'HEALTHY' },
      retry_at: null,
      retry_helps: true,
    };
  },
};

export const criticalIsForHumans: Rule = {
  id: 'E-101',
  test: ({ severity, recommended_action }) => severity !== 'critical' || recommended_action === 'escalate',
  need: ({ severity, recommended_action }) =>
    lasting({
      text: `the severity is critical and the action is ${recommended_action}: a critical issue goes to a human`,
      fact: 'severity',
      have: { severity, recommended_action },
      want: { recommended_action: 'escalate' },
    }),
};

/** ELIG-005: frozen is inviolable. */
export const notFrozen: Rule = {
  id: 'E-102',
  test: (proposal, facts) => frozenIn(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const frozen = frozenIn(proposal, facts);
    return lasting({
      text: `the catalogue marks ${frozen.join(', ')} as frozen: nothing there may be changed`,
      fact: 'capabilities.frozen',
      have: frozen,
      want: [],
    });
  },
};

function frozenIn(proposal: JudgedProposal, facts: Facts): readonly string[] {
  const touched = touchedBy(proposal);
  return names(facts.capabilities.filter((c) => c.frozen && touched.has(c.name)).map((c) => c.name));
}

/** Everything a proposal could act on: what it says it affects and what its changes name. */
function touchedBy(proposal: JudgedProposal): ReadonlySet<string> {
  return new Set([...proposal.affected_capabilities, ...proposal.suggested_changes.map((c) => c.capability)]);
}

export const confidentEnough: Rule = {
  id: 'E-001',
  test: ({ confidence_score: c }, _facts, { confidence_min }) => c >= confidence_min && c >= 0 && c <= 1,
  need: ({ confidence_score }, _facts, { confidence_min }) =>
    lasting({
      text: `the confidence is ${Number(confidence_score).toFixed(2)} and must be at least ${confidence_min.toFixed(2)}`,
      fact: 'confidence_score',
      have: Number.isFinite(confidence_score) ? confidence_score : null,
      want: { at_least: confidence_min },
    }),
};

export const capabilitiesExist: Rule = {
  id: 'E-002',
  test: (proposal, facts) => proposal.affected_capabilities.length > 0 && missingIn(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const missing = missingIn(proposal, facts);
    return lasting({
      text: missing.length > 0 ? `not in the registry: ${missing.join(', ')}` : 'no capability is named',
      fact: 'capabilities.exists',
      have: missing,
      want: missing.length > 0 ? [] : { at_least: 1 },
    });
  },
};

function missingIn(proposal: JudgedProposal, facts: Facts): readonly string[] {
  const existing = new Set(facts.capabilities.filter((c) => c.exists).map((c) => c.name));
  const affected = proposal.affected_capabilities.filter((name) => !existing.has(name));
  return names([...affected, ...proposal.unknown_capabilities]);
}

export const nothingBlocks: Rule = {
  id: 'E-003',
  test: (proposal, facts) => blocking(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const signals = blocking(proposal, facts);
    const words = signals.map((s) => {
      const end = s.expires_at === null ? 'until it is lifted' : `until ${at(s.expires_at)}`;
      return `${s.kind} on ${s.scope} ${end} (${s.reason})`;
    });
    return {
      text: `blocked: ${words.join('; ')}`,
      fact: 'signals',
      have: signals.map(({ scope, kind, reason, author, expires_at }) => ({ scope, kind, reason, author, expires_at })),
      want: [],
      retry_at: latest(signals.map((s) => s.expires_at)),
      retry_helps: true,
    };
  },
};

function blocking(proposal: JudgedProposal, facts: Facts): readonly SignalFact[] {
  const touched = touchedBy(proposal);
  return facts.signals
    .filter((s) => s.scope === 'SYSTEM' || touched.has(s.scope))
    .filter((s) => s.expires_at === null || s.expires_at > facts.now)
    .sort(bySignal);
}

/** A total order of signals, so that the order they were given in cannot be seen in a verdict. */
export function bySignal(a: SignalFact, b: SignalFact): number {
  return (
    byCodeUnits(a.scope, b.scope) ||
    byCodeUnits(a.kind, b.kind) ||
    (a.expires_at ?? Number.MAX_VALUE) - (b.expires_at ?? Number.MAX_VALUE) ||
    byCodeUnits(a.author, b.author) ||
    byCodeUnits(a.reason, b.reason)
  );
}

export const actionable: Rule = {
  id: 'E-004',
  test: ({ issue_type, recommended_action }) =>
    (issue_type === 'capability_request' || issue_type === 'bug_report' || issue_type === 'configuration_change') &&
    recommended_action === 'create_contract',
  need: ({ issue_type, recommended_action }) =>
    lasting({
      text: `an issue of type ${issue_type} with the action ${recommended_action} needs a human`,
      fact: 'recommended_action',
      have: { issue_type, recommended_action },
      want: {
        issue_type: ['bug_report', 'capability_request', 'configuration_change'],
        recommended_action: 'create_contract',
      },
    }),
};

export const sourceAllowed: Rule = {
  id: 'E-005',
  test: ({ source }, _facts, { sources_allowed }) => sources_allowed.includes(source),
  need: ({ source }, _facts, { sources_allowed }) =>
    lasting({
      text: `the source ${source} is not one of ${names(sources_allowed).join(', ')}`,
      fact: 'source',
      have: source,
      want: names(sources_allowed),
    }),
};

export const noRival: Rule = {
  id: 'E-006',
  test: (proposal, facts, { rival_window_ms }) => rivalsOf(proposal, facts, rival_window_ms).length === 0,
  need: (proposal, facts, { rival_window_ms }) => {
    const rivals = rivalsOf(proposal, facts, rival_window_ms);
    const words = rivals.map(
      (r) => `${r.target} is taken by ${r.contract_id === null ? `issue ${r.issue_id}` : `contract ${r.contract_id}`}`,
    );
    const retryAt = Math.max(...rivals.map((r) => r.since)) + rival_window_ms;
    return {
      text: `${words.join('; ')}; free at ${at(retryAt)} at the latest`,
      fact: 'rivals',
      have: rivals.map(({ target, contract_id, issue_id, since }) => ({ target, contract_id, issue_id, since })),
      want: [],
      retry_at: retryAt,
      retry_helps: true,
    };
  },
};

/** A revision's own line does not count: its contract, its ancestors and their reservations all stand for its issue. */
function rivalsOf(proposal: JudgedProposal, facts: Facts, windowMs: number): readonly RivalFact[] {
  if (facts.rivals.length === 0) return [];
  const targets = targetsOfChanges(proposal.suggested_changes);
  return facts.rivals
    .filter((r) => targets.has(r.target) && facts.now - r.since < windowMs)
    .filter((r) => r.contract_id === null || r.contract_id !== proposal.contract_id)
    .filter((r) => proposal.revision === 0 || r.issue_id !== proposal.issue_id)
    .sort(byRival);
}

/** A total order of rivals, so that the order they were given in cannot be seen in a verdict. */
export function byRival(a: RivalFact, b: RivalFact): number {
  return (
    byCodeUnits(a.target, b.target) ||
    a.since - b.since ||
    byCodeUnits(a.issue_id, b.issue_id) ||
    byCodeUnits(a.contract_id ?? '', b.contract_id ?? '')
  );
}
