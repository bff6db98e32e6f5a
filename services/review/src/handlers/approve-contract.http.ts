import { CLOCK, type Clock } from '@mandate/service-kit';
import { Body, Controller, Inject, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { TokenHolder } from '../adapters/token.client';
import type { SignedStatement } from '../domain/action';
import { answer, frameOf, preconditionRequired, requestOf } from './action-request';
import { DecisionDesk } from './decision-desk';
import { FounderGuard, SignedIn } from './founder.guard';
import { contractIdOf, type HttpReply, type HttpRequest, parsed } from './http';

const body = z.strictObject(
  {
    statement: z.string().max(20_000).optional(),
    signature: z.base64('The signature is base64.').max(200).optional(),
    key_id: z.string().max(100).optional(),
  },
  { error: 'The body is {"statement": RFC 8785 text, "signature": base64, "key_id": text}.' },
);

@Controller('api/v1/contracts/:id/approve')
@UseGuards(FounderGuard)
export class ApproveContract {
  constructor(
    private readonly desk: DecisionDesk,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Takes a founder's approval: a statement that the founder has signed. Review has no key to sign one. */
  @Post()
  async approve(
    @Param('id') id: string,
    @Body() given: unknown,
    @Req() request: HttpRequest,
    @SignedIn() holder: TokenHolder,
    @Res({ passthrough: true }) reply: HttpReply,
  ) {
    const contractId = contractIdOf(id);
    const frame = frameOf(request, holder, this.clock.now());
    const approval = approvalOf(parsed(body, given));
    if (!frame.dossierSeen) throw preconditionRequired();
    const { actor, dossierSeen } = frame;
    const action = { kind: 'APPROVE' as const, contractId, actor, dossierSeen, approval };
    return answer(reply, contractId, frame.requestId, await this.desk.take(requestOf(frame, action)));
  }
}

function approvalOf({ statement, signature, key_id: keyId }: z.output<typeof body>): SignedStatement | null {
  if (statement === undefined || signature === undefined || keyId === undefined) return null;
  return { statement: Buffer.from(statement), signature: Buffer.from(signature, 'base64'), keyId };
}
