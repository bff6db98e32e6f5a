import type { CancellationReceived } from '@mandate/schemas';
import type { CommandOf } from '../domain/commands';
import { storable } from './columns';

/** A CRM's cancellation as a command; whoever submitted the issue is its actor. */
export function toCancellation(value: CancellationReceived): CommandOf<'cancel'> {
  const { origin } = value;
  return {
    type: 'cancel',
    actor: storable(origin.submitter ?? origin.source_system),
    reason: storable(value.reason).trim() || 'Cancelled by its requestor.',
  };
}
