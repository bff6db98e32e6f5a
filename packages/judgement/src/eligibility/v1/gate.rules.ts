import type { Facts, JudgedProposal } from '../facts';
import type { Condition, Rule } from '../verdict';
import { condition, lasting, lasts } from './need';
import { touchedBy } from './targets';

const names = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

/**
 * ELIG-004: nothing passes while SYSTEM is not HEALTHY. Whoever calls the gate holds a proposal back while `isWaiting`
 * and only lets it be judged here after `health_wait_ms_max` (AM-06).
 */
export const waitedTooLong: Rule = {
  id: 'E-104',
  test: (_proposal, facts) => facts.system_health === 'HEALTHY',
  need: (_proposal, facts, parameters) => {
    const waitedMs = facts.waiting_since === null ? 0 : Math.max(0, facts.now - facts.waiting_since);
    const limit = lasts(parameters.health_wait_ms_max);
    return {
      text: `SYSTEM is ${facts.system_health} and must be HEALTHY; waited ${lasts(waitedMs)} of at most ${limit}`,
      conditions: [condition('system_health', 'SYSTEM', facts.system_health, { equals: 'HEALTHY' })],
      retry_at: null,
      retry_helps: true,
    };
  },
};

const BELOW_CRITICAL = { one_of: ['high', 'low', 'medium'] };

export const criticalIsForHumans: Rule = {
  id: 'E-101',
  test: ({ severity, recommended_action }) => severity !== 'critical' || recommended_action === 'escalate',
  need: ({ severity, recommended_action }) =>
    lasting(
      `the severity is critical and the action is ${recommended_action}: a critical issue goes to a human; only high or lower passes`,
      condition('severity', null, severity, BELOW_CRITICAL),
    ),
};

/** ELIG-005: frozen is inviolable. */
export const notFrozen: Rule = {
  id: 'E-102',
  test: (proposal, facts) => frozenIn(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const frozen = frozenIn(proposal, facts);
    return lasting(
      `the catalogue marks ${frozen.join(', ')} as frozen: nothing there may be changed`,
      ...frozen.map((name) => condition('frozen', name, true, { equals: false })),
    );
  },
};

function frozenIn(proposal: JudgedProposal, facts: Facts): readonly string[] {
  const touched = touchedBy(proposal);
  return names(facts.capabilities.filter((c) => c.frozen && touched.has(c.name)).map((c) => c.name));
}

export const confidentEnough: Rule = {
  id: 'E-001',
  test: ({ confidence_score: c }, _facts, { confidence_min }) => c >= confidence_min && c >= 0 && c <= 1,
  need: ({ confidence_score: c }, _facts, { confidence_min }) =>
    lasting(
      `the confidence is ${shown(Number(c))} and must be at least ${shown(confidence_min)}`,
      condition('confidence_score', null, Number.isFinite(c) ? c : null, { at_least: confidence_min, at_most: 1 }),
    ),
};

/** Two decimals, as the validator gives them; more where there are more, so that nobody reads "0.70, needs 0.70". */
const shown = (score: number): string => {
  const short = score.toFixed(2);
  return Number(short) === score ? short : String(score);
};

export const capabilitiesExist: Rule = {
  id: 'E-002',
  test: (proposal, facts) => unmet(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const missing = names([...missingIn(proposal, facts), ...proposal.unknown_capabilities]);
    const text = missing.length > 0 ? `not in the registry: ${missing.join(', ')}` : 'no capability is named';
    return lasting(text, ...unmet(proposal, facts));
  },
};

function unmet(proposal: JudgedProposal, facts: Facts): readonly Condition[] {
  const { affected_capabilities: affected, unknown_capabilities: unknown } = proposal;
  return [
    ...missingIn(proposal, facts).map((name) => condition('in_registry', name, false, { equals: true })),
    ...(unknown.length > 0 ? [condition('unknown_capabilities', null, names(unknown), { equals: [] })] : []),
    ...(affected.length === 0 ? [condition('affected_capabilities', null, [], { items_at_least: 1 })] : []),
  ];
}

function missingIn({ affected_capabilities }: JudgedProposal, facts: Facts): readonly string[] {
  const existing = new Set(facts.capabilities.filter((c) => c.exists).map((c) => c.name));
  return names(affected_capabilities.filter((name) => !existing.has(name)));
}

const ACTIONABLE: readonly string[] = ['bug_report', 'capability_request', 'configuration_change'];
const ACTION = 'create_contract';

export const actionable: Rule = {
  id: 'E-004',
  test: (proposal) => notActionable(proposal).length === 0,
  need: (proposal) => {
    const { issue_type, recommended_action } = proposal;
    const text = `an issue of type ${issue_type} with the action ${recommended_action} needs a human`;
    return lasting(text, ...notActionable(proposal));
  },
};

/** A critical issue that is escalated passes E-101 only for that: with another action its severity counts as well. */
function notActionable({ issue_type, recommended_action, severity }: JudgedProposal): readonly Condition[] {
  const conditions: Condition[] = [];
  if (!ACTIONABLE.includes(issue_type)) {
    conditions.push(condition('issue_type', null, issue_type, { one_of: ACTIONABLE }));
  }
  if (recommended_action !== ACTION) {
    conditions.push(condition('recommended_action', null, recommended_action, { equals: ACTION }));
    if (severity === 'critical') conditions.push(condition('severity', null, severity, BELOW_CRITICAL));
  }
  return conditions;
}

export const sourceAllowed: Rule = {
  id: 'E-005',
  test: ({ source }, _facts, { sources_allowed }) => sources_allowed.includes(source),
  need: ({ source }, _facts, { sources_allowed }) =>
    lasting(
      `the source ${source} is not one of ${names(sources_allowed).join(', ')}`,
      condition('source', null, source, { one_of: names(sources_allowed) }),
    ),
};
