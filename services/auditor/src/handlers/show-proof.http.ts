import { Operators, Problem, ProblemFilter } from '@mandate/service-kit';
import { Controller, Get, Header, Headers, Param, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { ProofReader } from '../adapters/proof.reader';

const id = z.uuid();

/** A contract's proof file. It holds the customer's words and the founder's, so only operators get it. */
@Controller('api/v1/contracts')
@UseFilters(ProblemFilter)
export class ShowProof {
  constructor(
    private readonly proofs: ProofReader,
    private readonly operators: Operators,
  ) {}

  @Get(':id/proof')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-store')
  async show(
    @Headers('authorization') authorization: string | undefined,
    @Param('id') contractId: string,
  ): Promise<string> {
    this.operators.authenticate(authorization);
    const text = id.safeParse(contractId).success ? await this.proofs.read(contractId.toLowerCase()) : null;
    if (text === null) throw new Problem(404, 'NO_SUCH_CONTRACT', 'Nothing is recorded about such a contract.');
    return text;
  }
}
