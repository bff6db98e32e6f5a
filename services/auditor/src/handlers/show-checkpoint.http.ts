import type { SignedCheckpoint } from '@mandate/contracts';
import { Database, Problem, ProblemFilter } from '@mandate/service-kit';
import { Controller, Get, Header, Query, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { CheckpointStore } from '../adapters/checkpoint.store';

const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional();

/**
 * The newest checkpoint, or one by its number. Anybody may have it: it holds counts and digests, and is worth something
 * only where somebody else keeps it.
 */
@Controller('api/v1/checkpoints')
@UseFilters(ProblemFilter)
export class ShowCheckpoint {
  constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly database: Database,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async show(@Query('number') asked?: string): Promise<SignedCheckpoint> {
    const read = number.safeParse(asked);
    if (!read.success) throw new Problem(400, 'BAD_REQUEST', 'number is a whole number from 1.', 'number');
    const found = await this.database.transaction((tx) => this.checkpoints.at(tx, read.data ?? null));
    if (!found)
      throw new Problem(
        404,
        'NO_SUCH_CHECKPOINT',
        'There is no such checkpoint; the first comes with the first minute.',
      );
    return found;
  }
}
