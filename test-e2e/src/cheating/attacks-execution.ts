import { planDigest, type Says } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, citingOutside } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack, Deed } from './attack';
import { order, unheardActive } from './attacks-contract';
import { capabilityOf, jobOf } from './execution-values';
import type { HeardContract } from './honest';
import { type Cited, jobSaying, outside } from './honest-endings';

/** The contract service takes a job for the contract's. */
async function jobTaken(arena: Arena, contract: HeardContract, job: Messages['JobChanged']): Promise<Deed> {
  const sql = 'SELECT 1 FROM jobs WHERE contract_id = $1 AND job_id = $2';
  return {
    happened: async () => (await arena.rows('contract', sql, [contract.key, job.job_id])).length > 0,
    reasons: () => arena.setAside(contract.key),
  };
}

async function capability(
  arena: Arena,
  contract: HeardContract,
  cites: Cited,
  says: Says,
  value: Messages['CapabilityChanged'],
) {
  const forger = arena.by('executor');
  const { key, value: terms } = { key: value.capability, value: contract.value };
  const saying = {
    message: 'CapabilityChanged',
    key,
    says,
    issueId: terms.issue_id,
    version: value.version,
    value,
  } as const;
  await forger.publish(
    forger.make({ ...saying, planDigest: terms.plan_digest, cites: citing(cites), now: Date.now() }),
  );
}

/** What the contract service believes a capability's size to be. */
async function believed(arena: Arena, name: string): Promise<number> {
  const sql = "SELECT (state -> 'values' ->> 'size')::int AS size FROM ref_capabilities WHERE capability = $1";
  return (await arena.rows<{ size: number }>('contract', sql, [name]))[0]?.size ?? Number.NaN;
}

const nameOf = (contract: HeardContract): string => contract.value.affected_capabilities[0] as string;
const HELD = 'SELECT 1 FROM holds WHERE contract_id = $1';

export const EXECUTOR_ATTACKS: readonly Attack[] = [
  {
    by: 'executor',
    row: 'edge of the authority table',
    title: 'SM-001, CHAIN-002: reports a job on a contract that nobody approved',
    without: ['edge', 'permitMissing'],
    refused: 'NO_EDGE',
    alone: { permitMissing: 'PERMIT_MISSING' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const job = jobOf(seen);
      await arena.by('executor').publish(arena.by('executor').make(jobSaying(seen, seen, job)));
      return jobTaken(arena, seen, job);
    },
  },
  {
    by: 'executor',
    row: 'same issue, contract and plan throughout',
    title: 'JOB-001, CHAIN-002: reports a job that carried out another plan',
    without: ['causePlan', 'mayPlan', 'approvePlan', 'samePlan'],
    refused: 'PLAN_MISMATCH',
    alone: { mayPlan: 'PERMIT_MISMATCH', approvePlan: 'PERMIT_MISMATCH', samePlan: 'PLAN_MISMATCH' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const active = await unheardActive(arena, seen);
      const other = planDigest({ changes: [arena.change(9, nameOf(seen))], affected_capabilities: [nameOf(seen)] });
      const job = jobOf(seen, { plan_digest: other });
      const saying = { ...jobSaying(seen, active, job), planDigest: other };
      await arena.by('executor').publish(arena.by('executor').make(saying));
      return jobTaken(arena, seen, job);
    },
  },
  {
    by: 'executor',
    row: 'permits',
    title: 'JOB-001, CHAIN-002: says that a capability has changed under a contract that nobody approved',
    without: ['edge', 'permitMissing'],
    refused: 'NO_EDGE',
    alone: { permitMissing: 'PERMIT_MISSING' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const heard = await arena.defined(nameOf(seen));
      await capability(arena, seen, seen, 'CHANGED', capabilityOf(heard, seen, 'CHANGE', 7));
      return {
        happened: async () => (await believed(arena, nameOf(seen))) === 7,
        reasons: () => arena.setAside(nameOf(seen)),
      };
    },
  },
  {
    by: 'executor',
    row: 'edge of the authority table',
    title: 'HOLD-001, SM-005: calls a change final before the auditor has passed it, which frees the capability',
    without: ['edge'],
    refused: 'NO_EDGE',
    commit: async (arena) => {
      const { active } = await arena.executed();
      const heard = await arena.changed(nameOf(active));
      await capability(arena, active, active, 'FINAL', capabilityOf(heard, active, 'FINAL', 2));
      return {
        happened: async () => (await arena.rows('contract', HELD, [active.key])).length === 0,
        reasons: () => arena.setAside(nameOf(active)),
      };
    },
  },
  {
    by: 'executor',
    row: 'keys',
    title: 'ELIG-005, CHAIN-002: defines a capability anew by a catalogue that the root never allowed',
    without: ['catalogueAllowed'],
    refused: 'CATALOGUE_NOT_ALLOWED',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const value = capabilityOf(await arena.defined(nameOf(seen)), seen, 'DEFINITION', 8);
      const forger = arena.by('executor');
      const saying = {
        message: 'CapabilityChanged',
        key: nameOf(seen),
        says: 'DEFINED',
        version: value.version,
        value,
      } as const;
      const cites = citingOutside(outside('a catalogue of my own'));
      await forger.publish(forger.make({ ...saying, issueId: null, planDigest: null, cites, now: Date.now() }));
      return {
        happened: async () => (await believed(arena, nameOf(seen))) === 8,
        reasons: () => arena.setAside(nameOf(seen)),
      };
    },
  },
  {
    by: 'executor',
    row: 'executor: a CHANGE job',
    title: 'PART2-002, JOB-001: a thief of the database’s password alters the steps of a job that waits',
    without: ['grant:UPDATE (change) ON job_steps', 'stepsAsSigned'],
    refused: 'permission denied',
    alone: { stepsAsSigned: 'PLAN_ALTERED' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const now = Date.now();
      const approval = await arena.approval(seen, { window_start: now + 1_000, window_end: now + 3_600_000 });
      const ordered = await order(arena, seen, approval);
      const job = `SELECT job_id FROM jobs WHERE contract_id = '${seen.key}'`;
      await arena.until(
        'the job waits',
        async () => (await arena.rows('executor', job)).length > 0,
        () => ordered.reasons(),
      );
      const change = JSON.stringify(arena.change(9, nameOf(seen)));
      const denied = await arena
        .asRole('executor', `UPDATE job_steps SET change = $1 WHERE job_id IN (${job})`, [change])
        .then(
          () => [],
          (error: Error) => [error.message.slice(0, 'permission denied'.length)],
        );
      return {
        happened: async () => (await arena.size(seen)) === 9,
        reasons: async () => [...denied, ...(await ordered.reasons())],
      };
    },
  },
];
