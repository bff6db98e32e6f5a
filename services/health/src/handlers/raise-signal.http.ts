import { newId } from '@mandate/contracts';
import { CLOCK, type Clock, OperatorLog, Outlet, Problem, ProblemFilter, Tx } from '@mandate/service-kit';
import { Body, Controller, Delete, Headers, HttpCode, Inject, Param, Post, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { HealthStore } from '../adapters/health.store';
import { signalJson } from '../adapters/signal.json';
import { type SignalRow, SignalStore } from '../adapters/signal.store';
import type { GovernanceSignal } from '../domain/scope-state';
import { refusalOf } from '../domain/signal';

const instant = z.union([
  z.number().int().positive(),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);
const raising = z.object({
  scope: z.string().min(1).max(200),
  kind: z.enum(['freeze', 'maintenance']),
  reason: z.string().trim().min(1).max(1_000),
  expires_at: instant,
});
const lifting = z.object({ reason: z.string().trim().min(1).max(1_000) });
const id = z.uuid();

/** What each field wants, for people; a schema's own words are for programmers. */
const WANTED: Readonly<Record<string, string>> = {
  scope: 'scope must be SYSTEM or the name of a capability, in up to 200 characters.',
  kind: 'kind must be freeze or maintenance.',
  reason: 'reason must say why, in up to 1000 characters.',
  expires_at: 'expires_at must be milliseconds since 1970 (UTC) or an ISO 8601 date and time with its offset.',
};

/** Operators raise and lift governance signals. Recorded with their name and said at once; they can only stop (AM-18). */
@Controller('api/v1/signals')
@UseFilters(ProblemFilter)
export class RaiseSignal {
  constructor(
    private readonly signals: SignalStore,
    private readonly health: HealthStore,
    private readonly outlet: Outlet,
    private readonly log: OperatorLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(201)
  raise(@Headers('authorization') authorization: string | undefined, @Body() body: unknown): Promise<object> {
    return this.log.call(authorization, asked('RAISE_SIGNAL', body, 'scope'), async (author) => {
      const { scope, kind, reason, expires_at: expiresAt } = readRaising(body);
      const now = this.clock.now();
      const signal: GovernanceSignal = { signalId: newId(now), scope, kind, reason, author, raisedAt: now, expiresAt };
      await this.outlet.act(async (tx) => {
        const refusal = refusalOf(signal, new Set(await this.health.all(tx)), now);
        if (refusal) throw new Problem(422, refusal.code, refusal.text, refusal.field);
        await this.signals.raise(tx, signal);
        const outcome = `${kind} ${signal.signalId} until ${new Date(expiresAt).toISOString()}`;
        const done = { action: 'RAISE_SIGNAL', operator: author, subject: scope, reason, outcome };
        const told = await this.log.record(tx, done);
        return { result: undefined, outgoing: [...(await this.health.refresh(tx, [scope], now)).outgoing, told] };
      });
      return signalJson({ ...signal, liftedAt: null, liftedBy: null, liftReason: null }, now);
    });
  }

  @Delete(':id')
  lift(
    @Headers('authorization') authorization: string | undefined,
    @Param('id') signalId: string,
    @Body() body: unknown,
  ): Promise<object> {
    const what = { ...asked('LIFT_SIGNAL', body, 'reason'), subject: signalId };
    return this.log.call(authorization, what, async (author) => {
      if (!id.safeParse(signalId).success) throw new Problem(404, 'NO_SUCH_SIGNAL', 'There is no such signal.');
      const { reason } = parsed(lifting, body ?? {});
      const now = this.clock.now();
      const lifted = await this.outlet.act(async (tx) => {
        const signal = await this.found(tx, signalId);
        await this.signals.lift(tx, signalId, author, reason, now);
        const { outgoing } = await this.health.refresh(tx, [signal.scope], now);
        const outcome = `no longer blocks ${signal.scope}`;
        const done = { action: what.action, operator: author, subject: signalId, reason, outcome };
        return { result: await this.found(tx, signalId), outgoing: [...outgoing, await this.log.record(tx, done)] };
      });
      return signalJson(lifted, now);
    });
  }

  private async found(tx: Tx, signalId: string): Promise<SignalRow> {
    const signal = await this.signals.find(tx, signalId);
    if (!signal) throw new Problem(404, 'NO_SUCH_SIGNAL', 'There is no such signal.');
    return signal;
  }
}

/** What was asked, as far as the body says, for the record of who asked. */
function asked(action: string, body: unknown, subject: 'scope' | 'reason') {
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  const reason = typeof given['reason'] === 'string' && given['reason'].trim() ? given['reason'].trim() : null;
  return { action, subject: String(given[subject] ?? ''), reason };
}

/** What a request to raise a signal says. @throws Problem 400 with the field and what it wants */
export function readRaising(body: unknown): z.output<typeof raising> {
  return parsed(raising, body);
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path[0];
  const name = typeof field === 'string' ? field : undefined;
  throw new Problem(400, 'INVALID', WANTED[name ?? ''] ?? 'The body must be a JSON object.', name);
}
