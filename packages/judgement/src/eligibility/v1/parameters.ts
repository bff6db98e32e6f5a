import { canonicalJson, sha256 } from '@mandate/contracts';
import { ISSUE_SOURCES } from '../../proposal';
import type { RuleParameters } from '../verdict';

/** Changes whenever the rules' code could answer differently. */
const RULES_CODE = 1;

/** The spec's defaults (1-workflow §6). */
export const DEFAULT_PARAMETERS: RuleParameters = Object.freeze({
  confidence_min: 0.7,
  sources_allowed: Object.freeze([...ISSUE_SOURCES]),
  rival_window_ms: 24 * 60 * 60 * 1000,
  health_wait_ms_max: 24 * 60 * 60 * 1000,
});

const versions = new WeakMap<RuleParameters, string>();

/**
 * The `rules_version` of these parameters: the version of the rules' code and twelve hexadecimal digits of the SHA-256
 * of the parameters' RFC 8785 text. The same on every machine.
 * The answer is kept by the object's identity: parameters must not be changed in place.
 * @throws TypeError when a parameter is not JSON (NaN).
 */
export function rulesVersionOf(parameters: RuleParameters): string {
  const known = versions.get(parameters);
  if (known !== undefined) return known;
  const { confidence_min, sources_allowed, rival_window_ms, health_wait_ms_max } = parameters;
  const canonical = {
    confidence_min,
    sources_allowed: [...sources_allowed].sort(),
    rival_window_ms,
    health_wait_ms_max,
  };
  const version = `${RULES_CODE}-${sha256(canonicalJson(canonical)).toString('hex').slice(0, 12)}`;
  versions.set(parameters, version);
  return version;
}

/** The version of the rules with the spec's defaults. */
export const RULES_VERSION = rulesVersionOf(DEFAULT_PARAMETERS);
