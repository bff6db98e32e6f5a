import { groupId } from '@mandate/contracts';
import { Body, Controller, Get, Headers, HttpCode, Inject, Post, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from './clock';
import { HopServer } from './hop-server';
import { OperatorLog, reasonOf } from './operator-log';
import { Outlet } from './outlet';
import { type Pause, Pauses } from './pauses';
import { Problem, ProblemFilter } from './problem';
import { CLOCK } from './tokens';

const DAY_MS = 86_400_000;
const LONGEST_MS = 30 * DAY_MS;
const reason = z.string().trim().min(1).max(1_000);
const pausing = z.object({
  /** Left out: every topic that the service decides on. */
  topics: z.array(z.string().min(1)).min(1).max(50).optional(),
  reason,
  /** When the pause ends by itself, in milliseconds from now; left out: when it is resumed. */
  for_ms: z.int().min(1_000).max(LONGEST_MS).optional(),
});
const resuming = pausing.omit({ for_ms: true });

/**
 * Stops and starts what a service decides on. What it has read of reference data goes on, as do its timers and its HTTP; the
 * consumer stays in its group. A pause holds for every replica and over restarts.
 */
@Controller('api/v1/consumers')
@UseFilters(ProblemFilter)
export class ConsumersController {
  constructor(
    @Inject(HopServer) private readonly server: HopServer,
    @Inject(Pauses) private readonly pauses: Pauses,
    @Inject(Outlet) private readonly outlet: Outlet,
    @Inject(OperatorLog) private readonly log: OperatorLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  list(@Headers('authorization') authorization: string | undefined): Promise<object> {
    return this.log.look(authorization, 'LIST_CONSUMERS', this.group(), () => Promise.resolve(this.state()));
  }

  @Post('pause')
  @HttpCode(200)
  pause(@Headers('authorization') authorization: string | undefined, @Body() body: unknown): Promise<object> {
    const asked = { action: 'PAUSE', subject: this.subjectOf(body), reason: reasonOf(body) };
    return this.log.call(authorization, asked, async (operator) => {
      const order = this.read(pausing, body);
      const topics = this.chosen(order.topics);
      const pausedAt = this.clock.now();
      const until = order.for_ms === undefined ? null : pausedAt + order.for_ms;
      const outcome = until === null ? 'paused until it is resumed' : `paused until ${new Date(until).toISOString()}`;
      await this.outlet.act(async (tx) => {
        await this.pauses.pause(tx, topics, { operator, reason: order.reason, pausedAt, until });
        const done = { ...asked, operator, subject: topics.join(' '), reason: order.reason, outcome };
        return { result: undefined, outgoing: [await this.log.record(tx, done)] };
      });
      await this.pauses.look();
      return this.state();
    });
  }

  @Post('resume')
  @HttpCode(200)
  resume(@Headers('authorization') authorization: string | undefined, @Body() body: unknown): Promise<object> {
    const asked = { action: 'RESUME', subject: this.subjectOf(body), reason: reasonOf(body) };
    return this.log.call(authorization, asked, async (operator) => {
      const order = this.read(resuming, body);
      const topics = this.chosen(order.topics);
      await this.outlet.act(async (tx) => {
        const resumed = await this.pauses.resume(tx, topics);
        if (resumed.length === 0) throw new Problem(409, 'NOT_PAUSED', 'Nothing of that is paused.', 'topics');
        const done = { ...asked, operator, subject: resumed.join(' '), reason: order.reason, outcome: 'resumed' };
        return { result: undefined, outgoing: [await this.log.record(tx, done)] };
      });
      await this.pauses.look();
      return this.state();
    });
  }

  private group(): string {
    return groupId(this.server.service, 'decide');
  }

  private state(): object {
    const paused = new Map(this.pauses.list().map((p) => [p.topic, p]));
    const topics = this.server.deciding().map((topic) => ({ topic, paused: shown(paused.get(topic)) }));
    return { group: this.group(), topics };
  }

  private subjectOf(body: unknown): string {
    const topics = (body as { topics?: unknown } | null)?.topics;
    return Array.isArray(topics) ? topics.map(String).join(' ') : this.server.deciding().join(' ');
  }

  private read<T>(schema: z.ZodType<T>, body: unknown): T {
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    const field = String(read.error.issues[0]?.path[0] ?? 'body');
    const detail =
      'It names a reason in up to 1000 characters and, if wanted, topics and for_ms (1 second to 30 days); ' +
      `${field} is missing or wrong.`;
    throw new Problem(422, 'FIELD_MISSING', detail, field);
  }

  private chosen(topics: readonly string[] = this.server.deciding()): readonly string[] {
    const known = this.server.deciding();
    const unknown = topics.filter((t) => !known.includes(t));
    if (unknown.length > 0 || known.length === 0) {
      const which = known.length > 0 ? `It decides on ${known.join(', ')}.` : 'It decides on no topic.';
      const detail = `${unknown.join(', ') || 'Nothing'} can be paused here: only what is decided on. ${which}`;
      throw new Problem(404, 'NOT_READ_HERE', detail, 'topics');
    }
    return topics;
  }
}

function shown(pause: Pause | undefined): object | null {
  if (!pause) return null;
  const { operator, reason: why, pausedAt, until } = pause;
  const at = (ms: number) => new Date(ms).toISOString();
  return { operator, reason: why, since: at(pausedAt), until: until === null ? null : at(until) };
}
