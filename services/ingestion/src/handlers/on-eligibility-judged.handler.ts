import { citing, Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { toVerdictNews } from '../adapters/eligibility-judged.wire';
import { IssueStore } from '../adapters/issue.store';
import { addressOf, UpdateLedger } from '../adapters/update-ledger';
import { endByVerdict } from '../domain/contract-news';
import { tellVerdict } from '../domain/tell-verdict';

@Controller()
export class OnEligibilityJudged {
  constructor(private readonly issues: IssueStore) {}

  /** A MAY_NOT is told to the CRM with what it would have needed; without a revision it ends the issue. */
  @Hop('EligibilityJudged')
  async handle(batch: HopBatch<'EligibilityJudged'>, tx: Tx): Promise<Outgoing[]> {
    const refused = batch.messages
      .map((m) => ({ m, news: toVerdictNews(m), address: addressFor(m) }))
      .filter((r) => !r.news.isMay);
    if (refused.length === 0) return [];
    const ledger = await UpdateLedger.open(
      tx,
      refused.map((r) => r.address),
      batch.now,
    );
    const progress = await this.issues.progress(
      tx,
      refused.map((r) => r.news.issueId),
    );
    const outgoing: Outgoing[] = [];
    for (const { m, news, address } of refused) {
      const before = progress.get(news.issueId);
      const told = tellVerdict(news, before?.isCancelled ?? false);
      if (before) progress.set(news.issueId, endByVerdict(before, news.contractId !== null));
      if (!told) continue;
      const cause = { cites: citing(m), issueId: news.issueId, planDigest: m.link.planDigest };
      outgoing.push(
        ledger.tell(address, told, {
          ...cause,
          aggregate: `verdict/${news.issueId}`,
          aggregateVersion: m.link.version,
        }),
      );
    }
    await this.issues.saveProgress(tx, progress);
    await ledger.save(tx);
    return outgoing;
  }
}

function addressFor({ value }: HopBatch<'EligibilityJudged'>['messages'][number]): ReturnType<typeof addressOf> {
  return addressOf({ sourceSystem: value.origin.source_system, reference: value.origin.reference });
}
