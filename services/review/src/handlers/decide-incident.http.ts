import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { noteBody, signedBody } from '../api/action.schema';
import { ActionDoor, type Frame, Framed } from './action-request';
import { FounderGuard } from './founder.guard';
import { idOf, parsed } from './http';
import { signedOf } from './signed-request';

@Controller('api/v1/incidents/:id')
@UseGuards(FounderGuard)
export class DecideIncident {
  constructor(private readonly door: ActionDoor) {}

  /** Says that somebody looks into it. */
  @Post('acknowledge')
  acknowledge(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const { note } = parsed(noteBody, body);
    return this.door.take(frame, { kind: 'ACKNOWLEDGE_INCIDENT', incidentId: idOf(id), actor: frame.actor, note });
  }

  /** Closes it with a founder's signature, which frees what its contract holds. */
  @Post('resolve')
  resolve(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const resolution = signedOf(parsed(signedBody, body));
    return this.door.take(frame, { kind: 'RESOLVE_INCIDENT', incidentId: idOf(id), actor: frame.actor, resolution });
  }
}
