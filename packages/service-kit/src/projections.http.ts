import { Body, Controller, Get, Headers, Inject, Param, Post, Res, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { Database } from './database';
import { HopServer } from './hop-server';
import { OperatorLog } from './operator-log';
import { Outlet } from './outlet';
import { Problem, ProblemFilter } from './problem';
import { answering, type HttpReply } from './progress';
import { Reference } from './reference';

const asked = z.object({ reason: z.string().trim().min(1).max(1_000), accept_loss: z.boolean().optional() });

/** Fills a service's projections again from their topics, while it serves: until that has worked, the old rows stand. */
@Controller('api/v1/projections')
@UseFilters(ProblemFilter)
export class ProjectionsController {
  constructor(
    @Inject(HopServer) private readonly server: HopServer,
    @Inject(Database) private readonly database: Database,
    @Inject(Outlet) private readonly outlet: Outlet,
    @Inject(OperatorLog) private readonly log: OperatorLog,
    @Inject(Reference) private readonly reference: Reference,
  ) {}

  @Get()
  list(@Headers('authorization') authorization: string | undefined): Promise<object> {
    return this.log.look(authorization, 'LIST_PROJECTIONS', '', async () => {
      const projections = this.server.rebuilds.projections();
      return {
        projections: await Promise.all(projections.map(async (p) => ({ ...p, rows: await this.rows(p.tables) }))),
      };
    });
  }

  /** `all`, or one by its name. */
  @Post(':name/rebuild')
  async rebuild(
    @Headers('authorization') authorization: string | undefined,
    @Headers('accept') accept: string | undefined,
    @Param('name') name: string,
    @Body() body: unknown,
    @Res() reply: HttpReply,
  ): Promise<void> {
    const read = asked.safeParse(body);
    const what = { action: 'REBUILD', subject: name, reason: read.data?.reason ?? null };
    return this.log.call(authorization, what, async (operator) => {
      if (!read.success) throw new Problem(422, 'FIELD_MISSING', 'A rebuild wants a reason.', 'reason');
      const { reason, accept_loss: acceptsLoss = false } = read.data;
      await this.log.note(operator, what, 'begun');
      await answering(reply, accept, async (progress) => {
        const messages = await this.server.rebuilds.run(name === 'all' ? [] : [name], acceptsLoss, progress);
        this.reference.forget();
        const done = {
          action: what.action,
          subject: name,
          reason,
          operator,
          outcome: `rebuilt from ${messages} messages`,
        };
        await this.outlet.act(async (tx) => ({ result: undefined, outgoing: [await this.log.record(tx, done)] }));
        return { projection: name, messages };
      });
    });
  }

  private async rows(tables: readonly string[]): Promise<number> {
    const counts = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ');
    const [row] = await this.database.rows<{ n: string }>(`SELECT ${counts} AS n`);
    return Number(row?.n ?? 0);
  }
}
