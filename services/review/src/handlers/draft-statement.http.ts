import { passkeyChallenge, type Statement, statementBytes } from '@mandate/contracts';
import { CLOCK, type Clock } from '@mandate/service-kit';
import { Body, Controller, HttpCode, Inject, Param, Post, Req, UseGuards } from '@nestjs/common';
import type { TokenHolder } from '../adapters/token.client';
import type { StatementToSign } from '../api/action.schema';
import { approvalStatementBody, attestationStatementBody, resolutionStatementBody } from '../api/action.schema';
import { dossierSeenBy } from './action-request';
import { FounderGuard, SignedIn } from './founder.guard';
import { type HttpRequest, idOf, parsed } from './http';
import { StatementDrafts } from './statement-drafts';

/** What a founder is to sign. Nothing is recorded: a draft decides nothing. */
@Controller('api/v1')
@UseGuards(FounderGuard)
export class DraftStatement {
  constructor(
    private readonly drafts: StatementDrafts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('contracts/:id/approval-statement')
  @HttpCode(200)
  async approval(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: HttpRequest,
    @SignedIn() founder: TokenHolder,
  ): Promise<StatementToSign> {
    const wanted = parsed(approvalStatementBody, body ?? {});
    const frame = { founder, now: this.clock.now(), dossierSeen: dossierSeenBy(request) };
    return toSign(await this.drafts.approval(idOf(id), wanted, frame));
  }

  @Post('audits/:id/attestation-statement')
  @HttpCode(200)
  async attestation(
    @Param('id') id: string,
    @Body() body: unknown,
    @SignedIn() founder: TokenHolder,
  ): Promise<StatementToSign> {
    const wanted = parsed(attestationStatementBody, body);
    return toSign(await this.drafts.attestation(idOf(id), wanted, { founder, now: this.clock.now() }));
  }

  @Post('incidents/:id/resolution-statement')
  @HttpCode(200)
  async resolution(
    @Param('id') id: string,
    @Body() body: unknown,
    @SignedIn() founder: TokenHolder,
  ): Promise<StatementToSign> {
    const { reason } = parsed(resolutionStatementBody, body);
    return toSign(await this.drafts.resolution(idOf(id), reason, { founder, now: this.clock.now() }));
  }
}

function toSign(statement: Statement): StatementToSign {
  const bytes = statementBytes(statement);
  return {
    statement: bytes.toString('utf8'),
    challenge: passkeyChallenge(bytes),
    not_after: new Date(statement.not_after).toISOString(),
  };
}
