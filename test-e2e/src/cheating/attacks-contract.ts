import { type Cited as CitedLink, changeToWire, decodeMandate, encodeMandate, type Says } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { type Citation, citing, say } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack } from './attack';
import type { Approval, HeardContract } from './honest';
import { audited, type Cited, type Made } from './honest-endings';

type ContractValue = Messages['ContractChanged'];
type State = 'ACTIVE' | 'COMPLETED' | 'FAILED';

/** What the contract service says of a contract that moved; whoever forges it alters the value. */
export function moved(seen: HeardContract, says: State, cites: Citation, altered: Partial<ContractValue> = {}) {
  const version = seen.value.version + 2;
  const from = says === 'ACTIVE' ? 'APPROVED' : 'ACTIVE';
  const change = {
    version,
    from,
    to: says,
    cause: 'FACT',
    actor: 'contract',
    code: null,
    reason: null,
    at: Date.now(),
  };
  const value: ContractValue = {
    ...seen.value,
    from_version: version - 1,
    version,
    status: says,
    changes: [change],
    ...altered,
  };
  const { contract_id: key, issue_id: issueId, plan_digest: planDigest } = seen.value;
  return {
    message: 'ContractChanged',
    key,
    says: says as Says,
    issueId,
    version,
    planDigest,
    cites,
    now: Date.now(),
    value,
  } as const;
}

/** ACTIVE as the honest contract service would say it; only made, so that nobody has heard it. */
export async function unheardActive(arena: Arena, seen: HeardContract): Promise<Made> {
  const approval = await arena.approval(seen);
  const outgoing = say(moved(seen, 'ACTIVE', citing(approval.mandate), { approval: approval.carried }));
  return { outgoing, mandate: await arena.world.prove('contract', outgoing.mandate) };
}

/** The contract service orders execution by itself. */
export async function order(
  arena: Arena,
  seen: HeardContract,
  approval: Approval,
  altered: Partial<ContractValue> = {},
) {
  const saying = moved(seen, 'ACTIVE', citing(approval.mandate), { approval: approval.carried, ...altered });
  await arena.by('contract').publish(arena.by('contract').make(saying));
  return arena.order(seen);
}

/** Whether the executor still counts a contract's change as provisional. */
async function isProvisional(arena: Arena, contract: HeardContract): Promise<boolean> {
  const sql = 'SELECT 1 FROM capabilities WHERE provisional_contract_id = $1';
  return (await arena.rows('executor', sql, [contract.key])).length > 0;
}

const HOUR_MS = 3_600_000;

const ORDERS: readonly Attack[] = [
  {
    by: 'contract',
    row: 'executor: a CHANGE job',
    title: 'PART2-002: swaps the plan: other changes under the link and the approval of those that were approved',
    without: ['orderPlan', 'statementPlan', 'stepsAsSigned'],
    refused: 'PLAN_SWAPPED',
    alone: { statementPlan: 'STATEMENT_FOR_ANOTHER_PLAN', stepsAsSigned: 'PLAN_ALTERED' },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const [capability] = seen.value.affected_capabilities;
      const changes = [changeToWire(arena.change(9, capability))];
      return order(arena, seen, await arena.approval(seen), { proposed_changes: changes });
    },
  },
  {
    by: 'contract',
    row: 'contract, executor: the founder’s signature',
    title: 'PART2-002, REVIEW-003: moves the window that a founder signed',
    without: ['founderSignature'],
    refused: 'FOUNDER_SIGNATURE_INVALID',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const now = Date.now();
      const [start, end] = [now + HOUR_MS, now + 2 * HOUR_MS];
      const approval = await arena.approval(seen, { window_start: start, window_end: end });
      const statement = approval.carried.statement
        .toString()
        .replace(`"window_start":${start}`, `"window_start":${now}`);
      const carried = { ...approval.carried, window_start: now, statement: Buffer.from(statement) };
      return order(arena, seen, approval, { approval: carried });
    },
  },
  {
    by: 'contract',
    row: 'permits',
    title: 'PART2-002, CHAIN-002: activates a contract on the approval of another one',
    without: [
      ...(['causeIssue', 'causeSubject', 'causePlan', 'permitIssue', 'approvePlan', 'approveContract'] as const),
      ...(['statementContract', 'statementDossier', 'statementPlan'] as const),
    ],
    refused: 'ISSUE_MISMATCH',
    alone: {
      causeIssue: 'ISSUE_MISMATCH',
      causeSubject: 'SUBJECT_MISMATCH',
      causePlan: 'PLAN_MISMATCH',
      permitIssue: 'PERMIT_MISMATCH',
      approvePlan: 'PERMIT_MISMATCH',
      approveContract: 'PERMIT_MISMATCH',
      statementContract: 'STATEMENT_FOR_ANOTHER_CONTRACT',
      statementDossier: 'STATEMENT_FOR_ANOTHER_DOSSIER',
      statementPlan: 'STATEMENT_FOR_ANOTHER_PLAN',
    },
    commit: async (arena) => {
      const [approved, seen] = await Promise.all([arena.eligible(), arena.eligible()]);
      const { mandate, carried } = await arena.approval(approved);
      const permits = { may: arena.mayOf(seen), approve: mandate };
      const saying = { ...moved(seen, 'ACTIVE', citing(mandate), { approval: carried }), permits };
      await arena.by('contract').publish(arena.by('contract').make(saying));
      return arena.order(seen);
    },
  },
  {
    by: 'contract',
    row: 'edge of the authority table',
    title: 'PART2-002, CHAIN-002: skips the founder: ACTIVE on the MAY alone, with an approval of its own make',
    without: ['edge', 'permitMissing', 'founderKey', 'founderSignature'],
    refused: 'NO_EDGE',
    alone: {
      permitMissing: 'PERMIT_MISSING',
      founderKey: 'FOUNDER_KEY_UNKNOWN',
      founderSignature: 'FOUNDER_SIGNATURE_INVALID',
    },
    commit: async (arena) => {
      const seen = await arena.eligible();
      const forger = arena.by('contract');
      const { carried } = await arena.approval(seen);
      const approval = { ...carried, ...forger.signStatement(carried.statement) };
      await forger.publish(forger.make(moved(seen, 'ACTIVE', citing(arena.mayOf(seen)), { approval })));
      return arena.order(seen);
    },
  },
  {
    by: 'contract',
    row: 'executor: a CHANGE job',
    title: 'CONTRACT-003: has an approved change executed after its window has ended',
    without: ['windowOver'],
    refused: 'WINDOW_OVER',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const now = Date.now();
      return order(
        arena,
        seen,
        await arena.approval(seen, { window_start: now - 2 * HOUR_MS, window_end: now - HOUR_MS }),
      );
    },
  },
  {
    by: 'contract',
    row: 'executor: a CHANGE job',
    title: 'CONTRACT-003: has an approved change executed before its window opens',
    without: ['windowOpen'],
    refused: 'WINDOW_NOT_OPEN',
    commit: async (arena) => {
      const seen = await arena.eligible();
      const now = Date.now();
      return order(
        arena,
        seen,
        await arena.approval(seen, { window_start: now + HOUR_MS, window_end: now + 2 * HOUR_MS }),
      );
    },
  },
  {
    by: 'contract',
    row: 'contract, executor: the founder’s signature',
    title: 'PART2-002: acts on an approval that was taken after its last moment',
    without: ['statementInTime'],
    refused: 'STATEMENT_EXPIRED',
    commit: async (arena) => {
      const seen = await arena.eligible();
      return order(arena, seen, await arena.approval(seen, { not_after: Date.now() - 1_000 }));
    },
  },
  {
    by: 'contract',
    row: 'executor: a CHANGE job',
    title: 'PART2-003, HEALTH-001: has an approved change executed on health that is past its validity',
    without: ['healthInTime'],
    refused: 'HEALTH_UNKNOWN',
    isPutOff: true,
    after: (arena) => arena.health('HEALTHY'),
    commit: async (arena) => {
      const seen = await arena.eligible();
      const approval = await arena.approval(seen);
      await arena.healthHeard('executor', 'HEALTHY', -1);
      return order(arena, seen, approval);
    },
  },
];

const ENDINGS: readonly Attack[] = [
  {
    by: 'contract',
    row: 'executor: a ROLLBACK job',
    title: 'SM-004, CHAIN-002: has a change undone that no auditor failed',
    without: ['edge'],
    refused: 'NO_EDGE',
    commit: async (arena) => {
      const { active } = await arena.executed();
      return undoing(arena, active, moved(active, 'FAILED', citing(active)));
    },
  },
  {
    by: 'contract',
    row: 'executor: a ROLLBACK job',
    title: 'SM-004, CHAIN-002: has a change undone on the FAIL of another contract',
    without: ['causeIssue', 'causeSubject', 'causePlan'],
    refused: 'ISSUE_MISMATCH',
    alone: { causeSubject: 'SUBJECT_MISMATCH', causePlan: 'PLAN_MISMATCH' },
    commit: async (arena) => {
      const [other, { active }] = await Promise.all([arena.executed(), arena.executed()]);
      const fail = await audited(arena, other.active, other.job, 'FAIL');
      return undoing(arena, active, { ...moved(active, 'FAILED', citing(fail)), permits: permitsIn(active) });
    },
  },
  {
    by: 'contract',
    row: 'edge of the authority table',
    title: 'PART2-004, SM-005: makes a change final that no auditor passed',
    without: ['edge'],
    refused: 'NO_EDGE',
    commit: async (arena) => {
      const { active } = await arena.executed();
      const forger = arena.by('contract');
      await forger.publish(forger.make(moved(active, 'COMPLETED', citing(active))));
      return {
        happened: async () => !(await isProvisional(arena, active)),
        reasons: () => arena.setAside(active.key),
      };
    },
  },
];

async function undoing(arena: Arena, active: HeardContract, saying: Parameters<ReturnType<Arena['by']>['make']>[0]) {
  const forger = arena.by('contract');
  await forger.publish(forger.make(saying));
  return { happened: async () => (await arena.size(active)) === 1, reasons: () => arena.setAside(active.key) };
}

/** The permits that a message carries, to be carried on. */
export function permitsIn(heard: Cited) {
  const held = decodeMandate(heard.mandate);
  const alone = (c: CitedLink | null) => c && encodeMandate({ own: c, cause: null, may: null, approve: null });
  return { may: alone(held?.may ?? null), approve: alone(held?.approve ?? null) };
}

export const CONTRACT_ATTACKS: readonly Attack[] = [...ORDERS, ...ENDINGS];
