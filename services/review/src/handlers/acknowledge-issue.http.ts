import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { noteBody } from '../api/action.schema';
import { ActionDoor, type Frame, Framed } from './action-request';
import { FounderGuard } from './founder.guard';
import { idOf, parsed } from './http';

@Controller('api/v1/issues/:id/acknowledge')
@UseGuards(FounderGuard)
export class AcknowledgeIssue {
  constructor(private readonly door: ActionDoor) {}

  /** Takes an escalated issue off the list, with a note of what was made of it. */
  @Post()
  acknowledge(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const { note } = parsed(noteBody, body);
    return this.door.take(frame, { kind: 'ACKNOWLEDGE_ISSUE', issueId: idOf(id), actor: frame.actor, note });
  }
}
