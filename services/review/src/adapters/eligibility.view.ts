import { changeFromWire } from '@mandate/contracts';
import type { EligibilityJudged, ProposalMade } from '@mandate/schemas';
import type { EligibilityView, RuleView, ValidatorVerdictView } from '../api/verdict.schema';
import { instant, jsonOf, type Shown } from './presentable';

type Facts = { readonly [name: string]: Shown };
interface Rule {
  readonly asks: string;
  /** What of the facts and the proposal the rule looks at. */
  readonly looksAt: (facts: Facts, proposal: ProposalMade, verdict: EligibilityJudged) => { [name: string]: unknown };
}

const parameter = (facts: Facts, name: string): Shown =>
  ((facts['rules'] as Facts | undefined)?.['parameters'] as Facts | undefined)?.[name] ?? null;
const capabilities = (facts: Facts, ...fields: readonly string[]) =>
  ((facts['capabilities'] ?? []) as readonly Facts[]).map((fact) =>
    Object.fromEntries(['name', ...fields].map((field) => [field, fact[field] ?? null])),
  );

const RULES: Readonly<Record<string, Rule>> = {
  'E-104': {
    asks: 'The governed system is healthy; a proposal waits for that, up to a limit.',
    looksAt: (f) => ({
      system_health: f['system_health'],
      waiting_since: f['waiting_since'],
      health_wait_ms_max: parameter(f, 'health_wait_ms_max'),
    }),
  },
  'E-101': {
    asks: 'A critical issue goes to a human, not into a contract.',
    looksAt: (_, p) => ({ severity: p.severity, recommended_action: p.recommended_action }),
  },
  'E-102': {
    asks: 'Nothing that is touched is frozen.',
    looksAt: (f) => ({ capabilities: capabilities(f, 'frozen') }),
  },
  'E-001': {
    asks: 'The validator is confident enough.',
    looksAt: (f, p) => ({ confidence_score: p.confidence_score, confidence_min: parameter(f, 'confidence_min') }),
  },
  'E-002': {
    asks: 'Every capability that is named exists.',
    looksAt: (f, p) => ({ capabilities: capabilities(f, 'exists'), unknown_capabilities: p.unknown_capabilities }),
  },
  'E-003': { asks: 'No governance signal blocks what is touched.', looksAt: (f) => ({ signals: f['signals'] }) },
  'E-004': {
    asks: 'It is of a kind that a contract can answer.',
    looksAt: (_, p) => ({ issue_type: p.issue_type, recommended_action: p.recommended_action }),
  },
  'E-005': {
    asks: 'It comes from a source that may ask.',
    looksAt: (f, _, v) => ({ source: v.origin.source, sources_allowed: parameter(f, 'sources_allowed') }),
  },
  'E-006': {
    asks: 'Nobody else is changing the same place.',
    looksAt: (f) => ({ rivals: f['rivals'], rival_window_ms: parameter(f, 'rival_window_ms') }),
  },
  'E-007': {
    asks: 'The changes are concrete, fit the registry and can be undone.',
    looksAt: (f, p) => ({
      suggested_changes: p.suggested_changes.filter((c) => c.kind !== 'unknown').map(changeFromWire),
      capabilities: capabilities(f, 'exists', 'enabled', 'lifecycle', 'keys'),
    }),
  },
};

/** The gate's verdict, each rule with what it wants and what it saw. */
export function toEligibility(verdict: EligibilityJudged, proposal: ProposalMade): EligibilityView {
  return {
    verdict: verdict.verdict,
    rules_passed: verdict.rules.filter((r) => r.passed).length,
    rules_total: verdict.rules.length,
    first_failing_rule: verdict.first_failing_rule,
    rules: toRules(verdict, proposal),
    facts: factsOf(verdict),
    rules_version: verdict.rules_version,
    judged_at: instant(verdict.judged_at),
  };
}

/** The rules of a verdict, passed or not. */
export function toRules(verdict: EligibilityJudged, proposal: ProposalMade): RuleView[] {
  const facts = factsOf(verdict);
  return verdict.rules.map(({ id, passed, need }) => {
    const rule = RULES[id];
    return {
      id,
      passed,
      asks: rule?.asks ?? 'A rule of a later release.',
      saw: rule ? withoutGaps(rule.looksAt(facts, proposal, verdict)) : null,
      need: need === null ? null : jsonOf(need),
    };
  });
}

/** JSON has no `undefined`: what a verdict of an older release did not record is null. */
function withoutGaps(seen: { [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, value ?? null]));
}

function factsOf({ facts }: EligibilityJudged): Facts {
  const parsed = jsonOf(facts);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Facts) : {};
}

/** The validator's advice. */
export function toValidatorVerdict(proposal: ProposalMade): ValidatorVerdictView {
  return {
    issue_type: proposal.issue_type,
    severity: proposal.severity,
    confidence_score: proposal.confidence_score,
    recommended_action: proposal.recommended_action,
    reason: proposal.reason,
    evidence: proposal.evidence.map((span) => ({ ...span })),
    suggestions: [...proposal.suggestions],
    unknown_capabilities: [...proposal.unknown_capabilities],
    validator_version: proposal.validator_version,
  };
}
