import { isTicketGood, readProofTicket } from '@mandate/contracts';
import { CLOCK, type Clock, Keyring, LOGGER, Operators, Problem, ProblemFilter } from '@mandate/service-kit';
import { Body, Controller, Get, Header, Headers, HttpCode, Inject, Param, Post, Res, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { ProofReader } from '../adapters/proof.reader';

const id = z.uuid();

interface Log {
  info(fields: object, text: string): void;
}
interface Reply {
  headers(values: Readonly<Record<string, string>>): unknown;
}

/** A contract's proof file. It holds the customer's words and the founder's, so only operators get it, and founders by review's ticket. */
@Controller('api/v1/contracts')
@UseFilters(ProblemFilter)
export class ShowProof {
  constructor(
    private readonly proofs: ProofReader,
    private readonly operators: Operators,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  @Get(':id/proof')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-store')
  async show(
    @Headers('authorization') authorization: string | undefined,
    @Param('id') contractId: string,
  ): Promise<string> {
    this.operators.authenticate(authorization);
    return this.read(contractId);
  }

  /**
   * For a founder's page, which holds a ticket of review as plain text: so the browser asks nothing beforehand, and no ticket
   * stands in an address. The page that the ticket names may read the answer, and no other.
   */
  @Post(':id/proof')
  @HttpCode(200)
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-store')
  async showToFounder(
    @Headers('origin') origin: string | undefined,
    @Param('id') contractId: string,
    @Body() given: unknown,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const now = this.clock.now();
    const ticket = readProofTicket(typeof given === 'string' ? given : '', this.keyring.manifest, now);
    const isOfPage = ticket !== null && (origin === undefined || origin === ticket.page);
    if (!ticket || !isOfPage || ticket.contract_id !== contractId.toLowerCase())
      throw new Problem(403, 'TICKET_REFUSED', 'This needs a ticket of the review service for this very contract.');
    reply.headers({ 'access-control-allow-origin': ticket.page, vary: 'origin' });
    if (!isTicketGood(ticket, now)) {
      const detail = 'The ticket is over; ask the review service for another, and see that both clocks agree.';
      throw new Problem(403, 'TICKET_EXPIRED', detail);
    }
    const { founder, session_id: session } = ticket;
    this.logger.info({ contractId, founder, session }, 'a founder gets a proof file');
    return this.read(contractId);
  }

  private async read(contractId: string): Promise<string> {
    const text = id.safeParse(contractId).success ? await this.proofs.read(contractId.toLowerCase()) : null;
    if (text === null) throw new Problem(404, 'NO_SUCH_CONTRACT', 'Nothing is recorded about such a contract.');
    return text;
  }
}
