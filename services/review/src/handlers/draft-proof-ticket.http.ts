import { PROOF_TICKET_MS, type ProofTicket, proofTicketBytes, proofTicketText } from '@mandate/contracts';
import { CLOCK, type Clock, Keyring } from '@mandate/service-kit';
import { Controller, HttpCode, Inject, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import { instant } from '../adapters/presentable';
import type { TokenHolder } from '../adapters/token.client';
import type { ProofTicketView } from '../api/reading.schema';
import { CONFIG, type Config } from '../config';
import { FounderGuard, SignedIn } from './founder.guard';
import { type HttpReply, idOf } from './http';
import { Problem, refusalProblem } from './problem';

@Controller('api/v1/contracts/:id/proof-ticket')
@UseGuards(FounderGuard)
export class DraftProofTicket {
  constructor(
    private readonly contracts: ContractStore,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** With what a founder gets this contract's proof file from the auditor, which knows founders only by review's word. */
  @Post()
  @HttpCode(200)
  async draft(
    @Param('id') id: string,
    @SignedIn() founder: TokenHolder,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<ProofTicketView> {
    const contractId = idOf(id);
    const { PUBLIC_URL: page, AUDITOR_PUBLIC_URL: auditor } = this.config;
    if (!page || !auditor) throw notServed();
    if (!(await this.contracts.find(contractId))) throw refusalProblem({ code: 'NOT_FOUND' });
    const now = this.clock.now();
    const ticket: ProofTicket = {
      format: 'mandate-proof-ticket-v1',
      contract_id: contractId,
      founder: founder.subject,
      session_id: founder.sessionId,
      page,
      not_after: now + PROOF_TICKET_MS,
    };
    const { keyId, signature } = await this.keyring.signApart(ticket.format, proofTicketBytes(ticket), now);
    reply.header('cache-control', 'no-store');
    return {
      ticket: proofTicketText(ticket, keyId, signature),
      url: `${auditor}/api/v1/contracts/${contractId}/proof`,
      not_after: instant(ticket.not_after),
    };
  }
}

function notServed(): Problem {
  const detail = 'AUDITOR_PUBLIC_URL is not set, so that nothing is known of where browsers reach the auditor.';
  return new Problem({ status: 404, title: 'Not found', code: 'PROOF_NOT_SERVED', detail });
}
