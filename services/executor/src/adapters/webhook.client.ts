import { lookup } from 'node:dns/promises';
import { breaker, type Clock } from '@mandate/service-kit';
import { AddressRefused, pinnedAddress, type Resolve } from './address-policy';
import { type Answer, ExchangeFailed, exchange } from './http-exchange';
import { signatureHeaders } from './webhook-signature';
import type { WebhookTarget, WebhookTargets } from './webhook-targets.file';

/** A message to a target; the id is its own, or a step's idempotency key. */
export interface WebhookMessage {
  readonly id: string;
  readonly type: 'mandate.step.apply' | 'mandate.step.undo' | 'mandate.step.observe';
  readonly data: unknown;
}

type Breaker = ReturnType<typeof breaker<[WebhookTarget, WebhookMessage, AbortSignal], Answer>>;

const ANSWER_BYTES_MAX = 65_536;
const SERVER_ERROR = 500;
/** The exchange ends by its own time-out before the breaker's, which cannot tell what was sent. */
const BREAKER_GRACE_MS = 1_000;
const resolveAll: Resolve = (hostname) => lookup(hostname, { all: true });

/** Sends signed messages to the targets that are configured; a time-out and a circuit breaker per target. */
export class WebhookClient {
  private readonly breakers = new Map<string, Breaker>();

  constructor(
    private readonly targets: WebhookTargets,
    private readonly clock: Clock,
    private readonly resolve: Resolve = resolveAll,
  ) {}

  has(name: string): boolean {
    return this.targets.has(name);
  }

  close(): void {
    for (const each of this.breakers.values()) each.shutdown();
  }

  /** One exchange. @throws ExchangeFailed: no answer, an answer that says the target is ill, or nothing was sent */
  async send(name: string, message: WebhookMessage, stop: AbortSignal): Promise<Answer> {
    const target = this.targets.get(name);
    if (!target) throw new ExchangeFailed('NOT_CONFIGURED', `no webhook target ${name} is configured`, false);
    try {
      return await this.breakerOf(name, target).fire(target, message, stop);
    } catch (error) {
      if (error instanceof ExchangeFailed) throw error;
      const { code, message: text } = error as NodeJS.ErrnoException;
      if (code === 'EOPENBREAKER')
        throw new ExchangeFailed('CIRCUIT_OPEN', `${name} failed several times and is left alone for a while`, false);
      throw new ExchangeFailed('OUTCOME_UNKNOWN', text, true, { cause: error });
    }
  }

  private breakerOf(name: string, target: WebhookTarget): Breaker {
    const known = this.breakers.get(name);
    if (known) return known;
    const made: Breaker = breaker(name, (...args) => this.exchange(...args), target.timeoutMs + BREAKER_GRACE_MS);
    this.breakers.set(name, made);
    return made;
  }

  private async exchange(target: WebhookTarget, message: WebhookMessage, stop: AbortSignal): Promise<Answer> {
    const { id, type, data } = message;
    const now = this.clock.now();
    const time = new Date(now).toISOString();
    const body = Buffer.from(JSON.stringify({ type, timestamp: time, data }));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'mandate-executor',
      'idempotency-key': id,
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-type': type,
      'ce-source': '/mandate/executor',
      'ce-time': time,
      ...signatureHeaders({ id, timestamp: Math.floor(now / 1_000), body }, target.secrets),
    };
    const address = await this.addressOf(target);
    const { url, ca, timeoutMs } = target;
    const to = { url, address, ca };
    const answer = await exchange({ ...to, headers, body, timeoutMs, answerBytesMax: ANSWER_BYTES_MAX, stop });
    if (answer.status >= SERVER_ERROR)
      throw new ExchangeFailed('OUTCOME_UNKNOWN', `it was sent, but answered with ${answer.status}`, true);
    return answer;
  }

  private async addressOf(target: WebhookTarget) {
    try {
      return await pinnedAddress(target.url, target.allowed, this.resolve);
    } catch (cause) {
      const code = cause instanceof AddressRefused ? 'ADDRESS_REFUSED' : 'HOST_UNKNOWN';
      throw new ExchangeFailed(code, (cause as Error).message, false, { cause });
    }
  }
}
