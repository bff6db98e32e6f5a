import { randomUUID } from 'node:crypto';
import { citing, say } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack, Deed } from './attack';
import { moved, permitsIn, unheardActive } from './attacks-contract';
import { auditOf, evaluationOf, jobOf } from './execution-values';
import type { HeardContract } from './honest';
import { audited, auditSaying, type Cited, evaluated, evaluationSaying, jobSaying } from './honest-endings';

/** The auditor takes up a case about a contract. */
function audit(arena: Arena, contract: HeardContract): Deed {
  const sql = 'SELECT 1 FROM cases WHERE contract_id = $1';
  return {
    happened: async () => (await arena.rows('auditor', sql, [contract.key])).length > 0,
    reasons: () => arena.setAside(contract.key),
  };
}

export const HEALTH_ATTACKS: readonly Attack[] = [
  {
    by: 'health',
    row: 'edge of the authority table',
    title: 'SM-002, CHAIN-002: evaluates a job that is still running',
    without: ['edge'],
    refused: 'NO_EDGE',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const running = say(
        jobSaying(seen, await unheardActive(arena, seen), jobOf(seen, { state: 'RUNNING' }), 'JOB_RUNNING'),
      );
      const job = { mandate: await arena.world.prove('executor', running.mandate) };
      const forger = arena.by('health');
      await forger.publish(forger.make(evaluationSaying(seen, job, evaluationOf(seen, randomUUID()))));
      return audit(arena, seen);
    },
  },
  {
    by: 'health',
    row: 'same issue, contract and plan throughout',
    title: 'AUDIT-001, CHAIN-002: passes the end of one contract’s job off as another’s',
    without: ['causeIssue', 'causeSubject', 'causePlan'],
    refused: 'ISSUE_MISMATCH',
    alone: { causeSubject: 'SUBJECT_MISMATCH', causePlan: 'PLAN_MISMATCH' },
    commit: async (arena) => {
      const [done, other] = await Promise.all([arena.executed(), arena.executed()]);
      const evaluation = evaluationOf(other.active, other.job.value.job_id);
      const saying = { ...evaluationSaying(other.active, done.job, evaluation), permits: permitsIn(other.active) };
      await arena.by('health').publish(arena.by('health').make(saying));
      return audit(arena, other.active);
    },
  },
  {
    by: 'health',
    row: 'value digest',
    title: 'AUDIT-001, CHAIN-002: speaks of one contract in the link and of another in the value',
    without: ['valueAsLinked'],
    refused: 'VALUE_NOT_AS_LINKED',
    commit: async (arena) => {
      const [done, other] = await Promise.all([arena.executed(), arena.executed()]);
      const value = evaluationOf(other.active, other.job.value.job_id);
      await arena.by('health').publish(arena.by('health').make(evaluationSaying(done.active, done.job, value)));
      return { ...audit(arena, other.active), reasons: () => arena.setAside(done.active.key) };
    },
  },
  {
    by: 'health',
    row: 'type and writer fit the topic',
    title: 'CHAIN-001, PART2-004: says PASS itself, where only the auditor may write',
    without: ['acl:mandate.audits.v1', 'writer', 'topicWriter'],
    refused: 'TOPIC_AUTHORIZATION_FAILED',
    alone: { writer: 'WRONG_WRITER', topicWriter: 'WRONG_WRITER' },
    commit: (arena) => passAs(arena, 'health', { writer: 'health' }),
  },
];

/** PASS on a finished job by somebody who is not the auditor. */
async function passAs(
  arena: Arena,
  who: 'health' | 'auditor',
  link: { writer?: 'health' },
  cited?: Cited,
): Promise<Deed> {
  const { active, job } = await arena.executed();
  const cites = cited ?? (await evaluated(arena, active, job));
  const forger = arena.by(who);
  const answer = await forger.publish(
    forger.make(auditSaying(active, cites, auditOf(active, job.value.job_id, 'PASS')), { link }),
  );
  return completed(arena, active, answer);
}

function completed(arena: Arena, contract: HeardContract, answer: string | null = null): Deed {
  return {
    happened: async () => (await arena.status(contract.key)) === 'COMPLETED',
    reasons: () => [...(answer ? [answer] : []), ...arena.setAside(contract.key)],
  };
}

export const AUDITOR_ATTACKS: readonly Attack[] = [
  {
    by: 'auditor',
    row: 'edge of the authority table',
    title: 'PART2-004, CHAIN-002: passes a job that health has not evaluated',
    without: ['edge'],
    refused: 'NO_EDGE',
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      const forger = arena.by('auditor');
      await forger.publish(forger.make(auditSaying(active, job, auditOf(active, job.value.job_id, 'PASS'))));
      return completed(arena, active);
    },
  },
  {
    by: 'auditor',
    row: 'contract: closing',
    title: 'PART2-004: passes a job that is not the contract’s',
    without: ['auditedJob'],
    refused: 'WRONG_JOB',
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      const forger = arena.by('auditor');
      const cites = await evaluated(arena, active, job);
      await forger.publish(forger.make(auditSaying(active, cites, auditOf(active, randomUUID(), 'PASS'))));
      return completed(arena, active);
    },
  },
  {
    by: 'auditor',
    row: 'contract, auditor: an attested verdict, a resolved incident',
    title: 'PART2-004, PART2-002: passes what it could not tell, in the name of a founder who never signed',
    without: ['attestation'],
    refused: 'ATTESTATION_UNVERIFIED',
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      const unclear = await audited(arena, active, job, 'INCONCLUSIVE');
      const word = await arena.attest(active, unclear);
      const forger = arena.by('auditor');
      await forger.publish(forger.make(auditSaying(active, word, auditOf(active, job.value.job_id, 'PASS'), 2)));
      return completed(arena, active);
    },
  },
  {
    by: 'auditor',
    row: 'type and writer fit the topic',
    title: 'CHAIN-001, PART2-004: completes a contract itself, where only the contract service may write',
    without: ['acl:mandate.contracts.v1', 'writer', 'topicWriter'],
    refused: 'TOPIC_AUTHORIZATION_FAILED',
    alone: { writer: 'WRONG_WRITER', topicWriter: 'WRONG_WRITER' },
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      const pass = await audited(arena, active, job, 'PASS');
      const forger = arena.by('auditor');
      const saying = moved(active, 'COMPLETED', citing(pass), { audit_verdict: 'PASS' });
      const answer = await forger.publish(forger.make(saying, { link: { writer: 'auditor' } }));
      const sql = 'SELECT 1 FROM capabilities WHERE provisional_contract_id = $1';
      return {
        happened: async () => (await arena.rows('executor', sql, [active.key])).length === 0,
        reasons: () => [...(answer ? [answer] : []), ...arena.setAside(active.key)],
      };
    },
  },
];
