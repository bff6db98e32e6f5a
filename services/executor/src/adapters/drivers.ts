import type { CapabilityDefinition, CapabilityState, Change } from '@mandate/contracts';
import { CLOCK, type Clock } from '@mandate/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type ExecutorConfig } from '../config';
import type { Driver } from './driver';
import { RegistryDriver } from './registry.driver';
import { WebhookClient } from './webhook.client';
import { WebhookDriver } from './webhook.driver';

type Name = CapabilityDefinition['driver'];

/** The drivers there are; a catalogue that names another is refused at start. */
@Injectable()
export class Drivers implements OnApplicationShutdown {
  private readonly webhook: WebhookClient;
  private readonly byName: Readonly<Record<Name, Driver>>;

  constructor(@Inject(CONFIG) config: Pick<ExecutorConfig, 'WEBHOOK_TARGETS_FILE'>, @Inject(CLOCK) clock: Clock) {
    this.webhook = new WebhookClient(config.WEBHOOK_TARGETS_FILE ?? new Map(), clock);
    this.byName = { registry: new RegistryDriver(), webhook: new WebhookDriver(this.webhook) };
  }

  /** Circuit breakers keep timers. */
  onApplicationShutdown(): void {
    this.webhook.close();
  }

  /** Each driver's name, and whether it can undo. */
  get reversible(): ReadonlyMap<string, boolean> {
    return new Map(Object.entries(this.byName).map(([name, driver]) => [name, driver.isReversible]));
  }

  of(target: CapabilityState): Driver {
    return this.byName[target.definition.driver];
  }

  /** Why a capability cannot be changed by this executor; null if it can. */
  whyNot(target: CapabilityState | undefined): string | null {
    return target ? this.of(target).whyNot(target.capability) : null;
  }
}

/** What a step writes: the approved change, or in a rollback the stored inverse. */
export function changeToRun(
  kind: 'CHANGE' | 'ROLLBACK',
  step: { readonly change: Change; readonly inverse: Change | null },
) {
  return kind === 'CHANGE' ? step.change : step.inverse;
}
