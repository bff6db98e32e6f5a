import { randomUUID } from 'node:crypto';
import { decodeMandate, encodeMandate, type Mandate, type Service } from '@mandate/contracts';
import { encode, type Messages } from '@mandate/schemas';
import { citingNothing, type Outgoing, say } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack, Deed } from './attack';
import { unheardActive } from './attacks-contract';
import { audited } from './honest-endings';
import { decisionOn } from './honest-values';

const read = (mandate: Buffer): Mandate => decodeMandate(mandate) as Mandate;

/** Whoever has no service's key tells the services something. */
async function approveAs(arena: Arena, who: 'crm'): Promise<Deed> {
  const seen = await arena.eligible();
  const { value } = await arena.approval(seen);
  const forger = arena.by(who);
  const decided = { ...value, ...forger.signStatement(value.statement as Buffer) };
  const answer = await forger.publish(forger.make(arena.decision(seen, 'APPROVE', decided)));
  return {
    happened: async () => (await arena.size(seen)) !== 1,
    reasons: async () => [
      ...(answer ? [answer] : []),
      ...arena.setAside(seen.key),
      ...(await arena.recorded(seen.key)),
    ],
  };
}

/** Health of a scope, as the health service would say it. */
function healthOf(scope: string, state: 'HEALTHY' | 'UNHEALTHY') {
  const now = Date.now();
  const value: Messages['HealthChanged'] = {
    scope,
    from_version: 0,
    version: 1,
    state,
    basis: 'own',
    signals: [],
    valid_until: null,
    scope_versions: [],
    registry_version: 0,
    changed_at: now,
  };
  const about = { key: scope, issueId: null, version: 1, planDigest: null, now, cites: citingNothing };
  return { message: 'HealthChanged', says: state, value, ...about } as const;
}

/** The contract service believes this of a scope's health. */
function believed(arena: Arena, scope: string, answer: string | null = null): Deed {
  const sql = "SELECT 1 FROM ref_health WHERE scope = $1 AND state = 'HEALTHY'";
  return {
    happened: async () => (await arena.rows('contract', sql, [scope])).length > 0,
    reasons: () => [...(answer ? [answer] : []), ...arena.setAside(scope)],
  };
}

export const CRM_ATTACKS: readonly Attack[] = [
  {
    by: 'crm',
    row: 'own proof by a key of the writer',
    title: 'PART2-001, PART2-002, CHAIN-001: approves a contract',
    without: ['acl:mandate.reviews.v1', 'keyKnown', 'signature', 'founderKey', 'founderSignature'],
    refused: 'TOPIC_AUTHORIZATION_FAILED',
    alone: {
      keyKnown: 'UNKNOWN_KEY',
      signature: 'BAD_SIGNATURE',
      founderKey: 'FOUNDER_KEY_UNKNOWN',
      founderSignature: 'FOUNDER_SIGNATURE_INVALID',
    },
    commit: (arena) => approveAs(arena, 'crm'),
  },
  {
    by: 'crm',
    row: 'own proof by a key of the writer',
    title: 'PART2-001, CHAIN-001: makes a contract of its issue by saying MAY',
    without: ['acl:mandate.verdicts.v1', 'keyKnown', 'signature'],
    refused: 'TOPIC_AUTHORIZATION_FAILED',
    alone: { keyKnown: 'UNKNOWN_KEY', signature: 'BAD_SIGNATURE' },
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const { issueId } = proposal;
      const forger = arena.by('crm');
      const answer = await forger.publish(forger.make(arena.may(proposal, proposal.outgoing.value)));
      const sql = 'SELECT 1 FROM contracts WHERE issue_id = $1';
      return {
        happened: async () => (await arena.rows('contract', sql, [issueId])).length > 0,
        reasons: () => [...(answer ? [answer] : []), ...arena.setAside(issueId)],
      };
    },
  },
  {
    by: 'crm',
    row: 'type and writer fit the topic',
    title: 'PART2-003, CHAIN-001: calls something healthy',
    without: ['acl:mandate.health.v1', 'keyKnown', 'signature'],
    refused: 'TOPIC_AUTHORIZATION_FAILED',
    alone: { keyKnown: 'UNKNOWN_KEY' },
    commit: async (arena) => {
      const scope = arena.change().capability;
      const forger = arena.by('crm');
      return believed(arena, scope, await forger.publish(forger.make(healthOf(scope, 'HEALTHY'))));
    },
  },
  {
    by: 'crm',
    row: 'same issue, contract and plan throughout',
    title: 'answers a question that another source system was asked',
    without: ['askedSystem'],
    refused: 'REQUEST_UNKNOWN',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const requestId = randomUUID();
      const founder = arena.world.founder.founder;
      const question = { ...decisionOn(seen, 'REQUEST_CLARIFICATION', founder), clarification_request_id: requestId };
      const asked = arena.decision(seen, 'REQUEST_CLARIFICATION', { ...question, reason: 'How many?' });
      await arena.world.say('review', asked);
      const known = 'SELECT 1 FROM clarification_requests WHERE request_id = $1';
      await arena.until(
        'ingestion hears the question',
        async () => (await arena.rows('ingestion', known, [requestId])).length > 0,
        () => null,
      );
      const reference = randomUUID();
      const answer = {
        kind: 'CLARIFICATION',
        source_system: 'elsewhere',
        body: 'nine',
        clarification_request_id: requestId,
      };
      await arena.world.issue({ ...(answer as Partial<Messages['CrmIssue']>), reference });
      const told = () => arena.world.all('CrmUpdate').filter((m) => m.value.reference === reference);
      return {
        happened: () => arena.world.all('ClarificationReceived').some((m) => m.value.request_id === requestId),
        reasons: () => told().flatMap((m) => m.value.code ?? []),
      };
    },
  },
];

/** The broker delivers a record that an honest service signed, otherwise than it was said. */
async function deliver(
  arena: Arena,
  made: { outgoing: Outgoing; mandate: Buffer },
  altered: { topic?: string; key?: string; value?: Buffer; mandate?: Buffer },
) {
  const { topic, key, value } = made.outgoing;
  const record = { topic, key: key.toString(), value, mandate: made.mandate, ...altered };
  await arena.by('broker').publish(record);
}

async function said(arena: Arena, service: Service, outgoing: Outgoing) {
  return { outgoing, mandate: await arena.world.prove(service, outgoing.mandate) };
}

export const BROKER_ATTACKS: readonly Attack[] = [
  {
    by: 'broker',
    row: 'value digest',
    title: 'PART2-003, CHAIN-002: makes healthy what health called unhealthy',
    without: ['value', 'valueAsLinked'],
    refused: 'VALUE_ALTERED',
    alone: { valueAsLinked: 'VALUE_NOT_AS_LINKED' },
    commit: async (arena) => {
      const scope = arena.change().capability;
      const honest = say(healthOf(scope, 'UNHEALTHY'));
      const value = encode('HealthChanged', { ...healthOf(scope, 'HEALTHY').value });
      await deliver(arena, await said(arena, 'health', honest), { value });
      return believed(arena, scope);
    },
  },
  {
    by: 'broker',
    row: 'record key is the subject',
    title: 'PART2-003, CHAIN-002: delivers the health of one thing as that of another',
    without: ['subject', 'valueAsLinked'],
    refused: 'WRONG_SUBJECT',
    alone: { valueAsLinked: 'VALUE_NOT_AS_LINKED' },
    commit: async (arena) => {
      const [scope, other] = [arena.change().capability, arena.change().capability];
      const honest = await said(arena, 'health', say(healthOf(scope, 'HEALTHY')));
      await deliver(arena, honest, { key: other });
      return { ...believed(arena, scope), reasons: () => arena.setAside(other) };
    },
  },
  {
    by: 'broker',
    row: 'type and writer fit the topic',
    title: 'CHAIN-002: delivers the auditor’s word where the founder’s are read',
    without: ['topic', 'topicWriter'],
    refused: 'WRONG_TOPIC',
    alone: { topicWriter: 'WRONG_WRITER' },
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      await deliver(arena, await audited(arena, active, job, 'PASS'), { topic: 'mandate.reviews.v1' });
      return {
        happened: async () => (await arena.status(active.key)) === 'COMPLETED',
        reasons: () => arena.setAside(active.key, 'mandate.reviews.v1'),
      };
    },
  },
  {
    by: 'broker',
    row: 'cause digest',
    title: 'CHAIN-002: puts another cause into the header than the message was said on',
    without: ['causeDigest', 'causeIssue', 'causePlan', 'proposalBytes'],
    refused: 'CAUSE_MISMATCH',
    alone: { causeIssue: 'ISSUE_MISMATCH', causePlan: 'PLAN_MISMATCH', proposalBytes: 'PROPOSAL_ALTERED' },
    commit: async (arena) => {
      const [proposal, other] = await Promise.all([arena.proposal([arena.change()]), arena.proposal([arena.change()])]);
      const may = await said(arena, 'eligibility', say(arena.may(proposal, proposal.outgoing.value)));
      const mandate = encodeMandate({ ...read(may.mandate), cause: read(other.mandate).own });
      await deliver(arena, may, { mandate });
      const sql = 'SELECT 1 FROM contracts WHERE issue_id = $1';
      return {
        happened: async () => (await arena.rows('contract', sql, [proposal.issueId])).length > 0,
        reasons: () => arena.setAside(proposal.issueId),
      };
    },
  },
  {
    by: 'broker',
    row: 'permits',
    title: 'CHAIN-002, PART2-002: strips the approval off a message that orders execution',
    without: ['permitMissing'],
    refused: 'PERMIT_MISSING',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const made = await unheardActive(arena, seen);
      const held = read(made.mandate);
      // The approval is the cause as well; stripped as a permit only.
      await deliver(arena, made, { mandate: encodeMandate({ ...held, approve: null }) });
      return arena.order(seen);
    },
  },
  {
    by: 'broker',
    row: 'own proof by a key of the writer',
    title: 'EVID-001, CHAIN-002: rewrites what was said and signs it again',
    without: ['keyKnown', 'signature'],
    refused: 'UNKNOWN_KEY',
    alone: { signature: 'BAD_SIGNATURE' },
    commit: async (arena) => {
      const scope = arena.change().capability;
      const forger = arena.by('broker');
      await forger.publish(forger.make(healthOf(scope, 'HEALTHY')));
      return believed(arena, scope);
    },
  },
  {
    by: 'broker',
    row: 'own proof by a key of the writer',
    title: 'CHAIN-002: leaves the proof out',
    without: ['proof'],
    refused: 'BAD_SIGNATURE',
    commit: async (arena) => {
      const scope = arena.change().capability;
      const outgoing = say(healthOf(scope, 'HEALTHY'));
      await deliver(arena, { outgoing, mandate: outgoing.mandate }, {});
      return believed(arena, scope);
    },
  },
];

export const KEY_ATTACKS: readonly Attack[] = [
  {
    by: 'eligibility',
    row: 'keys',
    title: 'CHAIN-002: a thief says MAY with a key of eligibility’s that has been revoked',
    without: ['keyRevoked'],
    refused: 'KEY_REVOKED',
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const thief = arena.by('eligibility', 'eligibility-revoked');
      await thief.publish(thief.make(arena.may(proposal, proposal.outgoing.value)));
      const sql = 'SELECT 1 FROM contracts WHERE issue_id = $1';
      return {
        happened: async () => (await arena.rows('contract', sql, [proposal.issueId])).length > 0,
        reasons: () => arena.setAside(proposal.issueId),
      };
    },
  },
  {
    by: 'eligibility',
    row: 'keys',
    title: 'CHAIN-002: a thief says MAY with a key whose time is over',
    without: ['keyOfWriter'],
    refused: 'UNKNOWN_KEY',
    commit: async (arena) => {
      const proposal = await arena.proposal([arena.change()]);
      const thief = arena.by('eligibility', 'eligibility-closed');
      await thief.publish(thief.make(arena.may(proposal, proposal.outgoing.value)));
      const sql = 'SELECT 1 FROM contracts WHERE issue_id = $1';
      return {
        happened: async () => (await arena.rows('contract', sql, [proposal.issueId])).length > 0,
        reasons: () => arena.setAside(proposal.issueId),
      };
    },
  },
];
