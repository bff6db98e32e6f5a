import type { CapabilityDefinition } from '@mandate/contracts';
import { Injectable } from '@nestjs/common';
import type { JobKind, JobStep } from '../domain/job';
import type { Action, Driver, Outcome } from './driver';
import { RegistryDriver } from './registry.driver';

/** The drivers there are; a catalogue that names another is refused at start. */
@Injectable()
export class Drivers {
  private readonly byName = new Map<CapabilityDefinition['driver'], Driver>([['registry', new RegistryDriver()]]);

  get names(): ReadonlySet<string> {
    return new Set(this.byName.keys());
  }

  /**
   * Runs a step: applies its change, or for a rollback undoes it with the stored inverse. What stays unclear is observed
   * once; if that cannot tell either, the outcome is UNCLEAR.
   */
  async run(kind: JobKind, step: JobStep, target: Action['target'] | undefined): Promise<Outcome> {
    const change = kind === 'CHANGE' ? step.change : step.inverse;
    if (!target)
      return {
        outcome: 'FAILED',
        code: 'CAPABILITY_UNKNOWN',
        detail: `${step.change.capability} is not in the registry`,
      };
    if (!change)
      return {
        outcome: 'FAILED',
        code: 'IRREVERSIBLE',
        detail: `a ${step.change.kind} of ${target.capability} cannot be undone`,
      };
    const driver = this.byName.get(target.definition.driver);
    if (!driver)
      return { outcome: 'FAILED', code: 'DRIVER_UNKNOWN', detail: `there is no driver ${target.definition.driver}` };
    const action: Action = { change, idempotencyKey: step.idempotencyKey, target };
    const outcome = kind === 'CHANGE' ? await driver.apply(action) : await driver.undo(action);
    return outcome.outcome === 'UNCLEAR' ? settle(outcome, await driver.observe(action), action) : outcome;
  }
}

function settle(
  unclear: Outcome & { readonly outcome: 'FAILED' | 'UNCLEAR' },
  seen: 'BEFORE' | 'AFTER' | 'UNCLEAR',
  action: Action,
): Outcome {
  if (seen === 'AFTER') return { outcome: 'DONE', target: action.target };
  return seen === 'BEFORE' ? { ...unclear, outcome: 'FAILED' } : unclear;
}
