import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { signedBody } from '../api/action.schema';
import { ActionDoor, type Frame, Framed } from './action-request';
import { FounderGuard } from './founder.guard';
import { idOf, parsed } from './http';
import { signedOf } from './signed-request';

@Controller('api/v1/audits/:id/attest')
@UseGuards(FounderGuard)
export class AttestAudit {
  constructor(private readonly door: ActionDoor) {}

  /** Takes a founder's signed word on single checks that an audit could not tell; the auditor then runs again (AM-04). */
  @Post()
  attest(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const attestation = signedOf(parsed(signedBody, body));
    return this.door.take(frame, { kind: 'ATTEST', auditId: idOf(id), actor: frame.actor, attestation });
  }
}
