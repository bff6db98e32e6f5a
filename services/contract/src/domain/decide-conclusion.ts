import type { CommandOf } from './commands';
import type { Contract } from './contract';
import type { ContractEvent } from './events';

/**
 * What the auditor's verdict on the CHANGE job does (PART2-004, CONTRACT-004): PASS closes (AUDIT-002), FAIL orders the
 * rollback (AUDIT-003), INCONCLUSIVE is recorded and the contract stays ACTIVE.
 *
 * @returns no events where the contract is not ACTIVE: the verdict came too late and is kept by its receiver
 */
export function decideConclusion(
  { verdict, reason }: CommandOf<'conclude'>,
  contract: Contract,
  now: number,
): readonly ContractEvent[] {
  if (contract.status !== 'ACTIVE') return [];
  const by = { at: now, actor: 'auditor', cause: 'AuditConcluded', code: null, reason };
  switch (verdict) {
    case 'PASS':
      return [{ ...by, type: 'completed' }];
    case 'FAIL':
      return [{ ...by, type: 'failed', reason }]; // SM-004
    case 'INCONCLUSIVE':
      return [{ ...by, type: 'audit-inconclusive', code: 'INCONCLUSIVE' }];
  }
}
