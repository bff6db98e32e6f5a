import type { Edge, Link, LinkedName } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

/** A record as the broker gave it. */
export interface RawMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer;
  readonly bytes: Buffer;
  /** The broker's append time on `crm.issues.v1`, else the producer's; epoch milliseconds. */
  readonly brokerTime: number;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** A message that passed the authority check and was decoded. */
export interface Message<V> extends RawMessage {
  readonly value: V;
  readonly link: Link;
  /** `effect` is false where the message only records something and is no authority for anything new. */
  readonly edge: Edge;
  readonly cause: Link | null;
  readonly may: Link | null;
  readonly approve: Link | null;
  /** SHA-256 of the link: the message's identity. */
  readonly digest: Buffer;
  /** The mandate header as received; pass it to `citing` or store it to cite later. */
  readonly mandate: Buffer;
}

/** What a handler gets: messages in order, and one reading of the clock for all of them. */
export interface Batch<M> {
  readonly messages: readonly M[];
  readonly now: number;
}
export type HopBatch<N extends LinkedName> = Batch<Message<Messages[N]>>;

/** A due timer; it is gone once the handler's transaction commits, unless set again. */
export interface DueTimer {
  readonly aggregateId: string;
  readonly dueAt: number;
}
export type TimerBatch = Batch<DueTimer>;

export const hopPattern = (message: string): string => `hop:${message}`;
export const timerPattern = (kind: string): string => `timer:${kind}`;

/**
 * Marks a controller's method as the handler of a message type: `handle(batch: HopBatch<N>, tx: Tx): Promise<Outgoing[]>`.
 * `CrmIssue` comes raw (`Batch<RawMessage>`), since what an outsider wrote is refused by its handler, not parked.
 * `EVIDENCE` is the auditor's record of every type (`Batch<Message<unknown>>`).
 */
export function Hop(message: LinkedName | 'CrmIssue' | 'EVIDENCE'): MethodDecorator {
  return onPattern(hopPattern(message));
}

/** Marks a method as what happens when timers of a kind are due: `fire(batch: TimerBatch, tx: Tx): Promise<Outgoing[]>`. */
export function OnTimer(kind: string): MethodDecorator {
  return onPattern(timerPattern(kind));
}

/** The batch is the payload, the open transaction the context. */
function onPattern(pattern: string): MethodDecorator {
  return (target, key, descriptor) => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    return EventPattern(pattern)(target, key, descriptor);
  };
}
