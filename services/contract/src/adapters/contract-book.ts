import type { Recorded } from '@mandate/schemas';
import { citing, type Outgoing } from '@mandate/service-kit';
import type { Contract } from '../domain/contract';
import type { ContractEvent } from '../domain/events';
import { evolve } from '../domain/evolve';
import { successionOf } from '../domain/succession';
import type { ReviewPeriods } from '../domain/ttl';
import { toContractChanged, toRecorded } from './contract-changed.wire';
import type { Basis, StoredContract } from './contract-row';
import { type Paper, type Papers, paperOf } from './papers';

/** A recorded change of a contract with the link that permitted it. */
export interface LoggedChange {
  readonly contractId: string;
  readonly recorded: Recorded;
  readonly causeDigest: Buffer;
}
export interface TakenDecision {
  readonly contractId: string;
  readonly key: string;
  readonly at: number;
}

interface Entry {
  readonly stored: StoredContract;
  readonly isNew: boolean;
  readonly isChanged: boolean;
  /** A revision got its own verdict. */
  readonly isJudged: boolean;
}

/**
 * The contracts of one batch in memory: takes events, folds them in order (the second message about a contract sees the
 * first), and holds what is to be stored and said. One message per cause.
 */
export class ContractBook {
  private readonly entries = new Map<string, Entry>();
  readonly outgoing: Outgoing[] = [];
  readonly log: LoggedChange[] = [];
  readonly decisions: TakenDecision[] = [];
  /** Contracts as they were right after their approval. */
  readonly approved: StoredContract[] = [];
  /** Contracts that a cause of this batch took to another state. */
  readonly moved = new Map<string, Contract>();

  constructor(
    stored: readonly StoredContract[],
    private readonly basis: Basis,
    private readonly periods: ReviewPeriods,
    private readonly now: number,
  ) {
    for (const s of stored)
      this.entries.set(s.contract.terms.contractId, { stored: s, isNew: false, isChanged: false, isJudged: false });
  }

  get(contractId: string): StoredContract | undefined {
    return this.entries.get(contractId)?.stored;
  }

  /** Contracts that this batch changed or made. */
  changed(): readonly StoredContract[] {
    return [...this.entries.values()].filter((e) => e.isChanged).map((e) => e.stored);
  }

  inserted(): readonly StoredContract[] {
    return [...this.entries.values()].filter((e) => e.isNew).map((e) => e.stored);
  }

  /** Rows that change; those that got their own verdict apart, since more of them changes. */
  updated(): { readonly judged: readonly StoredContract[]; readonly others: readonly StoredContract[] } {
    const entries = [...this.entries.values()].filter((e) => e.isChanged && !e.isNew);
    const stored = (isJudged: boolean) => entries.filter((e) => e.isJudged === isJudged).map((e) => e.stored);
    return { judged: stored(true), others: stored(false) };
  }

  /**
   * Records what one cause did to a contract, and to the revision that a modification makes.
   * @param cause mandate bytes of the message that permits it
   */
  record(contractId: string, events: readonly ContractEvent[], cause: Buffer): void {
    if (events.length === 0) return;
    const entry = this.entries.get(contractId);
    const paper = paperOf(cause);
    this.step(contractId, entry, events, paper);
    for (const succession of events.map(successionOf).filter((s) => s.length > 0)) {
      const [first] = succession;
      if (first?.type === 'drafted')
        this.step(first.terms.contractId, undefined, succession, paper, entry?.stored.papers.may);
    }
  }

  /** Remembers a decision that changed something else than the contract, its incident. */
  take(contractId: string, key: string): void {
    const entry = this.entries.get(contractId);
    if (!entry) return;
    const { contract } = entry.stored;
    const stored = { ...entry.stored, contract: { ...contract, decided: new Set([...contract.decided, key]) } };
    this.entries.set(contractId, { ...entry, stored });
    this.decisions.push({ contractId, key, at: this.now });
  }

  private step(
    id: string,
    entry: Entry | undefined,
    events: readonly ContractEvent[],
    cause: Paper,
    lineage?: Buffer,
  ): void {
    const before = entry?.stored.contract ?? null;
    let contract = before;
    const recorded: Recorded[] = [];
    for (const event of events) {
      const next: Contract = evolve(contract, event);
      recorded.push(toRecorded(event, contract, next));
      if (event.decisionKey !== undefined)
        this.decisions.push({ contractId: id, key: event.decisionKey, at: this.now });
      contract = next;
    }
    if (!contract) return;
    const papers = this.papersAfter(events, cause, entry?.stored.papers, lineage);
    const step = {
      contract,
      fromVersion: before?.version ?? 0,
      recorded,
      cites: citing(cause.mandate),
      papers,
      basis: this.basis,
    };
    const said = toContractChanged(step, this.periods, this.now);
    this.outgoing.push(said);
    for (const r of recorded) this.log.push({ contractId: id, recorded: r, causeDigest: cause.digest });
    if (contract.status !== before?.status) this.moved.set(id, contract);
    const stored = { contract, papers: { ...papers, last: paperOf(said.mandate).mandate }, basis: this.basis };
    if (events.some((e) => e.type === 'approved')) this.approved.push(stored);
    const isJudged = entry?.isJudged || events.some((e) => e.type === 'eligible');
    this.entries.set(id, { stored, isNew: entry?.isNew ?? true, isChanged: true, isJudged });
  }

  /** A revision's own MAY replaces its lineage; the APPROVE is carried from the approval on. */
  private papersAfter(
    events: readonly ContractEvent[],
    cause: Paper,
    before: Papers | undefined,
    lineage: Buffer | undefined,
  ): Omit<Papers, 'last'> {
    const has = (type: ContractEvent['type']): boolean => events.some((e) => e.type === type);
    const may = has('eligible') ? cause.mandate : (before?.may ?? lineage);
    if (!may) throw new Error('PART2-001: a contract begins on a MAY or on the modification of another');
    return { may, approve: has('approved') ? cause.mandate : (before?.approve ?? null) };
  }
}
