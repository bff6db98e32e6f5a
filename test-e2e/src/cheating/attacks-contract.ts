import { changeToWire } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { type Citation, citing } from '@mandate/service-kit';
import type { Arena } from './arena';
import type { Attack } from './attack';
import type { Bend } from './attacker';
import type { Approval, HeardContract } from './honest';

type ContractValue = Messages['ContractChanged'];

/** ACTIVE as the contract service would say it; whoever forges it bends it. */
export function activation(seen: HeardContract, cites: Citation, altered: Partial<ContractValue>) {
  const version = seen.value.version + 2;
  const move = {
    version,
    from: 'APPROVED',
    to: 'ACTIVE',
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
    status: 'ACTIVE',
    changes: [move],
    ...altered,
  };
  const { contract_id: key, issue_id: issueId, plan_digest: planDigest } = seen.value;
  return {
    message: 'ContractChanged',
    key,
    says: 'ACTIVE',
    issueId,
    version,
    planDigest,
    cites,
    now: Date.now(),
    value,
  } as const;
}

async function order(
  arena: Arena,
  seen: HeardContract,
  approval: Approval,
  altered: Partial<ContractValue> = {},
  bend: Bend = {},
) {
  const record = arena
    .by('contract')
    .make(activation(seen, citing(approval.mandate), { approval: approval.carried, ...altered }), bend);
  await arena.by('contract').publish(record);
  return arena.order(seen);
}

export const CONTRACT_ATTACKS: readonly Attack[] = [
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
      const later = Date.now() + 3_600_000;
      const approval = await arena.approval(seen, { window_start: later, window_end: later + 3_600_000 });
      const window = { window_start: Date.now(), window_end: later };
      const statement = Buffer.from(
        approval.carried.statement
          .toString()
          .replace(`"window_end":${later + 3_600_000}`, `"window_end":${later}`)
          .replace(`"window_start":${later}`, `"window_start":${window.window_start}`),
      );
      return order(arena, seen, approval, { approval: { ...approval.carried, ...window, statement } });
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
      const saying = { ...activation(seen, citing(mandate), { approval: carried }), permits };
      await arena.by('contract').publish(arena.by('contract').make(saying));
      return arena.order(seen);
    },
  },
];
