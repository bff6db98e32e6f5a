import { randomUUID } from 'node:crypto';
import { changeToWire, type LinkedName, planDigest, type Service } from '@mandate/contracts';
import { encode, type Messages } from '@mandate/schemas';
import { citing, citingOutside, type Saying } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack, Deed } from './attack';
import type { Bend } from './attacker';
import { outside } from './honest-endings';

/** Somebody publishes with what it has; `answer` is the broker's, where it refuses. */
async function tell<N extends LinkedName>(arena: Arena, who: Service, saying: Saying<N>, bend: Bend = {}) {
  return arena.by(who).publish(arena.by(who).make(saying, bend));
}

/** A contract is made for an issue. */
function created(arena: Arena, issueId: string, answer: string | null = null): Deed {
  const sql = 'SELECT 1 FROM contracts WHERE issue_id = $1';
  return {
    happened: async () => (await arena.rows('contract', sql, [issueId])).length > 0,
    reasons: () => [...(answer ? [answer] : []), ...arena.setAside(issueId)],
  };
}

/** A proposal is judged. */
function judged(arena: Arena, issueId: string): Deed {
  return {
    happened: () => arena.world.all('EligibilityJudged').some((m) => m.key === issueId),
    reasons: () => arena.setAside(issueId),
  };
}

/** Says MAY of an honest proposal in place of eligibility. */
async function mayBy(arena: Arena, who: Service, bend: Bend = {}): Promise<Deed> {
  const proposal = await arena.proposal([arena.change()]);
  return created(arena, proposal.issueId, await tell(arena, who, arena.may(proposal, proposal.outgoing.value), bend));
}

export const INGESTION_ATTACKS: readonly Attack[] = [
  {
    by: 'ingestion',
    row: 'type and writer fit the topic',
    title: 'PART2-001, CHAIN-001: says MAY of its own issue',
    without: ['acl:mandate.verdicts.v1', 'writer', 'topicWriter'],
    refused: 'TOPIC_AUTHORIZATION_FAILED',
    alone: { writer: 'WRONG_WRITER', topicWriter: 'WRONG_WRITER' },
    commit: (arena) => mayBy(arena, 'ingestion', { link: { writer: 'ingestion' } }),
  },
  {
    by: 'ingestion',
    row: 'same issue, contract and plan throughout',
    title: 'CHAIN-002: cancels a contract in the name of another issue',
    without: ['sameIssue'],
    refused: 'ISSUE_MISMATCH',
    commit: async (arena) => {
      const seen = await arena.eligible();
      await tell(arena, 'ingestion', cancellation(seen.key, randomUUID(), seen.key));
      return {
        happened: async () => (await arena.status(seen.key)) === 'REJECTED',
        reasons: () => arena.setAside(seen.key),
      };
    },
  },
  {
    by: 'ingestion',
    row: 'record key is the subject',
    title: 'CHAIN-002: cancels one contract under the record key of another',
    without: ['valueAsLinked', 'sameSubject', 'sameIssue'],
    refused: 'VALUE_NOT_AS_LINKED',
    alone: { sameSubject: 'WRONG_SUBJECT', sameIssue: 'ISSUE_MISMATCH' },
    commit: async (arena) => {
      const [seen, own] = await Promise.all([arena.eligible(), arena.eligible()]);
      await tell(arena, 'ingestion', cancellation(own.key, own.value.issue_id, seen.key));
      return {
        happened: async () => (await arena.status(seen.key)) === 'REJECTED',
        reasons: () => arena.setAside(own.key),
      };
    },
  },
  {
    by: 'ingestion',
    row: 'edge of the authority table',
    title: 'CHAIN-002: says that an issue has come of a contract, to carry its permits',
    without: ['edge', 'mayPlan'],
    refused: 'NO_EDGE',
    alone: { mayPlan: 'PERMIT_MISMATCH' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const issueId = seen.value.issue_id;
      await tell(arena, 'ingestion', { ...arena.received(issueId), cites: citing(seen.mandate) });
      return {
        happened: () => arena.world.all('ProposalMade').some((m) => m.key === issueId),
        reasons: () => arena.setAside(issueId),
      };
    },
  },
];

function cancellation(key: string, issueId: string, contractId: string) {
  const value: Messages['CancellationReceived'] = {
    issue_id: issueId,
    contract_id: contractId,
    reason: 'Never mind.',
    origin: {
      source: 'support_ticket',
      source_system: 'desk',
      reference: 'r',
      submitter: null,
      tenant: null,
      received_at: 1,
    },
    received_at: Date.now(),
  };
  const cites = citingOutside(outside('cancel'));
  const about = { key, issueId, version: 1, planDigest: null, now: Date.now() };
  return { message: 'CancellationReceived', says: 'CANCELLED', cites, value, ...about } as const;
}

export const VALIDATOR_ATTACKS: readonly Attack[] = [
  {
    by: 'validator',
    row: 'own proof by a key of the writer',
    title: 'PART2-001, CHAIN-001: says MAY in eligibility’s name, with its own key',
    without: ['acl:mandate.verdicts.v1', 'keyOfWriter'],
    refused: 'TOPIC_AUTHORIZATION_FAILED',
    alone: { keyOfWriter: 'UNKNOWN_KEY' },
    commit: (arena) => mayBy(arena, 'validator'),
  },
  {
    by: 'validator',
    row: 'contract: creating a contract',
    title: 'JOB-001, CHAIN-003: proposes other changes than its link has a plan for',
    without: ['proposalPlan'],
    refused: 'PLAN_MISMATCH',
    commit: async (arena) => {
      const { issueId, saying } = await arena.proposal([arena.change()]);
      const [change] = saying.value.suggested_changes;
      const harmful = changeToWire(arena.change(9, change?.capability));
      await tell(arena, 'validator', { ...saying, value: { ...saying.value, suggested_changes: [harmful] } });
      return judged(arena, issueId);
    },
  },
  {
    by: 'validator',
    row: 'same issue, contract and plan throughout',
    title: 'CHAIN-002: proposes on one issue what it read in another',
    without: ['causeIssue'],
    refused: 'ISSUE_MISMATCH',
    commit: async (arena) => {
      const [{ issueId, saying }, other] = await Promise.all([
        arena.proposal([arena.change()]),
        arena.proposal([arena.change()]),
      ]);
      await tell(arena, 'validator', { ...saying, cites: citing(other.issue.mandate) });
      return judged(arena, issueId);
    },
  },
  {
    by: 'validator',
    row: 'proof of the cause',
    title: 'CHAIN-002: cites an issue that ingestion never received, under a proof of its own',
    without: ['keyOfWriter'],
    refused: 'UNKNOWN_KEY',
    commit: async (arena) => {
      const { saying } = await arena.proposal([arena.change()]);
      const issueId = randomUUID();
      const forged = arena.by('validator').make(arena.received(issueId));
      const value = { ...saying.value, issue_id: issueId };
      await tell(arena, 'validator', { ...saying, key: issueId, issueId, value, cites: citing(forged) });
      return judged(arena, issueId);
    },
  },
  {
    by: 'validator',
    row: 'same issue, contract and plan throughout',
    title: 'CHAIN-003: calls its proposal a revision of a contract, which exempts it from reservations',
    without: ['proposalLine'],
    refused: 'LINEAGE_MISMATCH',
    commit: async (arena) => {
      const [seen, { issueId, saying }] = await Promise.all([arena.eligible(), arena.proposal([arena.change()])]);
      const value = { ...saying.value, contract_id: seen.key, revision: 1 };
      await tell(arena, 'validator', { ...saying, value, version: 2 });
      return judged(arena, issueId);
    },
  },
];

export const ELIGIBILITY_ATTACKS: readonly Attack[] = [
  {
    by: 'eligibility',
    row: 'contract: creating a contract',
    title: 'PART2-001: uses one proposal for two contracts',
    without: ['verdictUsed', 'rule:one contract per revision'],
    refused: 'VERDICT_USED',
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const { issueId } = proposal;
      for (let i = 0; i < 2; i++) await tell(arena, 'eligibility', arena.may(proposal, proposal.outgoing.value));
      const sql = 'SELECT 1 FROM contracts WHERE issue_id = $1';
      return {
        happened: async () => (await arena.rows('contract', sql, [issueId])).length === 2,
        reasons: () => arena.setAside(issueId),
      };
    },
  },
  {
    by: 'eligibility',
    row: 'contract: creating a contract',
    title: 'PART2-001, JOB-001: puts other changes into the proposal that it judges',
    without: ['proposalBytes', 'planRecomputed'],
    refused: 'PROPOSAL_ALTERED',
    alone: { planRecomputed: 'PLAN_MISMATCH' },
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const [change] = proposal.value.suggested_changes;
      const harmful = changeToWire(arena.change(9, change?.capability));
      const bytes = encode('ProposalMade', { ...proposal.value, suggested_changes: [harmful] });
      await tell(arena, 'eligibility', arena.may(proposal, bytes));
      return created(arena, proposal.issueId);
    },
  },
  {
    by: 'eligibility',
    row: 'same issue, contract and plan throughout',
    title: 'CHAIN-002: says MAY of another plan than was proposed',
    without: ['causePlan', 'planRecomputed'],
    refused: 'PLAN_MISMATCH',
    alone: { planRecomputed: 'PLAN_MISMATCH' },
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const plan = planDigest({ changes: [arena.change(9)], affected_capabilities: ['another'] });
      await tell(arena, 'eligibility', { ...arena.may(proposal, proposal.outgoing.value), planDigest: plan });
      return created(arena, proposal.issueId);
    },
  },
  {
    by: 'eligibility',
    row: 'contract: creating a contract',
    title: 'PART2-001, ELIG-003: says MAY in the link and MAY_NOT in the value',
    without: ['valueAsLinked', 'verdictSays'],
    refused: 'VALUE_NOT_AS_LINKED',
    alone: { verdictSays: 'SAYS_OTHERWISE' },
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const may = arena.may(proposal, proposal.outgoing.value);
      await tell(arena, 'eligibility', {
        ...may,
        value: { ...may.value, verdict: 'MAY_NOT', first_failing_rule: 'E-003' },
      });
      return created(arena, proposal.issueId);
    },
  },
];
