import { CONTRACT_STATES, type ContractState, LEVELS } from '@mandate/contracts';
import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { toQueueItem } from '../adapters/contract.view';
import { openContract } from '../adapters/contract-changed.wire';
import { type QueuePosition, QueueStore } from '../adapters/queue.store';
import { FounderGuard } from './founder.guard';
import { parsed } from './http';

const name = z.string().min(1).max(200);
const query = z.strictObject(
  {
    /** One or several, with commas between. */
    status: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(CONTRACT_STATES, { error: `A status is one of ${CONTRACT_STATES.join(', ')}.` })))
      .optional(),
    capability: name.optional(),
    risk: z.enum(LEVELS, { error: `A risk is one of ${LEVELS.join(', ')}.` }).optional(),
    source: name.optional(),
    q: name.optional(),
    sort: z.literal('expires_at', { error: 'The queue is sorted by expires_at.' }).optional(),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `${issue.keys.join(', ')} is no filter of the queue.` : undefined,
  },
);

@Controller('api/v1/contracts')
@UseGuards(FounderGuard)
export class ListContracts {
  constructor(private readonly queue: QueueStore) {}

  /** The queue, soonest to expire first; without a status everything that is not at an end. */
  @Get()
  async list(@Query() given: unknown) {
    const { status, cursor, limit, capability, risk, source, q } = parsed(query, { ...(given as object) });
    const statuses = status as readonly ContractState[] | undefined;
    const rows = await this.queue.page(
      { statuses, capability, risk, source, q },
      cursor ? positionOf(cursor) : null,
      limit + 1,
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      contracts: page.map((row) => toQueueItem(openContract(row.value))),
      next_cursor: rows.length > limit && last ? cursorOf(last) : null,
    };
  }
}

const position = z.tuple([z.number().int(), z.guid()], { error: 'This cursor is none of ours.' });

function cursorOf({ expiresAt, contractId }: QueuePosition): string {
  return Buffer.from(JSON.stringify([expiresAt, contractId])).toString('base64url');
}

function positionOf(cursor: string): QueuePosition {
  const [, expiresAt, contractId] =
    /^\[(\d{1,15}),"([0-9a-f-]{36})"\]$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const [at, id] = parsed(position, [Number(expiresAt), contractId]);
  return { expiresAt: at, contractId: id };
}
