import { randomUUID } from 'node:crypto';
import { statementBytes } from '@mandate/contracts';
import { citing } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack, Deed } from './attack';
import type { Approval, HeardContract } from './honest';
import { audited } from './honest-endings';
import { decisionOn } from './honest-values';

/** The contract is carried out, or why not. */
function followed(arena: Arena, seen: HeardContract): Deed {
  return {
    happened: async () => (await arena.size(seen)) !== 1,
    reasons: async () => [...(await arena.recorded(seen.key)), ...arena.setAside(seen.key)],
  };
}

/** Review says APPROVE of a contract, with whatever it holds for a signature. */
async function approve(
  arena: Arena,
  seen: HeardContract,
  signed: Partial<Approval['value']>,
  healthVersion = 1,
): Promise<Deed> {
  const founder = arena.world.founder.founder;
  const value = { ...decisionOn(seen, 'APPROVE', founder), ...signed, health_version: healthVersion };
  await arena.by('review').publish(arena.by('review').make(arena.decision(seen, 'APPROVE', value)));
  return followed(arena, seen);
}

const signedOf = ({ value: { statement, signature, key_id } }: Approval) => ({ statement, signature, key_id });
const DAY_MS = 86_400_000;

export const REVIEW_ATTACKS: readonly Attack[] = [
  {
    by: 'review',
    row: 'contract, executor: the founder’s signature',
    title: 'PART2-002: approves by itself, signing with its own key',
    without: ['founderKey', 'founderSignature'],
    refused: 'FOUNDER_KEY_UNKNOWN',
    alone: { founderSignature: 'FOUNDER_SIGNATURE_INVALID' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const { value } = await arena.approval(seen);
      return approve(arena, seen, { ...value, ...arena.by('review').signStatement(value.statement as Buffer) });
    },
  },
  {
    by: 'review',
    row: 'review: taking an approval',
    title: 'PART2-002: replays the founder’s approval of one contract on another',
    without: ['statementContract', 'statementDossier', 'statementPlan'],
    refused: 'STATEMENT_FOR_ANOTHER_CONTRACT',
    alone: { statementDossier: 'STATEMENT_FOR_ANOTHER_DOSSIER', statementPlan: 'STATEMENT_FOR_ANOTHER_PLAN' },
    commit: async (arena) => {
      const [approved, seen] = await Promise.all([arena.eligible(), arena.eligible()]);
      return approve(arena, seen, signedOf(await arena.approval(approved)));
    },
  },
  {
    by: 'review',
    row: 'review: taking an approval',
    title: 'PART2-002: replays an approval of what the contract looked like before',
    without: ['statementDossier'],
    refused: 'STATEMENT_FOR_ANOTHER_DOSSIER',
    commit: async (arena) => {
      const seen = await arena.eligible();
      return approve(arena, seen, signedOf(await arena.approval(seen, { dossier_digest: 'ab'.repeat(32) })));
    },
  },
  {
    by: 'review',
    row: 'review: taking an approval',
    title: 'HEALTH-001, PART2-003: passes an approval on while health is past its validity',
    without: ['healthInTime'],
    refused: 'HEALTH_UNKNOWN',
    after: (arena) => arena.healthHeard('contract', 'HEALTHY'),
    commit: async (arena) => {
      const seen = await arena.eligible();
      const version = await arena.healthHeard('contract', 'HEALTHY', -1);
      return approve(arena, seen, signedOf(await arena.approval(seen)), version);
    },
  },
  {
    by: 'review',
    row: 'review: taking an approval',
    title: 'PART2-002: holds an approval back until its last moment is over',
    without: ['statementInTime'],
    refused: 'STATEMENT_EXPIRED',
    commit: async (arena) => {
      const seen = await arena.eligible();
      return approve(arena, seen, signedOf(await arena.approval(seen, { not_after: Date.now() - 1_000 })));
    },
  },
  {
    by: 'review',
    row: 'review: taking an approval',
    title: 'REVIEW-003: talks a founder into a window of a month',
    without: ['approvalBounds'],
    refused: 'WINDOW_TOO_LONG',
    commit: async (arena) => {
      const seen = await arena.eligible();
      return approve(arena, seen, signedOf(await arena.approval(seen, { window_end: Date.now() + 30 * DAY_MS })));
    },
  },
  {
    by: 'review',
    row: 'contract, auditor: an attested verdict, a resolved incident',
    title: 'HOLD-001: closes an incident in the founder’s name, which frees what the contract holds',
    without: ['founderKey', 'founderSignature'],
    refused: 'FOUNDER_KEY_UNKNOWN',
    alone: { founderSignature: 'FOUNDER_SIGNATURE_INVALID' },
    commit: (arena) => closeIncident(arena),
  },
  {
    by: 'review',
    row: 'same issue, contract and plan throughout',
    title: 'CHAIN-002: rejects a contract under a link that says NOTE of another one',
    without: ['valueAsLinked', 'decisionSays', 'sameSubject', 'sameIssue', 'samePlan'],
    refused: 'VALUE_NOT_AS_LINKED',
    alone: {
      decisionSays: 'SAYS_OTHERWISE',
      sameSubject: 'WRONG_SUBJECT',
      sameIssue: 'ISSUE_MISMATCH',
      samePlan: 'PLAN_MISMATCH',
    },
    commit: async (arena) => {
      const [seen, other] = await Promise.all([arena.eligible(), arena.eligible()]);
      const value = { ...decisionOn(other, 'REJECT', arena.world.founder.founder), reason: 'for no reason at all' };
      await arena.by('review').publish(arena.by('review').make(arena.decision(seen, 'NOTE', value)));
      return {
        happened: async () => (await arena.status(other.key)) === 'REJECTED',
        reasons: () => arena.setAside(seen.key),
      };
    },
  },
];

async function closeIncident(arena: Arena): Promise<Deed> {
  const { active, job } = await arena.executed();
  const fail = await audited(arena, active, job, 'FAIL');
  await arena.world.publish('auditor', fail.outgoing);
  const incident = await arena.world.next('IncidentChanged', (m) => m.key === active.key);
  const failed = await arena.about(active.value.issue_id, 'FAILED');
  const { founder } = arena.world.founder;
  const statement = statementBytes({
    format: 'mandate-resolve-v1',
    purpose: 'RESOLVE',
    contract_id: active.key,
    incident_id: incident.value.incident_id,
    incident_version: incident.value.version,
    reason: 'nothing to see here, move on',
    founder,
    session_id: 'a session',
    nonce: randomUUID(),
    not_after: Date.now() + 60_000,
  });
  const forger = arena.by('review');
  const value = { ...decisionOn(failed, 'RESOLVE_INCIDENT', founder), statement, ...forger.signStatement(statement) };
  await forger.publish(forger.make({ ...arena.decision(failed, 'RESOLVE', value), cites: citing(incident) }));
  const state = async () =>
    (
      await arena.rows<{ state: string }>('contract', 'SELECT state FROM incidents WHERE contract_id = $1', [
        active.key,
      ])
    )[0]?.state;
  const codes = () =>
    arena.rows<{ code: string }>(
      'contract',
      'SELECT code FROM incident_log WHERE incident_id = $1 AND code IS NOT NULL',
      [incident.value.incident_id],
    );
  return {
    happened: async () => (await state()) === 'RESOLVED',
    reasons: async () => [...(await codes()).map((r) => r.code), ...arena.setAside(active.key)],
  };
}

/** A founder's request over HTTP, by a session that holds no key. */
async function request(
  arena: Arena,
  seen: HeardContract,
  signed: Approval['carried'],
  subject?: string,
): Promise<Deed> {
  const url = `${arena.url('review')}/api/v1/contracts/${seen.key}`;
  const headers = arena.session(subject);
  await arena.until(
    'review shows the contract',
    async () => (await fetch(url, { headers })).ok,
    () => null,
  );
  const response = await fetch(`${url}/approve`, {
    method: 'POST',
    headers: {
      ...headers,
      'idempotency-key': randomUUID(),
      'if-match': `"${seen.value.dossier_digest.toString('hex')}"`,
    },
    body: JSON.stringify({
      statement: signed.statement.toString(),
      signature: signed.signature.toString('base64'),
      key_id: signed.key_id,
    }),
  });
  const { code } = (await response.json()) as { code?: string };
  return { happened: async () => (await arena.size(seen)) !== 1, reasons: () => (code ? [code] : []) };
}

export const SESSION_ATTACKS: readonly Attack[] = [
  {
    by: 'session',
    row: 'contract, executor: the founder’s signature',
    title: 'PART2-002: approves in the founder’s session with a key of its own make',
    without: ['founderKey', 'founderSignature'],
    refused: 'FOUNDER_KEY_UNKNOWN',
    alone: { founderSignature: 'FOUNDER_SIGNATURE_INVALID' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const { carried } = await arena.approval(seen);
      return request(arena, seen, { ...carried, ...arena.by('session').signStatement(carried.statement) });
    },
  },
  {
    by: 'session',
    row: 'review: taking an approval',
    title: 'PART2-002: sends an approval again that the founder gave to another contract',
    without: ['statementContract', 'statementDossier', 'statementPlan'],
    refused: 'STATEMENT_FOR_ANOTHER_CONTRACT',
    commit: async (arena) => {
      const [approved, seen] = await Promise.all([arena.eligible(), arena.eligible()]);
      return request(arena, seen, (await arena.approval(approved)).carried);
    },
  },
  {
    by: 'session',
    row: 'review: taking an approval',
    title: 'PART2-002, REVIEW-003: makes the window of an approval longer that it has intercepted',
    without: ['founderSignature'],
    refused: 'FOUNDER_SIGNATURE_INVALID',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const now = Date.now();
      const { carried } = await arena.approval(seen, { window_start: now, window_end: now + 1 });
      const longer = carried.statement.toString().replace(`"window_end":${now + 1}`, `"window_end":${now + DAY_MS}`);
      return request(arena, seen, { ...carried, statement: Buffer.from(longer) });
    },
  },
  {
    by: 'session',
    row: 'review: taking an approval',
    title: 'PART2-002: spends another founder’s approval in its own name',
    without: ['ownStatement'],
    refused: 'STATEMENT_FOR_ANOTHER_FOUNDER',
    commit: async (arena) => {
      const seen = await arena.eligible();
      return request(arena, seen, (await arena.approval(seen)).carried, 'founder-2@local');
    },
  },
];
