import { Body, Controller, Get, Headers, HttpCode, Inject, Post, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from './clock';
import { Database } from './database';
import { HopServer } from './hop-server';
import { Operators } from './operators';
import { Problem, ProblemFilter } from './problem';
import { CLOCK } from './tokens';

const order = z.object({
  topic: z.string().min(1),
  /** The record key as text (a uuid, a capability, a scope). */
  key: z.string().min(1),
  reason: z.string().trim().min(1),
});
const discarding = z.object({
  topic: z.string().min(1),
  partition: z.int().min(0),
  offset: z.string().regex(/^\d{1,19}$/),
  reason: z.string().trim().min(10),
});
const LISTED_MAX = 200;

/** What a service parked or set aside, for operators; a key is re-driven in order through the same check and handler. */
@Controller('api/v1/parked')
@UseFilters(ProblemFilter)
export class ParkedController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(HopServer) private readonly server: HopServer,
    @Inject(Operators) private readonly operators: Operators,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  async list(@Headers('authorization') authorization: string | undefined): Promise<object> {
    this.operators.authenticate(authorization);
    const rows = await this.database.rows<Record<string, unknown> & { key: Buffer }>(
      `SELECT parked_id, kind, reader, topic, partition, "offset", key, code, reason, parked_at, length(value) AS bytes
       FROM parked ORDER BY parked_id DESC LIMIT ${LISTED_MAX}`,
    );
    return { parked: rows.map((row) => ({ ...row, key: row.key.toString() })) };
  }

  /** Recorded with who and why (AM-18), whatever comes of it. */
  @Post('redrive')
  @HttpCode(200)
  async redrive(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<{ readonly redriven: number; readonly left: number }> {
    const operator = this.operators.authenticate(authorization);
    const read = order.safeParse(body);
    if (!read.success) {
      const field = String(read.error.issues[0]?.path[0] ?? 'body');
      throw new Problem(422, 'FIELD_MISSING', `A re-drive names topic, key and reason; ${field} is missing.`, field);
    }
    const { topic, key, reason } = read.data;
    const runner = this.server.decidingRunner(topic);
    if (!runner) throw new Problem(404, 'NOT_READ_HERE', `This service decides nothing on ${topic}.`, 'topic');
    await this.database.rows(
      'INSERT INTO operator_actions (actor, action, subject, reason, at) VALUES ($1, $2, $3, $4, $5)',
      [operator, 'REDRIVE', `${topic} ${key}`, reason, this.clock.now()],
    );
    return runner.redrive(Buffer.from(key));
  }

  /**
   * Gives one message up, for good: its key goes on with the next one. Its bytes stay on the topic, and in the record of who gave
   * it up and why (AM-18). Nothing is decided by it: the message had no effect and has none.
   */
  @Post('discard')
  @HttpCode(200)
  async discard(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<{ readonly discarded: 1; readonly left: number }> {
    const operator = this.operators.authenticate(authorization);
    const read = discarding.safeParse(body);
    if (!read.success) {
      const field = String(read.error.issues[0]?.path[0] ?? 'body');
      const detail = `A discard names topic, partition, offset, and a reason of at least 10 characters; ${field} is missing.`;
      throw new Problem(422, 'FIELD_MISSING', detail, field);
    }
    const { topic, partition, offset, reason } = read.data;
    return this.database.transaction(async (tx) => {
      const [gone] = await tx.rows<{ key: Buffer; code: string; reader: string; digest: string }>(
        `DELETE FROM parked WHERE topic = $1 AND partition = $2 AND "offset" = $3
         RETURNING key, code, reader, encode(sha256(value), 'hex') AS digest`,
        [topic, partition, offset],
      );
      if (!gone) throw new Problem(404, 'NOT_PARKED', `Nothing of ${topic}/${partition}/${offset} is parked here.`);
      await tx.run('INSERT INTO operator_actions (actor, action, subject, reason, at) VALUES ($1, $2, $3, $4, $5)', [
        operator,
        'DISCARD',
        `${topic}/${partition}/${offset} ${gone.code} ${gone.digest}`,
        reason,
        this.clock.now(),
      ]);
      const [left] = await tx.rows<{ count: string }>(
        "SELECT count(*) FROM parked WHERE kind = 'PARKED' AND reader = $1 AND topic = $2 AND key = $3",
        [gone.reader, topic, gone.key],
      );
      return { discarded: 1, left: Number(left?.count ?? 0) };
    });
  }
}
