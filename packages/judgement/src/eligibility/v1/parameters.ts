import { canonicalJson, sha256 } from '@mandate/contracts';
import { ISSUE_SOURCES } from '../../proposal';
import type { RuleParameters, RuleSet } from '../verdict';

/** Changes whenever the rules' code could answer differently. */
const RULES_CODE = 1;

/** The rules' ids in the spec's order: the first that fails decides. */
export const RULE_IDS = [
  'E-104',
  'E-101',
  'E-102',
  'E-001',
  'E-002',
  'E-003',
  'E-004',
  'E-005',
  'E-006',
  'E-007',
] as const;

/** The spec's defaults (1-workflow §6). */
export const DEFAULT_PARAMETERS: RuleParameters = Object.freeze({
  confidence_min: 0.7,
  sources_allowed: Object.freeze([...ISSUE_SOURCES]),
  rival_window_ms: 24 * 60 * 60 * 1000,
  health_wait_ms_max: 24 * 60 * 60 * 1000,
});

const sets = new WeakMap<RuleParameters, RuleSet>();
const SETS_KEPT_MAX = 100;
/** By text as well: parameters read back from recorded facts are another object each time. */
const byText = new Map<string, RuleSet>();

/**
 * The rule set that these parameters make, with its version and digest: the same on every machine, and another as soon
 * as one parameter is another. The answer is kept by the object's identity: parameters must not be changed in place.
 * @throws TypeError when a parameter is not JSON (NaN) or missing.
 */
export function ruleSetOf(parameters: RuleParameters): RuleSet {
  const known = sets.get(parameters);
  if (known !== undefined) return known;
  const text = JSON.stringify(parameters);
  const set = byText.get(text) ?? made(parameters);
  if (byText.size >= SETS_KEPT_MAX) byText.clear();
  byText.set(text, set);
  sets.set(parameters, set);
  return set;
}

function made(parameters: RuleParameters): RuleSet {
  const { confidence_min, sources_allowed, rival_window_ms, health_wait_ms_max } = parameters;
  const canonical: RuleParameters = {
    confidence_min,
    sources_allowed: [...sources_allowed].sort(),
    rival_window_ms,
    health_wait_ms_max,
  };
  const digest = sha256(canonicalJson({ code: RULES_CODE, parameters: canonical, rules: RULE_IDS })).toString('hex');
  const set: RuleSet = { version: `${RULES_CODE}-${digest.slice(0, 12)}`, digest, parameters: canonical };
  sets.set(canonical, set);
  return set;
}

/** The `rules_version` of these parameters; see `ruleSetOf`. */
export function rulesVersionOf(parameters: RuleParameters): string {
  return ruleSetOf(parameters).version;
}

/** The version of the rules with the spec's defaults. */
export const RULES_VERSION = rulesVersionOf(DEFAULT_PARAMETERS);
