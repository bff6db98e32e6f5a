import type { Says } from '@mandate/contracts';
import type { Origin, ReviewAction } from '@mandate/schemas';

export const originOf = (reference: string): Origin => ({
  source: 'support_ticket',
  source_system: 'desk',
  reference,
  submitter: 'alex@example.com',
  tenant: null,
  received_at: Date.now(),
});

export const SAYS: Partial<Record<ReviewAction, Says>> = {
  MODIFY_SCOPE: 'MODIFY',
  ACKNOWLEDGE_INCIDENT: 'ACKNOWLEDGE',
  RESOLVE_INCIDENT: 'RESOLVE',
};

export const searchChange = (value: number) => ({
  kind: 'configuration_update' as const,
  capability: 'search_depth',
  setting: { key: 'max_hops', old: 3, new: value },
});
export const sessionChange = (value: number) => ({
  kind: 'configuration_update' as const,
  capability: 'session_lifetime',
  setting: { key: 'lifetime_minutes', old: 60, new: value },
});
