import {
  decodeLink,
  decodeMandate,
  type Link,
  linkDigest,
  MANDATE_HEADER,
  NIL_ID,
  sha256,
  TOPICS,
} from '@mandate/contracts';
import { decode, messageNameOf } from '@mandate/schemas';
import { Body, Controller, Get, Headers, HttpCode, Inject, Post, Query, Res, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { Database, type Tx } from './database';
import { describeError } from './error-text';
import { isTransient, PermanentFault } from './faults';
import type { HopRunner } from './hop-runner';
import { HopServer } from './hop-server';
import { OperatorLog, reasonOf } from './operator-log';
import { Outlet } from './outlet';
import { type ParkedRow, parkedRow } from './parking';
import { Problem, ProblemFilter } from './problem';
import { answering, type HttpReply } from './progress';
import { shownValue } from './shown-value';

const reason = z.string().trim().min(10).max(1_000);
const order = z.object({
  topic: z.string().min(1),
  /** The record key as text (a uuid, a capability, a scope). */
  key: z.string().min(1),
  reason: z.string().trim().min(1).max(1_000),
});
const place = z.object({
  topic: z.string().min(1),
  partition: z.coerce.number().int().min(0),
  offset: z.string().regex(/^\d{1,19}$/),
});
const discarding = place.extend({ partition: z.int().min(0), reason });
const ofKey = z.object({ topic: z.string().min(1), key: z.string().min(1) });
const listing = z.object({
  topic: z.string().optional(),
  key: z.string().optional(),
  kind: z.enum(['PARKED', 'SET_ASIDE']).optional(),
});
const LISTED_MAX = 200;
const SHOWN_MAX = 50;

/** What a service parked or set aside, for operators; a key is re-driven in order through the same check and handler. */
@Controller('api/v1/parked')
@UseFilters(ProblemFilter)
export class ParkedController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(HopServer) private readonly server: HopServer,
    @Inject(Outlet) private readonly outlet: Outlet,
    @Inject(OperatorLog) private readonly log: OperatorLog,
  ) {}

  /** Newest first; of a topic, a key or a kind if asked for. */
  @Get()
  list(@Headers('authorization') authorization: string | undefined, @Query() query: unknown): Promise<object> {
    const read = listing.safeParse(query ?? {});
    const { topic, key, kind } = read.data ?? {};
    return this.log.look(authorization, 'LIST_PARKED', [topic, key, kind].filter(Boolean).join(' '), async () => {
      if (!read.success) throw new Problem(422, 'INVALID', 'kind is PARKED or SET_ASIDE.', 'kind');
      const rows = await this.database.rows<Record<string, unknown> & { key: Buffer }>(
        `SELECT parked_id, kind, reader, topic, partition, "offset", key, code, reason, parked_at, length(value) AS bytes
         FROM parked WHERE ($1::text IS NULL OR topic = $1) AND ($2::bytea IS NULL OR key = $2) AND ($3::text IS NULL OR kind = $3)
         ORDER BY parked_id DESC LIMIT ${LISTED_MAX}`,
        [topic ?? null, key === undefined ? null : Buffer.from(key), kind ?? null],
      );
      return { parked: rows.map((row) => ({ ...row, key: row.key.toString() })) };
    });
  }

  /** One of them (topic, partition, offset) or those of a key in their order (topic, key), with what they say. */
  @Get('show')
  show(@Headers('authorization') authorization: string | undefined, @Query() query: unknown): Promise<object> {
    const [one, all] = [place.safeParse(query), ofKey.safeParse(query)];
    const { topic } = one.data ?? all.data ?? { topic: '' };
    const what = one.success ? placeOf(one.data) : `${topic} ${all.data?.key ?? ''}`;
    return this.log.look(authorization, 'SHOW_PARKED', what, async () => {
      if (!one.success && !all.success)
        throw new Problem(422, 'FIELD_MISSING', 'Name topic, partition and offset, or topic and key.');
      const rows = await this.database.rows<Record<string, unknown>>(
        one.success
          ? 'SELECT * FROM parked WHERE topic = $1 AND partition = $2 AND "offset" = $3'
          : `SELECT * FROM parked WHERE topic = $1 AND key = $2 ORDER BY "offset" LIMIT ${SHOWN_MAX}`,
        one.success ? [topic, one.data.partition, one.data.offset] : [topic, Buffer.from(all.data?.key ?? '')],
      );
      if (rows.length === 0) throw new Problem(404, 'NOT_PARKED', `Nothing of ${what} is parked here.`);
      return { parked: rows.map(parkedRow).map(shownRow) };
    });
  }

  /** Recorded with who and why (AM-18), whatever comes of it. */
  @Post('redrive')
  async redrive(
    @Headers('authorization') authorization: string | undefined,
    @Headers('accept') accept: string | undefined,
    @Body() body: unknown,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const read = order.safeParse(body);
    const asked = { action: 'REDRIVE', subject: subjectOf(body, 'key'), reason: reasonOf(body) };
    return this.log.call(authorization, asked, async (operator) => {
      if (!read.success) {
        const field = String(read.error.issues[0]?.path[0] ?? 'body');
        throw new Problem(422, 'FIELD_MISSING', `A re-drive names topic, key and reason; ${field} is missing.`, field);
      }
      const { topic, key, reason: why } = read.data;
      const runner = this.server.decidingRunner(topic);
      if (!runner) throw new Problem(404, 'NOT_READ_HERE', `This service decides nothing on ${topic}.`, 'topic');
      await this.log.note(operator, { ...asked, reason: why }, 'begun');
      await answering(reply, accept, async (progress) => {
        const first = await this.firstOf(runner.readerId, topic, key);
        const total = await this.countOf(runner.readerId, topic, key);
        const watch = setInterval(() => {
          this.countOf(runner.readerId, topic, key).then(
            (left) => progress({ redriven: Math.max(0, total - left), left }),
            () => undefined,
          );
        }, 250);
        try {
          const done = await this.redriveAll(runner, topic, key, total);
          const outcome = `${done.redriven} handled, ${done.left} left${done.why ? `: ${done.why}` : ''}`;
          await this.outlet.act(async (tx) => {
            const about = first ? aboutOf(first) : {};
            const said = await this.log.record(tx, { ...asked, operator, reason: why, outcome, ...about });
            return { result: undefined, outgoing: [said] };
          });
          return done;
        } finally {
          clearInterval(watch);
        }
      });
    });
  }

  /** Until nothing of the key is left, or one stops it: messages that came meanwhile were parked behind the others. */
  private async redriveAll(runner: HopRunner, topic: string, key: string, total: number): Promise<Redriven> {
    try {
      for (let redriven = 0; ; ) {
        const round = await runner.redrive(Buffer.from(key));
        redriven += round.redriven;
        if (round.left > 0) return { redriven, left: round.left, why: 'the next one is stopped by the check again' };
        if (round.redriven === 0) return { redriven, left: 0 };
      }
    } catch (error) {
      if (isTransient(error)) throw error;
      const [code, why] = [error instanceof PermanentFault ? error.code : 'BUG', describeError(error)];
      const left = await this.countOf(runner.readerId, topic, key);
      await this.database.rows(
        `UPDATE parked SET code = $4, reason = $5 WHERE parked_id = (
           SELECT parked_id FROM parked WHERE reader = $1 AND topic = $2 AND key = $3 ORDER BY "offset" LIMIT 1)`,
        [runner.readerId, topic, Buffer.from(key), code, why.replaceAll('\u0000', '\u2400').slice(0, 2_000)],
      );
      return { redriven: Math.max(0, total - left), left, why: `${code}: ${why}` };
    }
  }

  /**
   * Gives one message up, for good: its key goes on with the next one. Its bytes stay on the topic; who gave it up and why is
   * told to the auditor in the same transaction (AM-18). Nothing is decided by it: the message had no effect and has none.
   */
  @Post('discard')
  @HttpCode(200)
  discard(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<{ readonly discarded: 1; readonly left: number }> {
    const read = discarding.safeParse(body);
    const asked = { action: 'DISCARD', subject: subjectOf(body, 'offset'), reason: reasonOf(body) };
    return this.log.call(authorization, asked, async (operator) => {
      if (!read.success) {
        const field = String(read.error.issues[0]?.path[0] ?? 'body');
        const detail = `A discard names topic, partition, offset, and a reason of at least 10 characters; ${field} is missing.`;
        throw new Problem(422, 'FIELD_MISSING', detail, field);
      }
      const { topic, partition, offset } = read.data;
      return this.outlet.act(async (tx) => {
        const [gone] = await tx.rows<Record<string, unknown>>(
          'DELETE FROM parked WHERE topic = $1 AND partition = $2 AND "offset" = $3 RETURNING *',
          [topic, partition, offset],
        );
        if (!gone) throw new Problem(404, 'NOT_PARKED', `Nothing of ${placeOf(read.data)} is parked here.`);
        const row = parkedRow(gone);
        const left = await this.countOf(row.reader, topic, row.key.toString(), tx);
        const outcome = `given up, ${left} of its key left`;
        const done = { ...asked, operator, reason: read.data.reason, outcome, ...aboutOf(row), message: givenUp(row) };
        return { result: { discarded: 1 as const, left }, outgoing: [await this.log.record(tx, done)] };
      });
    });
  }

  private async firstOf(reader: string, topic: string, key: string): Promise<ParkedRow | null> {
    const [row] = await this.database.rows<Record<string, unknown>>(
      'SELECT * FROM parked WHERE reader = $1 AND topic = $2 AND key = $3 ORDER BY "offset" LIMIT 1',
      [reader, topic, Buffer.from(key)],
    );
    return row ? parkedRow(row) : null;
  }

  private async countOf(
    reader: string,
    topic: string,
    key: string,
    tx: Tx | Database = this.database,
  ): Promise<number> {
    const [row] = await tx.rows<{ count: string }>(
      "SELECT count(*) FROM parked WHERE kind = 'PARKED' AND reader = $1 AND topic = $2 AND key = $3",
      [reader, topic, Buffer.from(key)],
    );
    return Number(row?.count ?? 0);
  }
}

interface Redriven {
  readonly redriven: number;
  readonly left: number;
  /** What stopped it. */
  readonly why?: string;
}
type Place = Pick<ParkedRow, 'topic' | 'partition' | 'offset'>;

function placeOf({ topic, partition, offset }: Place): string {
  return `${topic}/${partition}/${offset}`;
}

/** What a request was about, as far as it says, for the record of who asked. */
function subjectOf(body: unknown, last: 'key' | 'offset'): string {
  const b = (body ?? {}) as Readonly<Record<string, unknown>>;
  return last === 'key' ? `${b['topic']} ${b['key']}` : `${b['topic']}/${b['partition']}/${b['offset']}`;
}

function linkOf({ headers }: ParkedRow): { link: Link; digest: Buffer } | null {
  const mandate = headers[MANDATE_HEADER] && decodeMandate(headers[MANDATE_HEADER]);
  const link = mandate ? decodeLink(mandate.own.link) : null;
  return mandate && link ? { link, digest: linkDigest(mandate.own.link) } : null;
}

/** The issue and the contract that a message claims to be about. */
function aboutOf(row: ParkedRow): { issueId: string | null; contractId: string | null } {
  const issueId = linkOf(row)?.link.issueId ?? NIL_ID;
  const isByContract = TOPICS.find((t) => t.name === row.topic)?.key === 'contract';
  return { issueId: issueId === NIL_ID ? null : issueId, contractId: isByContract ? row.key.toString() : null };
}

function givenUp(row: ParkedRow) {
  const { topic, partition, offset, key, bytes } = row;
  const { code } = row.because;
  return { topic, partition, offset, key, code, value_digest: sha256(bytes), link_digest: linkOf(row)?.digest ?? null };
}

function shownRow(row: ParkedRow): object {
  const { kind, reader, topic, partition, offset, key, because, bytes } = row;
  const link = linkOf(row)?.link;
  const name = messageNameOf(bytes);
  return {
    ...{ kind, reader, topic, partition, offset, key: key.toString(), ...because },
    parked_at: new Date(row.parkedAt).toISOString(),
    said: link && {
      ...{ writer: link.writer, message: link.type, says: link.says, version: link.version, issue_id: link.issueId },
      at: new Date(link.time).toISOString(),
    },
    message: name,
    value: name ? readable(() => shownValue(decode(name, bytes))) : null,
    bytes: bytes.toString('base64'),
  };
}

/** What cannot be read is shown by its bytes alone: that may be why it was stopped. */
function readable(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return null;
  }
}
