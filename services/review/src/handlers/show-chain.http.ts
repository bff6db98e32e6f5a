import { Controller, Get, Inject, Param, UseGuards } from '@nestjs/common';
import { type Hop, HopStore } from '../adapters/hop.store';
import { instant } from '../adapters/presentable';
import { CONFIG, type Config } from '../config';
import { inOrder } from '../domain/chain';
import { FounderGuard } from './founder.guard';
import { idOf } from './http';
import { refusalProblem } from './problem';

@Controller('api/v1/contracts/:id/chain')
@UseGuards(FounderGuard)
export class ShowChain {
  constructor(
    private readonly hops: HopStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Who said what, when, citing what. Only what passed the authority check is here (CHAIN-002, CHAIN-003). */
  @Get()
  async show(@Param('id') id: string) {
    const contractId = idOf(id);
    const hops = inOrder(await this.hops.chainOf(contractId));
    if (hops.length === 0) throw refusalProblem({ code: 'NOT_FOUND' });
    const known = new Set(hops.map((hop) => hop.digest.toString('hex')));
    const shown = hops.map((hop) => toHop(hop, known));
    // A CRM's words are outside the chain: nobody here has said them.
    const isWhole = shown.every(({ cites }) => cites.is_known || cites.says === null);
    const isProofServed = this.config.AUDITOR_PUBLIC_URL !== undefined;
    return { contract_id: contractId, is_whole: isWhole, is_proof_served: isProofServed, hops: shown };
  }
}

function toHop(hop: Hop, known: ReadonlySet<string>) {
  const causeDigest = hop.cause_digest.toString('hex');
  return {
    time: instant(hop.at),
    writer: hop.writer,
    message: hop.message,
    says: hop.says,
    version: hop.version,
    contract_id: hop.contract_id,
    digest: hop.digest.toString('hex'),
    /** False: it only records something and is no authority for anything new. */
    has_effect: hop.has_effect,
    cites: {
      message: hop.cause_message ?? 'CrmIssue',
      says: hop.cause_says,
      digest: causeDigest,
      is_known: known.has(causeDigest),
    },
    verified: true,
    sentence: sentenceOf(hop),
  };
}

function sentenceOf({ writer, says, message, cause_message: cause, cause_says: causeSays }: Hop): string {
  return `${writer} said ${says} (${message}) on ${cause ? `${causeSays} (${cause})` : "the CRM's own words"}.`;
}
