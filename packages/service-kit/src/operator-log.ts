import { type OperatorRequest, operatorRequestDigest, type Service } from '@mandate/contracts';
import type { OperatorActed } from '@mandate/schemas';
import type { Clock } from './clock';
import type { Database, Tx } from './database';
import type { Operators } from './operators';
import { Problem } from './problem';
import { citingOutside, type Outgoing, say } from './say';

/** What an operator had done, when it is over. */
export interface Operated extends OperatorRequest {
  /** What came of it, in a few words. */
  readonly outcome: string;
  readonly issueId?: string | null;
  readonly contractId?: string | null;
  /** The message that was given up. */
  readonly message?: OperatorActed['message'];
}

/** What a call is for, before it is known whether it works. */
export interface Asked {
  readonly action: string;
  readonly subject: string;
  /** Null for a look, which changes nothing. */
  readonly reason: string | null;
}

/** A call as it is kept. */
export interface ActionRow {
  readonly action_id: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly outcome: string;
  readonly number: string | null;
  readonly at: string;
}

const LINE_MAX = 1_000;
const line = (text: string): string => text.replaceAll('\u0000', '\u2400').slice(0, LINE_MAX);

/**
 * Who operated this service, when, how and why (AM-18): append-only. What was changed is told to the auditor, in the same
 * transaction, on this service's own topic; looks and refusals stay here.
 */
export class OperatorLog {
  constructor(
    private readonly o: {
      readonly service: Service;
      readonly database: Database;
      readonly operators: Operators;
      readonly clock: Clock;
    },
  ) {}

  /** Lets a known operator do something; a refusal is kept with its code. @throws Problem */
  async call<T>(
    authorization: string | undefined,
    { action, subject, reason }: Asked,
    work: (operator: string) => Promise<T>,
  ): Promise<T> {
    const operator = this.o.operators.authenticate(authorization);
    try {
      return await work(operator);
    } catch (error) {
      const code = error instanceof Problem ? error.code : 'FAULT';
      await this.note(operator, { action, subject, reason }, `refused: ${code}`).catch(() => undefined);
      throw error;
    }
  }

  /** Lets a known operator look at something, and keeps that they did. */
  async look<T>(
    authorization: string | undefined,
    action: string,
    subject: string,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.call(authorization, { action, subject, reason: null }, async (operator) => {
      const found = await work();
      await this.note(operator, { action, subject, reason: null }, 'shown');
      return found;
    });
  }

  /** Keeps something that is not told: a look, a refusal, the beginning of something long. */
  async note(operator: string, { action, subject, reason }: Asked, outcome: string): Promise<void> {
    await this.o.database.rows(
      'INSERT INTO operator_actions (actor, action, subject, reason, outcome, at) VALUES ($1, $2, $3, $4, $5, $6)',
      [operator, action, line(subject), reason ? line(reason) : null, outcome, this.o.clock.now()],
    );
  }

  /** Keeps what was changed; the caller says what this returns, in the same transaction. */
  async record(tx: Tx, done: Operated): Promise<Outgoing> {
    const { service, clock } = this.o;
    const now = clock.now();
    const { action, operator } = done;
    const [subject, reason, outcome] = [done.subject, done.reason, done.outcome].map(line) as [string, string, string];
    // One at a time, so that numbers are in the order of commits and have no gap.
    await tx.rows("SELECT pg_advisory_xact_lock(hashtextextended('operator_actions', 0))");
    const [row] = await tx.rows<{ number: string }>(
      `INSERT INTO operator_actions (actor, action, subject, reason, outcome, at, number)
       SELECT $1, $2, $3, $4, $5, $6, coalesce(max(number), 0) + 1 FROM operator_actions RETURNING number`,
      [operator, action, subject, reason, outcome, now],
    );
    const number = Number(row?.number);
    const [issueId, contractId] = [done.issueId ?? null, done.contractId ?? null];
    return say({
      message: 'OperatorActed',
      writer: service,
      key: service,
      says: 'OPERATED',
      issueId,
      version: number,
      planDigest: null,
      cites: citingOutside(operatorRequestDigest({ action, operator, subject, reason })),
      now,
      value: {
        ...{ service, number, action, operator, subject, reason, outcome },
        ...{ issue_id: issueId, contract_id: contractId, message: done.message ?? null, at: now },
      },
    });
  }

  /** Newest first. @param before  an action's id; those older than it */
  async newest(limit: number, before: string | null): Promise<ActionRow[]> {
    return this.o.database.rows<ActionRow>(
      `SELECT action_id, actor, action, subject, reason, outcome, number, at FROM operator_actions
       WHERE $2::bigint IS NULL OR action_id < $2::bigint ORDER BY action_id DESC LIMIT $1`,
      [limit, before],
    );
  }
}

/** The reason that a request gives, whatever else may be wrong with it: also of what is refused it is kept. */
export function reasonOf(body: unknown): string | null {
  const given = (body as { reason?: unknown } | null)?.reason;
  return typeof given === 'string' && given.trim() ? given.trim() : null;
}
