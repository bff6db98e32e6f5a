import { CLOCK, type Clock } from '@mandate/service-kit';
import { Body, Controller, Inject, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { TokenHolder } from '../adapters/token.client';
import { answer, frameOf, requestOf } from './action-request';
import { DecisionDesk } from './decision-desk';
import { FounderGuard, SignedIn } from './founder.guard';
import { contractIdOf, type HttpReply, type HttpRequest, parsed } from './http';

const body = z.strictObject(
  { reason: z.string().max(2_000, 'The reason has at most 2000 characters.').default('') },
  { error: 'The body is {"reason": text}.' },
);

@Controller('api/v1/contracts/:id/reject')
@UseGuards(FounderGuard)
export class RejectContract {
  constructor(
    private readonly desk: DecisionDesk,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Ends a contract for good; the reason goes back to whoever asked. */
  @Post()
  async reject(
    @Param('id') id: string,
    @Body() given: unknown,
    @Req() request: HttpRequest,
    @SignedIn() holder: TokenHolder,
    @Res({ passthrough: true }) reply: HttpReply,
  ) {
    const contractId = contractIdOf(id);
    const frame = frameOf(request, holder, this.clock.now());
    const { reason } = parsed(body, given);
    const { actor, dossierSeen } = frame;
    const action = { kind: 'REJECT' as const, contractId, actor, dossierSeen, reason: reason.trim() };
    return answer(reply, contractId, frame.requestId, await this.desk.take(requestOf(frame, action)));
  }
}
