import type { ReviewDecided } from '@mandate/schemas';
import { Hop, type HopBatch, type Message, type Outgoing, PermanentFault, type Tx } from '@mandate/service-kit';
import { Controller } from '@nestjs/common';
import { AuditsStore } from '../adapters/audits.store';
import { ContractStore } from '../adapters/contract.store';
import type { ContractBook } from '../adapters/contract-book';
import { ContractDesk } from '../adapters/contract-desk';
import type { StoredContract } from '../adapters/contract-row';
import { FactsStore } from '../adapters/facts.store';
import { HoldsStore } from '../adapters/holds.store';
import { IncidentStore } from '../adapters/incident.store';
import { IncidentBook } from '../adapters/incident-book';
import { checkMeaning, keyOf, toCommand, toIncidentCommand } from '../adapters/review-decided.wire';
import { checkSameContract } from '../adapters/same-contract';
import { decide } from '../domain/decide';
import type { Facts } from '../domain/facts';
import { decideIncident } from '../domain/incident';

type Decided = Message<ReviewDecided>;
const ON_INCIDENT: readonly ReviewDecided['action'][] = ['ACKNOWLEDGE_INCIDENT', 'RESOLVE_INCIDENT'];

/** A founder's decision, taken or refused: either way recorded and told. */
@Controller()
export class OnReviewDecided {
  constructor(
    private readonly facts: FactsStore,
    private readonly contracts: ContractStore,
    private readonly desk: ContractDesk,
    private readonly incidents: IncidentStore,
    private readonly holds: HoldsStore,
    private readonly audits: AuditsStore,
  ) {}

  @Hop('ReviewDecided')
  async handle({ messages, now }: HopBatch<'ReviewDecided'>, tx: Tx): Promise<readonly Outgoing[]> {
    for (const message of messages) checkMeaning(message);
    const keys = messages.map((m) => ({ contractId: m.value.contract_id, key: keyOf(m.value) }));
    const stored = await this.contracts.lock(
      tx,
      keys.map((k) => k.contractId),
      keys,
    );
    const facts = await this.facts.withHolders(tx, await this.facts.read(tx, now));
    const audits = await this.audits.open(tx, contractsOf(messages, ['ATTEST']));
    const book = this.desk.open(stored, facts, now);
    const incidents = new IncidentBook(await this.incidents.lock(tx, contractsOf(messages, ON_INCIDENT)), now);
    for (const message of messages) {
      const stored = find(message, book);
      if (ON_INCIDENT.includes(message.value.action)) this.onIncident(message, stored, book, incidents, facts, now);
      else {
        const events = decide(toCommand(message, audits), stored.contract, facts, now);
        book.record(message.value.contract_id, events, message.mandate);
      }
    }
    const said = await this.desk.close(tx, book);
    await this.incidents.save(tx, incidents);
    await this.holds.release(tx, incidents.released());
    return [...said, ...incidents.outgoing];
  }

  private onIncident(
    message: Decided,
    stored: StoredContract,
    book: ContractBook,
    incidents: IncidentBook,
    facts: Facts,
    now: number,
  ): void {
    const key = keyOf(message.value);
    if (stored.contract.decided.has(key)) return;
    const { contract_id: id } = message.value;
    const incident = incidents.get(id);
    if (!incident) throw new PermanentFault('NOT_FOUND', `contract ${id} has no incident`);
    const command = toIncidentCommand(message);
    incidents.record(stored, decideIncident(command, incident, facts, now), message.mandate);
    book.take(id, key);
  }
}

function contractsOf(messages: readonly Decided[], actions: readonly ReviewDecided['action'][]): readonly string[] {
  return messages.filter((m) => actions.includes(m.value.action)).map((m) => m.value.contract_id);
}

function find(message: Decided, book: ContractBook): StoredContract {
  const stored = book.get(message.value.contract_id);
  if (!stored) throw new PermanentFault('NOT_FOUND', `there is no contract ${message.value.contract_id}`);
  checkSameContract(message, stored.contract.terms);
  return stored;
}
