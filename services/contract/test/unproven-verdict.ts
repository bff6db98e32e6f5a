import { changeToWire, checkAuthority, linkDigest, newId, planDigest, sha256, topicOf } from '@mandate/contracts';
import { decode, type Messages } from '@mandate/schemas';
import { citing, citingOutside, type Message, say } from '@mandate/service-kit';
import { rateLimitChange } from '../../../infra/local/src/testing/world';
import { originOf } from './chain-values';

/** A MAY on a fresh issue, with links but without proofs. */
export function unprovenVerdict(issueId: string, value: number, now: number): Message<Messages['EligibilityJudged']> {
  const change = rateLimitChange(value);
  const plan = planDigest({ changes: [change], affected_capabilities: ['api_rate_limit'] });
  const origin = originOf(issueId);
  const issue = say({
    message: 'IssueReceived',
    key: issueId,
    says: 'RECEIVED',
    issueId,
    version: 1,
    planDigest: null,
    cites: citingOutside(sha256(issueId)),
    now,
    value: {
      issue_id: issueId,
      origin,
      idempotency_key: issueId,
      subject: 's',
      body: 'b',
      hints: { severity: null, capabilities: [], change: null },
      payload_digest: sha256(issueId),
      recurrence_of: null,
      related_to: null,
      follows: null,
      status: 'RECEIVED',
      received_at: now,
    },
  });
  const proposal = say({
    message: 'ProposalMade',
    key: issueId,
    says: 'PROPOSED',
    issueId,
    version: 1,
    planDigest: plan,
    cites: citing(issue.mandate),
    now,
    value: {
      issue_id: issueId,
      contract_id: null,
      revision: 0,
      origin,
      title: 'Raise the API rate limit',
      payload_digest: sha256(issueId),
      issue_type: 'configuration_change',
      severity: 'low',
      affected_capabilities: ['api_rate_limit'],
      unknown_capabilities: [],
      recommended_action: 'create_contract',
      confidence_score: 0.9,
      reason: 'clear',
      evidence: [],
      suggestions: [],
      suggested_changes: [changeToWire(change)],
      validator_version: 'validator-1',
      registry_version: 5,
    },
  });
  const said = say({
    message: 'EligibilityJudged',
    key: issueId,
    says: 'MAY',
    issueId,
    version: 1,
    planDigest: plan,
    cites: citing(proposal.mandate),
    now,
    value: {
      issue_id: issueId,
      contract_id: null,
      revision: 0,
      origin,
      proposal: proposal.value,
      verdict: 'MAY',
      first_failing_rule: null,
      rules: [],
      facts: '{}',
      retry_helps: false,
      retry_at: null,
      rules_version: 'rules-1',
      registry_version: 5,
      health_version: 1,
      judged_at: now,
    },
  });
  const authorised = checkAuthority(topicOf('EligibilityJudged'), said.key, said.value, said.mandate);
  return {
    topic: said.topic,
    partition: 0,
    offset: newId(now),
    key: said.key,
    bytes: said.value,
    brokerTime: now,
    headers: {},
    value: decode('EligibilityJudged', said.value),
    link: authorised.link,
    edge: authorised.edge,
    cause: authorised.cause,
    may: null,
    approve: null,
    digest: linkDigest(authorised.mandate.own.link),
    mandate: said.mandate,
  };
}
