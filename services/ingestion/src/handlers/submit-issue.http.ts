import { newId, sha256 } from '@mandate/contracts';
import { CLOCK, type Clock, HopServer, Outlet } from '@mandate/service-kit';
import { Body, Controller, Headers, Inject, Post, Res, UseFilters } from '@nestjs/common';
import { readHttpIssue } from '../adapters/http-issue.wire';
import { IntakeTokens } from '../adapters/intake-tokens';
import { Problem, ProblemFilter, type Reply, unauthorized } from '../adapters/problem';
import type { Told } from '../domain/told';
import { type Arrived, Intake } from './intake';

@Controller('api/v1')
@UseFilters(ProblemFilter)
export class SubmitIssue {
  constructor(
    private readonly intake: Intake,
    private readonly outlet: Outlet,
    private readonly tokens: IntakeTokens,
    private readonly server: HopServer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What a CRM would publish on crm.issues.v1, as JSON: 202 with the issue's id, 200 for one that is known, 422 with
   * code, field and sentence. Answered when it is committed: an acknowledged issue is never lost (FLOW-001).
   */
  @Post('issues')
  async submit(
    @Body() body: unknown,
    @Headers('authorization') authorization: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<object> {
    const sourceSystem = this.tokens.sourceSystemOf(authorization);
    if (sourceSystem === null) throw unauthorized();
    const bytes = body ?? Buffer.alloc(0); // no body is an empty one
    if (!Buffer.isBuffer(bytes))
      throw new Problem(415, 'MEDIA_TYPE', 'Not JSON', 'Send the issue as application/json.');
    const { isReady, reason } = this.server.readiness();
    if (!isReady) throw new Problem(503, 'TRY_AGAIN', 'Not ready yet', `Nothing was kept (${reason}); send it again.`);
    const now = this.clock.now();
    const arrived = toArrived(bytes, sourceSystem, key, now);
    const told = await this.outlet.act(async (tx) => {
      const { outgoing, told: all } = await this.intake.take(tx, [arrived], now);
      return { result: all[0] ?? [], outgoing };
    });
    return answer(told, reply);
  }
}

function toArrived(bytes: Buffer, sourceSystem: string, key: string | undefined, now: number): Arrived {
  // A structured header may come in quotes.
  const idempotencyKey = key === undefined ? null : key.replace(/^"(.*)"$/, '$1');
  return {
    read: readHttpIssue(bytes, { sourceSystem, idempotencyKey, now }),
    bytes,
    digest: sha256(bytes),
    appendedAt: now,
    via: `http/${newId(now)}`,
    recordKey: null,
    isAnsweredByOffset: false,
  };
}

function answer(told: readonly Told[], reply: Reply): object {
  const [first] = told;
  if (!first) throw new TypeError('an input was taken without an answer');
  const { state, code, field, sentence, details } = first;
  if (state === 'REFUSED') {
    const status = code === 'SOURCE_SYSTEM_NOT_YOURS' ? 403 : 422;
    throw new Problem(status, code ?? 'REFUSED', 'Refused', sentence, { field });
  }
  reply.code(state === 'DUPLICATE' ? 200 : 202);
  return {
    issue_id: first.issueId,
    state,
    code,
    field,
    sentence,
    details,
    issue_ids: told.flatMap((t) => t.issueId ?? []),
  };
}
