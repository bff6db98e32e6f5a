import type { EligibilityJudged } from '@mandate/schemas';
import { Hop, type HopBatch, type Message, type Outgoing, type Tx, UnauthorisedFault } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import type { ContractBook } from '../adapters/contract-book';
import { ContractDesk } from '../adapters/contract-desk';
import { checkVerdict, toGrant } from '../adapters/eligibility-judged.wire';
import { FactsStore } from '../adapters/facts.store';
import { type UsedVerdict, VerdictsStore } from '../adapters/verdicts.store';
import type { Grant } from '../domain/commands';
import { decideCreation } from '../domain/create-contract';
import { decide } from '../domain/decide';
import type { Facts } from '../domain/facts';

type Judged = Message<EligibilityJudged>;

/** A MAY becomes a contract, or makes a revision ELIGIBLE; a MAY_NOT on a revision rejects it. */
@Controller()
export class OnEligibilityJudged {
  constructor(
    private readonly facts: FactsStore,
    private readonly contracts: ContractStore,
    private readonly verdicts: VerdictsStore,
    private readonly desk: ContractDesk,
  ) {}

  @Hop('EligibilityJudged')
  async handle({ messages, now }: HopBatch<'EligibilityJudged'>, tx: Tx): Promise<readonly Outgoing[]> {
    for (const m of messages) checkVerdict(m);
    const relevant = messages.filter((m) => m.link.says === 'MAY' || m.value.contract_id !== null);
    const fresh = await this.unused(tx, relevant);
    if (fresh.length === 0) return [];
    const grants = fresh.map((message) => ({
      message,
      grant: message.link.says === 'MAY' ? toGrant(message, now) : null,
    }));
    const revisions = fresh.flatMap((m) => m.value.contract_id ?? []);
    const touched = grants.flatMap((g) => g.grant?.affectedCapabilities ?? []);
    const facts = await this.facts.withOutcomes(tx, await this.facts.read(tx, now), touched, now);
    const book = this.desk.open(await this.contracts.lock(tx, revisions), facts, now);
    const used = grants.map(({ message, grant }) => this.use(message, grant, book, facts, now));
    const outgoing = await this.desk.close(tx, book);
    await this.verdicts.use(tx, used);
    return outgoing;
  }

  /** PART2-001: each verdict is used once; another one for the same issue and revision is an equivocation. */
  private async unused(tx: Tx, messages: readonly Judged[]): Promise<Judged[]> {
    if (messages.length === 0) return [];
    const used = await this.verdicts.used(
      tx,
      messages.map((m) => m.value.issue_id),
    );
    return messages.filter((m) => {
      const name = `${m.value.issue_id}/${m.value.revision}`;
      const before = used.get(name);
      if (before && !before.equals(m.digest)) {
        throw new UnauthorisedFault('VERDICT_USED', `issue ${name} has been judged already, by another verdict`);
      }
      used.set(name, m.digest);
      return !before;
    });
  }

  private use(message: Judged, grant: Grant | null, book: ContractBook, facts: Facts, now: number): UsedVerdict {
    const { value, digest, mandate } = message;
    const of = (contractId: string, usedAs: UsedVerdict['usedAs']): UsedVerdict => ({
      issueId: value.issue_id,
      revision: value.revision,
      digest,
      contractId,
      usedAs,
      at: now,
    });
    if (grant && value.contract_id === null) {
      book.record(grant.contractId, decideCreation(grant, facts, now), mandate);
      return of(grant.contractId, 'CREATED');
    }
    const contractId = value.contract_id as string;
    const contract = revisionOf(message, book);
    const events = grant
      ? decide({ type: 'grant', grant }, contract, facts, now)
      : decide({ type: 'deny', firstFailingRule: value.first_failing_rule }, contract, facts, now);
    book.record(contractId, events, mandate);
    if (events.length === 0) return of(contractId, 'TOO_LATE');
    return of(contractId, grant ? 'ATTACHED' : 'DENIED');
  }
}

/** The revision that a verdict is about: same issue, same revision, same plan. */
function revisionOf({ value, link }: Judged, book: ContractBook) {
  const contract = book.get(value.contract_id as string)?.contract;
  const terms = contract?.terms;
  const isSame = terms?.issueId === value.issue_id && terms.revision === value.revision && value.revision > 0;
  if (!contract || !isSame)
    throw new UnauthorisedFault('SUBJECT_MISMATCH', `names contract ${value.contract_id}, which is no such revision`);
  if (!link.planDigest.equals(contract.terms.planDigest)) {
    throw new UnauthorisedFault('PLAN_MISMATCH', 'judges another plan than the founder modified');
  }
  return contract;
}
