import { CONTRACT_STATES, LEVELS } from '@mandate/contracts';
import { Keyring } from '@mandate/service-kit';
import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { openContract } from '../adapters/contract-changed.wire';
import { type QueueOrder, type QueuePosition, QueueStore } from '../adapters/queue.store';
import { toQueueItem } from '../adapters/queue.view';
import type { TokenHolder } from '../adapters/token.client';
import { queueQuery } from '../api/action.schema';
import { FounderGuard, SignedIn } from './founder.guard';
import { parsed } from './http';
import { judgesOf } from './own-wish';

const statuses = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(CONTRACT_STATES, { error: `A status is one of ${CONTRACT_STATES.join(', ')}.` })))
  .optional();
const query = z.strictObject(
  {
    ...queueQuery,
    status: statuses,
    risk: z.enum(LEVELS, { error: `A risk is one of ${LEVELS.join(', ')}.` }).optional(),
    sort: queueQuery.sort.default('expires_at'),
    limit: queueQuery.limit.default(50),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `${issue.keys.join(', ')} is no filter of the queue.` : undefined,
  },
);

@Controller('api/v1/contracts')
@UseGuards(FounderGuard)
export class ListContracts {
  constructor(
    private readonly queue: QueueStore,
    private readonly keyring: Keyring,
  ) {}

  /** The queue, soonest to expire first; without a status everything that is not at an end. */
  @Get()
  async list(@Query() given: unknown, @SignedIn() founder: TokenHolder) {
    const { status, cursor, limit = 50, sort, ...filter } = parsed(query, { ...(given as object) });
    const order = sort as QueueOrder;
    const after = cursor ? positionOf(cursor, order) : null;
    const rows = await this.queue.page({ statuses: status, ...filter }, order, after, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const founders = judgesOf(founder, this.keyring.manifest.founders);
    return {
      contracts: page.map((row) => toQueueItem(openContract(row.value).contract, founders)),
      next_cursor: rows.length > limit && last ? cursorOf(order, last) : null,
    };
  }
}

const position = z.tuple([z.number().int(), z.guid()], { error: 'This cursor is none of ours, or of another order.' });

function cursorOf(order: QueueOrder, { at, contractId }: QueuePosition): string {
  return Buffer.from(JSON.stringify([order, at, contractId])).toString('base64url');
}

function positionOf(cursor: string, order: QueueOrder): QueuePosition {
  const [, ofOrder, at, contractId] =
    /^\["(-?[a-z_]+)",(\d{1,15}),"([0-9a-f-]{36})"\]$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const [time, id] = parsed(position, [Number(ofOrder === order ? at : Number.NaN), contractId]);
  return { at: time, contractId: id };
}
