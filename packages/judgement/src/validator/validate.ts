import type { Registry } from '@mandate/contracts';
import type { IssueText, Proposal, RevisionInput } from '../proposal';
import { VERSION_1, validateRevisionV1, validateV1 } from './v1/validate';

/** The version whose answers are given now; every version that a stored verdict names stays in the code. */
export const VALIDATOR_VERSION = VERSION_1;

interface ValidatorRelease {
  readonly issue: (issue: IssueText, registry: Registry) => Proposal;
  readonly revision: (input: RevisionInput, registry: Registry) => Proposal;
}

const RELEASES: ReadonlyMap<string, ValidatorRelease> = new Map([
  [VERSION_1, { issue: validateV1, revision: validateRevisionV1 }],
]);

/**
 * Says what an issue is and what change it asks for. Pure (VAL-001): the same issue, registry and version give the same
 * bytes. Linear in the length of the text; never throws: what cannot be analysed gets the safe verdict (unknown,
 * medium, defer, 0.00) with the reason. A change is suggested only if the text and the registry determine all of it;
 * of several requests all are, or none.
 *
 * @param registry its map must not be changed without a new `registry_version`
 * @param version  one of the released versions (VAL-002)
 * @throws RangeError only for a version that was never released
 * @see spec 1-workflow §5; VAL-001…005
 */
export function validate(issue: IssueText, registry: Registry, version: string = VALIDATOR_VERSION): Proposal {
  return released(version).issue(issue, registry);
}

/**
 * Turns a founder's scope modification into a proposal: the explicit changes unchanged, with full strength; type and
 * severity from the original. Old values are not refreshed: a stale one fails E-007. Pure, never throws.
 *
 * @throws RangeError only for a version that was never released
 * @see spec 1-workflow §4 "Revisions", §5
 */
export function validateRevision(
  input: RevisionInput,
  registry: Registry,
  version: string = VALIDATOR_VERSION,
): Proposal {
  return released(version).revision(input, registry);
}

function released(version: string): ValidatorRelease {
  const release = RELEASES.get(version);
  if (release === undefined) throw new RangeError(`validator version ${version} was never released`);
  return release;
}
