import { Controller, Get, Headers, Inject, Query, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { OperatorLog } from './operator-log';
import { Problem, ProblemFilter } from './problem';

const paging = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
});

/** Who operated this service, when, how, why and with what outcome; newest first. */
@Controller('api/v1/operator-actions')
@UseFilters(ProblemFilter)
export class ActionsController {
  constructor(@Inject(OperatorLog) private readonly log: OperatorLog) {}

  @Get()
  list(@Headers('authorization') authorization: string | undefined, @Query() query: unknown): Promise<object> {
    const read = paging.safeParse(query ?? {});
    return this.log.look(authorization, 'LIST_ACTIONS', '', async () => {
      if (!read.success) throw new Problem(422, 'INVALID', 'limit is 1 to 500, before an action_id.', 'limit');
      const rows = await this.log.newest(read.data.limit, read.data.before ?? null);
      return {
        actions: rows.map(({ number, at, action_id, ...row }) => ({
          ...{ action_id: Number(action_id), at: new Date(Number(at)).toISOString(), ...row },
          told_as: number === null ? null : Number(number),
        })),
      };
    });
  }
}
