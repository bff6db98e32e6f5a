import { TOPICS } from '@mandate/contracts';
import { Database, Operators, Problem, ProblemFilter } from '@mandate/service-kit';
import { Controller, Get, Headers, Query, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { HistoryReader, type Stretch } from '../adapters/history.reader';

const count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const asked = z.object({
  topic: z.string().refine((name) => TOPICS.some((t) => t.name === name)),
  partition: count,
  after: count,
  hash: z
    .string()
    .regex(/^([0-9a-f]{64})?$/)
    .default(''),
  until: count,
});

/** The evidence's chain, computed again from the rows as they stand: what `mandate checkpoint --against` asks for. */
@Controller('api/v1/evidence')
@UseFilters(ProblemFilter)
export class ComputeHistory {
  constructor(
    private readonly history: HistoryReader,
    private readonly database: Database,
    private readonly operators: Operators,
  ) {}

  @Get('chain')
  async chain(
    @Headers('authorization') authorization: string | undefined,
    @Query() query: Record<string, string>,
  ): Promise<Stretch> {
    this.operators.authenticate(authorization);
    const read = asked.safeParse(query);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new Problem(400, 'BAD_REQUEST', `${issue?.path.join('.')} is not as it should be.`, String(issue?.path[0]));
    }
    const { topic, partition, after, hash, until } = read.data;
    return this.history.stretch(topic, partition, { seq: after, hash }, until);
  }

  /** How large the evidence is beside what was on the topics. */
  @Get('growth')
  async growth(@Headers('authorization') authorization: string | undefined): Promise<object> {
    this.operators.authenticate(authorization);
    const [row] = await this.database.rows<{ messages: string; topics: string; evidence: string }>(
      `SELECT (SELECT coalesce(sum(rows), 0) FROM logs) AS messages, (SELECT coalesce(sum(bytes), 0) FROM logs) AS topics,
         (SELECT coalesce(sum(pg_total_relation_size(relid)), 0) FROM pg_partition_tree('evidence') WHERE isleaf)
           + pg_total_relation_size('checkpoints') + pg_total_relation_size('checkpoint_heads') AS evidence`,
    );
    const [messages, topicBytes, evidenceBytes] = [row?.messages, row?.topics, row?.evidence].map(Number);
    return { messages, topic_bytes: topicBytes, evidence_bytes: evidenceBytes };
  }
}
