import { randomUUID } from 'node:crypto';
import type { Json } from '@mandate/contracts';
import { writesOf } from '@mandate/judgement';
import { z } from 'zod';
import type { Action, Driver, Sighting, Try } from './driver';
import { type Answer, ExchangeFailed } from './http-exchange';
import { sightingOf } from './registry.driver';
import type { WebhookClient, WebhookMessage } from './webhook.client';

const values = z.object({ values: z.record(z.string(), z.json()) });
const ACCEPTED = 202;
const ASKS_FOR_PATIENCE = [425, 429];
const TIMED_OUT = 408;

/** Changes a system outside by signed messages: the owner's endpoint does what they say (docs/drivers.md). */
export class WebhookDriver implements Driver {
  readonly isReversible = true;
  readonly checksIdempotencyKey = true;
  readonly isOutside = true;

  constructor(private readonly client: WebhookClient) {}

  whyNot(capability: string): string | null {
    return this.client.has(capability) ? null : `no webhook target is configured for ${capability}`;
  }

  async observe(action: Action, stop: AbortSignal): Promise<Sighting> {
    const targets = writesOf(action.change).map((w) => w.target);
    const message = { type: 'mandate.step.observe', id: randomUUID(), data: { targets } } as const;
    const answer = await this.ask(action, message, stop);
    if (answer instanceof ExchangeFailed)
      return { at: 'UNSEEN', code: 'OUTCOME_UNKNOWN', detail: `a look failed: ${answer.message}` };
    const present = answer.status === 200 ? valuesIn(answer, targets) : null;
    if (!present)
      return {
        at: 'UNSEEN',
        code: 'OUTCOME_UNKNOWN',
        detail: `a look was answered with ${answer.status} and no values`,
      };
    return sightingOf(action.change, (target) => present[target] as Json);
  }

  apply(action: Action, stop: AbortSignal): Promise<Try> {
    return this.write('mandate.step.apply', action, stop);
  }

  undo(action: Action, stop: AbortSignal): Promise<Try> {
    return this.write('mandate.step.undo', action, stop);
  }

  private async write(type: WebhookMessage['type'], action: Action, stop: AbortSignal): Promise<Try> {
    const { idempotencyKey: id, undoes, change } = action;
    const data = { capability: change.capability, undoes, writes: writesOf(change) };
    const answer = await this.ask(action, { type, id, data }, stop);
    if (!(answer instanceof ExchangeFailed)) return tryOf(answer);
    const { code, message: detail, wasSent } = answer;
    return { outcome: wasSent ? 'UNCLEAR' : 'NOT_DONE', code, detail };
  }

  private async ask({ change }: Action, message: WebhookMessage, stop: AbortSignal): Promise<Answer | ExchangeFailed> {
    try {
      return await this.client.send(change.capability, message, stop);
    } catch (error) {
      if (error instanceof ExchangeFailed) return error;
      throw error;
    }
  }
}

function tryOf({ status, body }: Answer): Try {
  const isTaken = status >= 200 && status < 300 && status !== ACCEPTED;
  if (isTaken) return { outcome: 'DONE' };
  const said = body.toString('utf8', 0, 200);
  const detail = `the target answered ${status}${said ? `: ${said}` : ''}`;
  if (ASKS_FOR_PATIENCE.includes(status)) return { outcome: 'NOT_DONE', code: 'TARGET_BUSY', detail };
  if (status >= 400 && status !== TIMED_OUT) return { outcome: 'FAILED', code: 'TARGET_REFUSED', detail };
  return { outcome: 'UNCLEAR', code: 'OUTCOME_UNKNOWN', detail };
}

/** The present values, if all that were asked for are there; JSON from outside, its `__proto__` is a key like others. */
function valuesIn({ body }: Answer, targets: readonly string[]): Record<string, Json> | null {
  try {
    const read = values.parse(JSON.parse(body.toString('utf8')));
    return targets.every((t) => Object.hasOwn(read.values, t)) ? (read.values as Record<string, Json>) : null;
  } catch {
    return null;
  }
}
