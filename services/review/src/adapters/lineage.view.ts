import { changeFromWire, type Json } from '@mandate/contracts';
import { sameJson, writesOf } from '@mandate/judgement';
import type { ContractChanged } from '@mandate/schemas';
import type { LineageItemView, TtlView } from '../api/lineage.schema';
import { instant } from './presentable';

/** A contract's revisions, the original first, each with what it would write otherwise than the one that it replaced. */
export function toLineage(contracts: readonly ContractChanged[]): LineageItemView[] {
  const byId = new Map(contracts.map((c) => [c.contract_id, c]));
  return contracts.map((contract) => {
    const parent = contract.parent_contract_id === null ? undefined : byId.get(contract.parent_contract_id);
    return {
      contract_id: contract.contract_id,
      revision: contract.revision,
      status: contract.status,
      title: contract.title,
      created_at: instant(contract.created_at),
      modified_by: parent?.status === 'SUPERSEDED' ? modifierOf(parent) : null,
      reason: parent?.status_reason ?? null,
      difference: parent ? differenceOf(writtenBy(parent), writtenBy(contract)) : [],
    };
  });
}

/** Who superseded it: the founder, who speaks last of it. */
function modifierOf({ changes }: ContractChanged): string | null {
  return changes.findLast((change) => change.to === 'SUPERSEDED')?.actor ?? null;
}

type Written = ReadonlyMap<string, Json>;

function writtenBy({ proposed_changes }: ContractChanged): Written {
  const known = proposed_changes.filter((c) => c.kind !== 'unknown').map(changeFromWire);
  return new Map(known.flatMap(writesOf).map(({ target, to }) => [target, to]));
}

function differenceOf(was: Written, is: Written): LineageItemView['difference'] {
  const targets = [...new Set([...was.keys(), ...is.keys()])].sort();
  return targets
    .map((target) => ({ target, was: was.get(target) ?? null, is: is.get(target) ?? null }))
    .filter((one) => !sameJson(one.was, one.is));
}

const HOLDERS = ['CHECKS', 'FOUNDER', 'REQUESTOR'] as const;

/** Who had to act, from when to when, and how much of the time to live is left. */
export function toTtl(contract: ContractChanged, now: number): TtlView {
  const { expires_at, ttl_paused_at, ttl_ledger, status } = contract;
  const isReviewed = status === 'DRAFT' || status === 'VALIDATED' || status === 'ELIGIBLE';
  return {
    is_running: isReviewed && ttl_paused_at === null,
    expires_at: instant(expires_at),
    remaining_ms: isReviewed ? Math.max(0, expires_at - (ttl_paused_at ?? now)) : null,
    ledger: ttl_ledger.map(({ holder, from, to }) => ({
      holder: HOLDERS.find((known) => known === holder) ?? 'CHECKS',
      since: instant(from),
      until: instant(to),
    })),
  };
}
