import type { Json, Registry } from '@mandate/contracts';
import { sameJson, writesOf } from '@mandate/judgement';
import { approvalFacts, factChanges, isSame, presentValue } from './approval-facts';
import type { Approved, Contract, Waiting, WaitingReason } from './contract';
import type { ContractEvent } from './events';
import type { Facts } from './facts';
import { observed } from './recording';

/**
 * Whether an approved contract becomes ACTIVE now, waits, or has missed its window. All its capabilities or none; what
 * it waits for, and what is otherwise than at the approval, is recorded when it changes. CONTRACT-003: ACTIVE is
 * entered inside the window only.
 *
 * @returns no events before the window opens, and while nothing about the wait has changed
 * @see spec 1-workflow §3.6
 */
export function decideActivation(contract: Contract, facts: Facts, now: number): readonly ContractEvent[] {
  if (contract.status !== 'APPROVED') return [];
  const { approval, terms } = contract;
  const neededMs = terms.plan.changes.length * approval.stepTimeoutMs;
  if (now + neededMs > approval.windowEnd) {
    const waited = contract.waiting ? ` It waited for ${contract.waiting.reason}.` : '';
    const reason = `The window ended before the change could be executed; nothing was executed.${waited}`;
    return [{ ...observed('TIMER', now, 'WINDOW_PASSED', reason), type: 'expired', reason }]; // AM-07, AM-09
  }
  if (now < approval.windowStart) return [];
  const obstacle = obstacleOf(contract, facts);
  const sinceApproval = factChanges(approval.facts, approvalFacts(terms, facts));
  if (!obstacle) {
    const by = observed('FACT', now, null, 'The window is open and nothing stands against it.');
    return [{ ...by, type: 'activated', sinceApproval }];
  }
  const isSameReason = obstacle.reason === contract.waiting?.reason;
  const isKnown = isSameReason && obstacle.detail === contract.waiting?.detail;
  if (isKnown && isSame(sinceApproval, contract.sinceApproval)) return [];
  const waiting: Waiting = { ...obstacle, since: isSameReason ? (contract.waiting?.since ?? now) : now };
  return [{ ...observed('FACT', now, obstacle.reason, obstacle.detail), type: 'waits', waiting, sinceApproval }];
}

interface Obstacle {
  readonly reason: WaitingReason;
  readonly detail: string;
}

function obstacleOf(contract: Approved, facts: Facts): Obstacle | null {
  const { contractId, plan } = contract.terms;
  const capabilities = plan.affected_capabilities;
  const frozen = capabilities.find((c) => facts.registry.capabilities.get(c)?.definition.frozen);
  if (frozen) return { reason: 'FROZEN', detail: `The catalogue marks ${frozen} as frozen.` };
  const unwell = ['SYSTEM', ...capabilities].find((s) => facts.health.stateOf(s) !== 'HEALTHY');
  if (unwell) return { reason: 'HEALTH', detail: `${unwell} is ${facts.health.stateOf(unwell)}.` };
  const [signal] = facts.health.blockingSignals(capabilities);
  if (signal)
    return { reason: 'BLOCKED', detail: `${signal.scope}: ${signal.reason ?? 'a governance signal blocks it'}` };
  // Before PLAN_STALE: what the holder is changing may be put back.
  const held = capabilities.find((c) => (facts.holders.get(c) ?? contractId) !== contractId);
  if (held) return { reason: 'HELD_BY', detail: `${held} is held by contract ${facts.holders.get(held)}.` }; // HOLD-001
  const stale = staleTarget(contract, facts.registry);
  return stale ? { reason: 'PLAN_STALE', detail: `${stale} is no longer what the plan starts from.` } : null;
}

/** The first place whose present value is not the plan's old value; later changes start from what earlier ones left. */
function staleTarget(contract: Approved, registry: Registry): string | null {
  const written = new Map<string, Json>();
  for (const write of contract.terms.plan.changes.flatMap(writesOf)) {
    const present = written.has(write.target)
      ? (written.get(write.target) as Json)
      : presentValue(write.target, registry);
    if (present === undefined || !sameJson(present, write.from)) return write.target;
    written.set(write.target, write.to);
  }
  return null;
}
