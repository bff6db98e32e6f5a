import { canonicalJson, sha256 } from '@mandate/contracts';
import type { Facts, Verdict } from '@mandate/judgement';
import type { EligibilityJudged, ProposalMade } from '@mandate/schemas';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Judgement } from '../domain/judge-in-order';
import type { ReceivedProposal } from './proposal-made.wire';

/** A verdict with the facts as they are kept and said, and the message that says it. */
export interface GivenVerdict extends Judgement<ReceivedProposal> {
  /** RFC 8785 text, made once for the table and the message. */
  readonly factsJson: string;
  readonly outgoing: Outgoing;
  /** SHA-256 of the message's value: what a contract's dossier names as its verdict. */
  readonly digest: Buffer;
}

/** The verdict as it is said: with the proposal's bytes unchanged and the facts it was judged on. */
export function toGiven(judgement: Judgement<ReceivedProposal>): GivenVerdict {
  const { candidate, verdict, facts } = judgement;
  const { issue_id, revision } = candidate.value;
  const factsJson = canonicalJson(facts);
  const outgoing = say({
    message: 'EligibilityJudged',
    key: issue_id,
    says: verdict.verdict,
    issueId: issue_id,
    version: revision + 1,
    planDigest: candidate.planDigest,
    cites: citing(candidate),
    now: facts.now,
    value: verdictValue(candidate, verdict, facts, factsJson),
  });
  return { ...judgement, factsJson, outgoing, digest: sha256(outgoing.value) };
}

/** The value of a verdict's message. A function of proposal and facts alone, so that it can be made again (ELIG-001). */
export function verdictValue(
  { value, bytes }: { readonly value: ProposalMade; readonly bytes: Buffer },
  verdict: Verdict,
  facts: Facts,
  factsJson: string,
): EligibilityJudged {
  const { issue_id, contract_id, revision, origin } = value;
  return {
    issue_id,
    contract_id,
    revision,
    origin,
    proposal: bytes,
    verdict: verdict.verdict,
    first_failing_rule: verdict.first_failing_rule,
    rules: verdict.rules.map(({ id, passed, need }) => ({ id, passed, need: need && canonicalJson(need) })),
    facts: factsJson,
    retry_helps: verdict.retry.helps,
    retry_at: verdict.retry.at,
    rules_version: verdict.rules_version,
    registry_version: facts.registry_version,
    health_version: facts.health_version,
    judged_at: facts.now,
  };
}
