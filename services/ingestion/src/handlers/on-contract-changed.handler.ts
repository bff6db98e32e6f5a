import { citing, Hop, type HopBatch, type Outgoing, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { toCancellationReceived } from '../adapters/cancellation-received.wire';
import { type ContractRow, ContractStore } from '../adapters/contract.store';
import { type ContractMessage, toContractNews } from '../adapters/contract-changed.wire';
import { IssueStore } from '../adapters/issue.store';
import { type Cancellation, RequestStore } from '../adapters/request.store';
import { type Address, addressOf, UpdateLedger } from '../adapters/update-ledger';
import { type ContractNews, evolveHeard, evolveProgress, mustPassCancellationOn } from '../domain/contract-news';
import { tellContract } from '../domain/tell-contract';

interface Heard {
  readonly m: ContractMessage;
  readonly news: ContractNews;
  readonly address: Address;
}

@Controller()
export class OnContractChanged {
  constructor(
    private readonly contracts: ContractStore,
    private readonly issues: IssueStore,
    private readonly requests: RequestStore,
  ) {}

  /**
   * What happens to a contract is told to its CRM, once per contract and version; a cancellation that waited for a
   * contract is passed on to it, and again to a successor.
   */
  @Hop('ContractChanged')
  async handle(batch: HopBatch<'ContractChanged'>, tx: Tx): Promise<Outgoing[]> {
    const heard = batch.messages.map((m): Heard => ({ m, news: toContractNews(m), address: addressFor(m) }));
    const issueIds = [...new Set(heard.map((h) => h.news.issueId))];
    const ledger = await UpdateLedger.open(
      tx,
      heard.map((h) => h.address),
      batch.now,
    );
    const contracts = await this.contracts.lock(tx, [...new Set(heard.map((h) => h.news.contractId))]);
    const progress = await this.issues.progress(tx, issueIds);
    const cancellations = await this.requests.cancellations(tx, issueIds);
    const outgoing: Outgoing[] = [];
    for (const { m, news, address } of heard) {
      const before = contracts.get(news.contractId) ?? null;
      if (before && before.version >= news.version) continue; // FLOW-002: an older state has nothing new to say
      const cancellation = cancellations.get(news.issueId);
      const isPassingOn = mustPassCancellationOn(news, before, cancellation !== undefined);
      const after = rowOf(m, news, before, isPassingOn);
      contracts.set(news.contractId, after);
      const issue = progress.get(news.issueId);
      if (issue) progress.set(news.issueId, evolveProgress(issue, news));
      if (isPassingOn) outgoing.push(passOn(after, cancellation as Cancellation, batch.now));
      const told = tellContract(news, before, isPassingOn);
      if (!told) continue;
      const cause = { cites: citing(m), issueId: news.issueId, planDigest: m.link.planDigest };
      outgoing.push(
        ledger.tell(address, told, {
          ...cause,
          aggregate: `contract/${news.contractId}`,
          aggregateVersion: news.version,
        }),
      );
    }
    await this.contracts.save(tx, [...contracts.values()]);
    await this.issues.saveProgress(tx, progress);
    await this.requests.noteAsked(tx, heard.flatMap(askedIn));
    await ledger.save(tx);
    return outgoing;
  }
}

function addressFor({ value }: ContractMessage): Address {
  return addressOf({ sourceSystem: value.origin.source_system, reference: value.origin.reference });
}

function rowOf(m: ContractMessage, news: ContractNews, before: ContractRow | null, isPassingOn: boolean): ContractRow {
  return {
    contractId: news.contractId,
    issueId: news.issueId,
    revision: news.revision,
    planDigest: m.link.planDigest,
    origin: m.value.origin,
    saidVersion: (before?.saidVersion ?? 0) + (isPassingOn ? 1 : 0),
    ...evolveHeard(news, before, isPassingOn),
  };
}

function passOn(contract: ContractRow, cancellation: Cancellation, now: number): Outgoing {
  const { contractId, planDigest, origin, saidVersion } = contract;
  return toCancellationReceived({ ...cancellation, contractId, planDigest, origin, version: saidVersion }, now);
}

function askedIn({ m, news }: Heard): Parameters<RequestStore['noteAsked']>[1][number][] {
  if (!news.clarification) return [];
  const { requestId, question, requestedAt } = news.clarification;
  const { contractId, issueId } = news;
  return [{ requestId, contractId, issueId, sourceSystem: m.value.origin.source_system, question, requestedAt }];
}
