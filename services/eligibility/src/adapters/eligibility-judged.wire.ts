import { canonicalJson } from '@mandate/contracts';
import { citing, type Outgoing, say } from '@mandate/service-kit';
import type { Judgement } from '../domain/judge-in-order';
import type { ReceivedProposal } from './proposal-made.wire';

/** A verdict with the facts as they are kept and said. */
export interface GivenVerdict extends Judgement<ReceivedProposal> {
  /** RFC 8785 text, made once for the table and the message. */
  readonly factsJson: string;
}

export function toGiven(judgement: Judgement<ReceivedProposal>): GivenVerdict {
  return { ...judgement, factsJson: canonicalJson(judgement.facts) };
}

/** The verdict as it is said: with the proposal's bytes unchanged and the facts it was judged on. */
export function eligibilityJudged({ candidate, verdict, facts, factsJson }: GivenVerdict, now: number): Outgoing {
  const { issue_id, contract_id, revision, origin } = candidate.value;
  return say({
    message: 'EligibilityJudged',
    key: issue_id,
    says: verdict.verdict,
    issueId: issue_id,
    version: revision + 1,
    planDigest: candidate.planDigest,
    cites: citing(candidate),
    now,
    value: {
      issue_id,
      contract_id,
      revision,
      origin,
      proposal: candidate.bytes,
      verdict: verdict.verdict,
      first_failing_rule: verdict.first_failing_rule,
      rules: verdict.rules.map(({ id, passed, need }) => ({ id, passed, need: need && canonicalJson(need) })),
      facts: factsJson,
      retry_helps: verdict.retry.helps,
      retry_at: verdict.retry.at,
      rules_version: verdict.rules_version,
      registry_version: facts.registry_version,
      health_version: facts.health_version,
      judged_at: now,
    },
  });
}
