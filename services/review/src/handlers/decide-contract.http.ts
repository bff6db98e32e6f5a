import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { answerBody, modifyBody, noteBody, questionBody, rejectBody, signedBody } from '../api/action.schema';
import type { RequestedChange } from '../domain/modification';
import { ActionDoor, type Frame, Framed, withDossier } from './action-request';
import { FounderGuard } from './founder.guard';
import { idOf, parsed } from './http';
import { signedOf } from './signed-request';

/** The founder's actions on a contract. None of them creates one. */
@Controller('api/v1/contracts/:id')
@UseGuards(FounderGuard)
export class DecideContract {
  constructor(private readonly door: ActionDoor) {}

  /** Takes a founder's approval: a statement that the founder has signed. Review has no key to sign one. */
  @Post('approve')
  approve(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const approval = signedOf(parsed(signedBody, body));
    const { actor, dossierSeen } = withDossier(frame);
    return this.door.take(frame, { kind: 'APPROVE', contractId: idOf(id), actor, dossierSeen, approval });
  }

  /** Ends a contract for good; the reason goes back to whoever asked. */
  @Post('reject')
  reject(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const { reason } = parsed(rejectBody, body);
    return this.door.take(frame, { kind: 'REJECT', ...on(id, frame), reason });
  }

  /** Asks the requestor; the time to live stands still until the answer. */
  @Post('request-clarification')
  ask(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const { question } = parsed(questionBody, body);
    return this.door.take(frame, { kind: 'REQUEST_CLARIFICATION', ...on(id, frame), question });
  }

  /** Records an answer that reached the founder elsewhere. */
  @Post('provide-clarification')
  provide(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const { answer } = parsed(answerBody, body);
    return this.door.take(frame, { kind: 'PROVIDE_CLARIFICATION', ...on(id, frame), answer });
  }

  /** Replaces the contract by a revision with other changes, which is validated and judged anew. */
  @Post('modify-scope')
  modify(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const { changes, capabilities = null, reason } = parsed(modifyBody, body);
    const { actor, dossierSeen } = withDossier(frame);
    const action = { kind: 'MODIFY_SCOPE' as const, contractId: idOf(id), actor, dossierSeen, capabilities, reason };
    return this.door.take(frame, { ...action, changes: changes as readonly RequestedChange[] });
  }

  @Post('notes')
  note(@Param('id') id: string, @Body() body: unknown, @Framed() frame: Frame) {
    const { note } = parsed(noteBody, body);
    return this.door.take(frame, { kind: 'NOTE', ...on(id, frame), note });
  }
}

function on(id: string, { actor, dossierSeen }: Frame) {
  return { contractId: idOf(id), actor, dossierSeen };
}
