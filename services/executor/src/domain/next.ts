import type { CapabilityState } from '@mandate/contracts';
import type { HealthSeen, JobStep } from './job';

/** What a job decides on, as it is at one instant. */
export interface Facts {
  /** Epoch milliseconds. */
  readonly now: number;
  /** A look at the health of a scope. */
  seen(scope: string): HealthSeen;
  /** Why a governance signal blocks the capability or the whole system; null if none does. */
  blockedBy(capability: string): string | null;
  /** The capability as it is now; undefined if the registry does not know it. */
  target(capability: string): CapabilityState | undefined;
  /** Why this executor has no way to change the capability; null if it has one. */
  noWayTo(capability: string): string | null;
  readonly limits: Limits;
}

/** Something that stands in the way: a code and a sentence's part. */
export interface Obstacle {
  readonly code: string;
  readonly reason: string;
}

export interface Limits {
  readonly stepHealthWaitMs: number;
  readonly recheckMs: number;
  readonly rollbackAttempts: number;
  readonly rollbackBackoffMs: number;
}

/** What a job does next; at most one step at a time (JOB-004). */
export type Next =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'run';
      readonly step: JobStep;
      readonly attempt: number;
      readonly healthSeen: readonly HealthSeen[];
    }
  | {
      /** A step was running when the process died: its outcome is unknown and is looked up before anything else. */
      readonly kind: 'resume';
      readonly step: JobStep;
      /** Why it may not be sent once more, even where it is seen not to have happened; null if it may. */
      readonly hindrance: Obstacle | null;
      readonly healthSeen: readonly HealthSeen[];
    }
  | {
      readonly kind: 'wait';
      readonly code: string;
      readonly reason: string;
      readonly index: number;
      readonly dueAt: number;
      /** True where only the pace is kept: nothing stands in the way, so nothing is recorded. */
      readonly isSilent: boolean;
      readonly healthSeen: readonly HealthSeen[];
    }
  | {
      readonly kind: 'end';
      readonly state: 'COMPLETED' | 'FAILED';
      readonly code: string | null;
      readonly reason: string | null;
    };

/** Looks at the health of the whole system and of a capability; what a step records (JOB-002). */
export function lookAt(facts: Facts, capability: string): readonly HealthSeen[] {
  return [facts.seen('SYSTEM'), facts.seen(capability)];
}
