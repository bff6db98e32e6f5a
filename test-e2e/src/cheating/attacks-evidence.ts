import { citing } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack, Deed } from './attack';
import { auditOf, evaluationOf } from './execution-values';
import type { HeardContract } from './honest';
import { auditSaying, evaluationSaying } from './honest-endings';
import { decisionOn } from './honest-values';

/** The auditor has recorded so many messages of a type about a key, and found nothing; or what it found. */
function recorded(arena: Arena, key: string, type: string, count: number): Deed {
  const sql = "SELECT 1 FROM evidence WHERE convert_from(key, 'UTF8') = $1 AND message_type = $2";
  const reasons = async () => (await arena.findings()).filter((f) => f.sentence.includes(key)).map((f) => f.kind);
  return {
    happened: async () =>
      (await arena.rows('auditor', sql, [key, type])).length >= count && (await reasons()).length === 0,
    reasons,
  };
}

const note = (arena: Arena, seen: HeardContract, reason: string) => ({
  ...arena.decision(seen, 'NOTE', { ...decisionOn(seen, 'NOTE', arena.world.founder.founder), reason }),
});

/** A thief of the contract service's database plants a record among the parked ones. */
const PLANTED = `INSERT INTO parked (kind, topic, partition, "offset", key, value, headers, broker_time, code, reason, parked_at, reader)
  VALUES ('PARKED', $1, 0, $2, $3, $4, $5, 0, 'BUG', 'planted', 0, 'decide')`;

async function plant(
  arena: Arena,
  contract: HeardContract,
  forged: ReturnType<ReturnType<Arena['by']>['make']>,
): Promise<Deed> {
  const before = await arena.violations('contract');
  const headers = JSON.stringify([['mandate', forged.mandate.toString('base64')]]);
  const offset = 1_000_000 + arena.next('planted');
  await arena.asRole('contract', PLANTED, [forged.topic, offset, Buffer.from(forged.key), forged.value, headers]);
  const body = JSON.stringify({ topic: forged.topic, key: forged.key, reason: 'please try this one again' });
  await fetch(`${arena.url('contract')}/api/v1/parked/redrive`, { method: 'POST', headers: arena.operator, body });
  const after = await arena.violations('contract');
  const codes = [...after].filter(([code, count]) => count > (before.get(code) ?? 0)).map(([code]) => code);
  return { happened: async () => (await arena.status(contract.key)) === 'COMPLETED', reasons: () => codes };
}

export const EVIDENCE_ATTACKS: readonly Attack[] = [
  {
    by: 'broker',
    row: 'equivocations and gaps',
    title: 'EVID-001: loses a message that others follow on; the auditor finds the gap',
    without: ['gap'],
    refused: 'GAP',
    commit: async (arena) => {
      const seen = await arena.eligible();
      note(arena, seen, 'This one is lost.');
      await arena.world.say('review', note(arena, seen, 'This one is not.'));
      return recorded(arena, seen.key, 'ReviewDecided', 1);
    },
  },
  {
    by: 'review',
    row: 'equivocations and gaps',
    title: 'EVID-001: says two different things in one place, to whom it likes; the auditor finds both',
    without: ['equivocation'],
    refused: 'EQUIVOCATION',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const first = note(arena, seen, 'For some of you.');
      const value = { ...decisionOn(seen, 'NOTE', arena.world.founder.founder), reason: 'For the others.' };
      await arena.world.say('review', first);
      await arena.by('review').publish(arena.by('review').make({ ...first, value }));
      return recorded(arena, seen.key, 'ReviewDecided', 2);
    },
  },
  {
    by: 'eligibility',
    row: 'auditor: a verdict',
    title: 'ELIG-001, AUDIT-001: says MAY on facts that do not give it; the auditor judges again',
    without: ['judgedAgain'],
    refused: 'ELIGIBILITY',
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      await arena.world.say('health', evaluationSaying(active, job, evaluationOf(active, job.value.job_id)));
      const verdict = await arena.world.next('AuditConcluded', (m) => m.key === active.key, 60_000);
      const check = verdict.value.checks.find((c) => c.id === 'ELIGIBILITY');
      return {
        happened: () => check?.result === 'PASS',
        reasons: () => (check && check.result === 'FAIL' && verdict.value.verdict !== 'PASS' ? [check.id] : []),
      };
    },
  },
  {
    by: 'contract',
    row: 're-drive',
    title:
      'FLOW-004, PART2-004: plants a PASS without an evaluation among the parked messages, and has an operator re-drive it',
    without: ['edge'],
    refused: 'NO_EDGE',
    commit: async (arena) => {
      const { active, job } = await arena.executed();
      const pass = arena.by('auditor').make(auditSaying(active, job, auditOf(active, job.value.job_id, 'PASS')));
      return plant(arena, active, pass);
    },
  },
  {
    by: 'contract',
    row: 're-drive',
    title: 'FLOW-004, PART2-002: plants an approval that is not review’s among the parked messages',
    without: ['keyOfWriter', 'founderKey', 'founderSignature'],
    refused: 'UNKNOWN_KEY',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const { value } = await arena.approval(seen);
      const forger = arena.by('contract');
      const decided = { ...value, ...forger.signStatement(value.statement as Buffer) };
      const deed = await plant(
        arena,
        seen,
        forger.make({ ...arena.decision(seen, 'APPROVE', decided), cites: citing(seen) }),
      );
      return { ...deed, happened: async () => (await arena.size(seen)) !== 1 };
    },
  },
];
