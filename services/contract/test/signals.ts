import type { Messages } from '@mandate/schemas';

type Signal = Messages['HealthChanged']['signals'][number];

/** A freeze that an operator raised, for a day. */
export function freeze(scope: string, now: number): Signal {
  return {
    ...{ signal_id: `freeze of ${scope}`, scope, kind: 'freeze', decision: 'BLOCKED', source: 'operators' },
    ...{ author: 'sam', reason: 'month end', observed_at: now, expires_at: now + 86_400_000 },
  };
}
