import { Controller, Get, Param, Res, UseGuards } from '@nestjs/common';
import { toContractPage } from '../adapters/contract.view';
import type { TokenHolder } from '../adapters/token.client';
import { ContractReader } from './contract-reader';
import { FounderGuard, SignedIn } from './founder.guard';
import { type HttpReply, idOf } from './http';
import { refusalProblem } from './problem';

@Controller('api/v1/contracts/:id')
@UseGuards(FounderGuard)
export class ShowContract {
  constructor(private readonly contracts: ContractReader) {}

  /** Everything on the review page. The ETag is the dossier digest: what a decision names as shown. */
  @Get()
  async show(@Param('id') id: string, @SignedIn() founder: TokenHolder, @Res({ passthrough: true }) reply: HttpReply) {
    const view = await this.contracts.read(idOf(id), founder);
    if (!view) throw refusalProblem({ code: 'NOT_FOUND' });
    reply.header('etag', `"${view.reviewed.dossierDigest.toString('hex')}"`).header('cache-control', 'no-store');
    return toContractPage(view);
  }
}
