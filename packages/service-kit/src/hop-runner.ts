import { type LinkedName, sha256 } from '@mandate/contracts';
import type { Clock } from './clock';
import type { Database, Tx } from './database';
import { describeError } from './error-text';
import { backOffMs, isTransient, PermanentFault, UnauthorisedFault } from './faults';
import type { Batch, Message, RawMessage } from './hop';
import { idsOf } from './logger';
import type { Outlet } from './outlet';
import type { Parking, Stopped } from './parking';
import type { Outgoing } from './say';
import { Screening, type ScreeningOptions } from './screening';
import type { Hopped } from './tracing';

export type Handler = (batch: Batch<unknown>, tx: Tx) => Promise<readonly Outgoing[]>;

/** What the kit knows of reference data: how far its copies are (FLOW-006). */
export interface BasisSource {
  versions(): Promise<{ readonly registryVersion: number; readonly healthVersion: number }>;
}

export interface RunnerOptions extends ScreeningOptions {
  readonly handlerOf: (message: string) => Handler | undefined;
  readonly database: Database;
  readonly outlet: Outlet;
  readonly parking: Parking;
  readonly clock: Clock;
  readonly basis: BasisSource | null;
  readonly basisWaitMs: number;
}

/** Says whether to go on: false once the consumer stops or lost the partition. */
export type GoOn = () => boolean;
class NoLongerOurs extends Error {}

const TRIES_ALONE = 5;

/** One reader of one topic: takes chunks of records through the hop, whatever happens on the way. */
export class HopRunner {
  readonly readerId: string;
  private readonly isRaw: boolean;
  private readonly screening: Screening;

  constructor(private readonly o: RunnerOptions) {
    this.readerId = `${o.reader.mode}`;
    this.isRaw = o.topic.messages[0] === 'CrmIssue';
    this.screening = new Screening(o);
  }

  /**
   * Handles a chunk: when it resolves to true its effects are committed and published, and its offsets may be committed.
   * False: the consumer is stopping or no longer owns the partition; nothing may be committed.
   */
  async run(records: readonly RawMessage[], goOn: GoOn): Promise<boolean> {
    try {
      const { accepted, stopped } = await this.screening.screen(records);
      const late = await this.waitForBasis(accepted, goOn);
      const ready = accepted.filter((m) => !late.includes(m));
      const all = [
        ...stopped,
        ...late.map((m) =>
          this.screening.stop(m, 'BASIS_AHEAD', 'was decided on reference data this service has not seen'),
        ),
      ];
      await this.together(ready, all, goOn);
      return true;
    } catch (error) {
      if (error instanceof NoLongerOurs) return false;
      throw error;
    }
  }

  /** FLOW-006: waits until the own copies are as new as what the messages were decided on. Returns those that waited too long. */
  private async waitForBasis(accepted: readonly RawMessage[], goOn: GoOn): Promise<RawMessage[]> {
    const { basis, reader } = this.o;
    if (!basis || reader.mode !== 'decide' || this.isRaw) return [];
    const wants = accepted.map((m) => (m as Message<{ registry_version?: number; health_version?: number }>).value);
    const startedAt = this.o.clock.now();
    for (let attempt = 0; ; attempt++) {
      const have = await this.patiently(() => basis.versions(), goOn);
      const late = accepted.filter(
        (_, i) =>
          (wants[i]?.registry_version ?? 0) > have.registryVersion ||
          (wants[i]?.health_version ?? 0) > have.healthVersion,
      );
      if (late.length === 0 || this.o.clock.now() - startedAt > this.o.basisWaitMs) return late;
      await pause(Math.min(200, 10 * (attempt + 1)));
      if (!goOn()) throw new NoLongerOurs();
    }
  }

  /** The whole chunk in one transaction; if a message spoils it, one by one. */
  private async together(accepted: readonly RawMessage[], stopped: readonly Stopped[], goOn: GoOn): Promise<void> {
    try {
      await this.patiently(() => this.once(accepted, stopped), goOn);
    } catch (error) {
      if (error instanceof NoLongerOurs) throw error;
      this.o.logger.warn(
        accepted.length === 1 ? idsOf(accepted[0] as RawMessage) : {},
        `a batch of ${accepted.length} failed, its messages are tried one by one: ${describeError(error)}`,
      );
      const inOrder = [...accepted, ...stopped].sort((a, b) => offsetOf(a) - offsetOf(b));
      for (const one of inOrder) {
        if ('code' in one) await this.patiently(() => this.once([], [one]), goOn);
        else await this.alone(one, goOn);
      }
    }
  }

  private async alone(message: RawMessage, goOn: GoOn): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.patiently(() => this.once([message], []), goOn);
      } catch (error) {
        if (error instanceof NoLongerOurs) throw error;
        const isPermanent = error instanceof PermanentFault;
        const { topic, partition, offset } = message;
        this.o.logger.error(
          { err: error, topic, partition, offset, attempt: attempt + 1, ...idsOf(message) },
          describeError(error),
        );
        if (isPermanent || attempt + 1 >= TRIES_ALONE) {
          const stopped = this.screening.stop(message, isPermanent ? error.code : 'BUG', describeError(error));
          const isViolation = error instanceof UnauthorisedFault; // CHAIN-003: holds no key
          if (isViolation) this.o.metrics.violations.inc({ code: error.code });
          return await this.patiently(
            () => this.once([], [isViolation ? { ...stopped, kind: 'SET_ASIDE' } : stopped]),
            goOn,
          );
        }
        await pause(backOffMs(attempt));
      }
    }
  }

  /** Repeats while the fault is transient, such as a database that is gone (FLOW-005); anything else is thrown. */
  private async patiently<T>(work: () => Promise<T>, goOn: GoOn): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!isTransient(error)) throw error;
        this.o.metrics.failures.inc({ code: 'TRANSIENT' });
        if (attempt % 10 === 0) this.o.logger.warn(`waiting: ${describeError(error)}`);
        await pause(backOffMs(attempt));
        if (!goOn()) throw new NoLongerOurs();
      }
    }
  }

  private async once(accepted: readonly RawMessage[], stopped: readonly Stopped[]): Promise<void> {
    const { database, outlet, clock } = this.o;
    let into: ReadonlySet<string> = new Set();
    const done = await database.transaction(async (tx) => {
      const now = clock.now();
      const { fresh, held } = await this.admit(tx, accepted, stopped, now);
      const outgoing = await this.handle(tx, fresh, now);
      const dead = await this.o.parking.stop(tx, this.readerId, [...stopped, ...held], now);
      into = await outlet.queue(tx, [...outgoing, ...dead], fresh);
      return { handled: fresh, stopped: [...stopped, ...held], outgoing, startedAt: now };
    });
    await outlet.publishPatiently(into, () => true);
    this.trace(done);
  }

  private trace(done: Omit<Hopped, 'topic' | 'reader' | 'endedAt'>): void {
    const { topic, reader, clock } = this.o;
    this.o.outlet.tracing?.processed({ ...done, topic, reader, endedAt: clock.now() });
  }

  /** FLOW-002: what was seen is dropped. FLOW-004: what follows a parked message of its key is parked behind it. */
  private async admit(
    tx: Tx,
    accepted: readonly RawMessage[],
    stopped: readonly Stopped[],
    now: number,
  ): Promise<{ fresh: RawMessage[]; held: Stopped[] }> {
    if (accepted.length === 0 || this.o.reader.mode !== 'decide') return { fresh: [...accepted], held: [] };
    let rest = [...accepted];
    let held: Stopped[] = [];
    if (!this.isRaw) {
      const keys = await this.o.parking.held(
        tx,
        this.readerId,
        this.o.topic.name,
        rest.map((m) => m.key),
      );
      const parkedHere = stopped.filter((s) => s.kind === 'PARKED');
      const isHeld = (m: RawMessage): boolean =>
        keys.has(m.key.toString('latin1')) ||
        parkedHere.some((s) => s.message.key.equals(m.key) && offsetOf(s) < offsetOf(m));
      held = rest
        .filter(isHeld)
        .map((m) => ({ kind: 'PARKED', message: m, code: 'HELD', reason: 'an earlier message of its key is parked' }));
      rest = rest.filter((m) => !isHeld(m));
    }
    return { fresh: await this.unseen(tx, rest, now), held };
  }

  private async unseen(tx: Tx, messages: readonly RawMessage[], now: number): Promise<RawMessage[]> {
    const digests = messages.map((m) =>
      'digest' in m ? (m as Message<unknown>).digest : sha256(`${m.topic}/${m.partition}/${m.offset}`),
    );
    const rows = await tx.rows<{ digest: Buffer }>(
      'INSERT INTO inbox (digest, reader, received_at) SELECT d, $2, $3 FROM unnest($1::bytea[]) AS d ON CONFLICT DO NOTHING RETURNING digest',
      [digests, `${this.readerId}:${this.o.topic.name}`, now],
    );
    const left = new Set(rows.map((r) => r.digest.toString('latin1')));
    return messages.filter((_, i) => left.delete((digests[i] as Buffer).toString('latin1')));
  }

  private async handle(tx: Tx, messages: readonly RawMessage[], now: number): Promise<Outgoing[]> {
    const byName = new Map<string, RawMessage[]>();
    for (const m of messages) {
      const name = this.isRaw
        ? 'CrmIssue'
        : this.o.reader.mode === 'evidence'
          ? 'EVIDENCE'
          : (m as Message<unknown>).link.type;
      const list = byName.get(name);
      if (list) list.push(m);
      else byName.set(name, [m]);
    }
    const outgoing: Outgoing[] = [];
    for (const [name, list] of byName) {
      const handler = this.o.handlerOf(name as LinkedName);
      if (!handler) throw new PermanentFault('NO_HANDLER', `${name} on ${this.o.topic.name} has no handler`);
      const { metrics, topic } = this.o;
      const stopTimer = metrics.handlerSeconds.startTimer({ messaging_destination_name: topic.name, message: name });
      metrics.batchSize.observe({ message: name }, list.length);
      for (const m of this.o.reader.mode === 'decide' ? list : []) {
        const receivedAt = (m as Partial<Message<{ origin?: { received_at: number } }>>).value?.origin?.received_at;
        if (receivedAt) metrics.sinceReceiptSeconds.observe({ message: name }, Math.max(0, now - receivedAt) / 1_000);
      }
      outgoing.push(...(await handler({ messages: list, now }, tx)));
      stopTimer();
    }
    return outgoing;
  }

  /** Takes one parked key through the same check and handler, in order; stops at the first that fails again (AM-18). */
  async redrive(key: Buffer, goOn: GoOn = () => true): Promise<{ readonly redriven: number; readonly left: number }> {
    const rows = await this.o.database.transaction((tx) =>
      this.o.parking.rows(tx, this.readerId, this.o.topic.name, key),
    );
    let redriven = 0;
    for (const row of rows) {
      const { accepted, stopped } = await this.screening.screen([row]);
      if (stopped.length > 0 || (await this.waitForBasis(accepted, goOn)).length > 0) break;
      let into: ReadonlySet<string> = new Set();
      const done = await this.o.database.transaction(async (tx) => {
        const now = this.o.clock.now();
        const handled = await this.unseen(tx, accepted, now);
        const outgoing = await this.handle(tx, handled, now);
        await tx.run('DELETE FROM parked WHERE parked_id = $1', [row.parkedId]);
        into = await this.o.outlet.queue(tx, outgoing, handled);
        return { handled, stopped: [], outgoing, startedAt: now };
      });
      await this.o.outlet.publishPatiently(into, () => true);
      this.trace(done);
      redriven++;
    }
    return { redriven, left: rows.length - redriven };
  }
}

function offsetOf(one: RawMessage | Stopped): number {
  return Number('code' in one ? one.message.offset : one.offset);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
