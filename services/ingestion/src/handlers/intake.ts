import { newId } from '@mandate/contracts';
import { citingOutside, type Outgoing, type Tx } from '@mandate/service-kit';
import { Injectable } from '@nestjs/common';
import { toCancellationReceived } from '../adapters/cancellation-received.wire';
import { toClarificationReceived } from '../adapters/clarification-received.wire';
import { type ContractRow, ContractStore } from '../adapters/contract.store';
import { IntakeKeyStore } from '../adapters/intake-key.store';
import { IssueStore, type NewIssue } from '../adapters/issue.store';
import { toIssueReceived } from '../adapters/issue-received.wire';
import { type RefusedInput, RefusedInputStore } from '../adapters/refused-input.store';
import { type Cancellation, RequestStore } from '../adapters/request.store';
import { type Address, addressOf, UpdateLedger } from '../adapters/update-ledger';
import { admit } from '../domain/admit';
import { contentOf } from '../domain/content';
import type { Addressee, AdmittedInput, ReadInput } from '../domain/crm-input';
import { foldIntake, type KnownAll } from '../domain/fold-intake';
import type { CancelledIssue, IntakeEvent, Intake as IntakeFacts } from '../domain/receive';
import type { Refusal } from '../domain/refusal';
import { tellIntake } from '../domain/tell-intake';
import type { Told } from '../domain/told';

/** An input as it arrived, whichever way. */
export interface Arrived {
  readonly read: ReadInput;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes: what everything said about it cites. */
  readonly digest: Buffer;
  /** The broker's append time, over HTTP the service's clock; epoch milliseconds. */
  readonly appendedAt: number;
  /** `topic/partition/offset`, or `http/<id>`: names the input for ever. */
  readonly via: string;
  readonly recordKey: Buffer | null;
  /** Answer under `via` where no reference is legible; over HTTP the response is the answer. */
  readonly isAnsweredByOffset: boolean;
}

export interface Taken {
  readonly outgoing: readonly Outgoing[];
  /** What each input's sender is told, in the order of the inputs. */
  readonly told: readonly (readonly Told[])[];
}

/** An input with its fate. `input` is null where nothing could be admitted. */
interface Fate {
  readonly arrived: Arrived;
  readonly event: IntakeEvent;
  readonly input: AdmittedInput | null;
  readonly facts: IntakeFacts | null;
  readonly from: Addressee | null;
}

/**
 * Takes what CRMs say, from the topic and over HTTP alike (spec step 1): admits or refuses each input, decides the batch
 * in order, keeps issues and refusals with their bytes, and answers every input. A handful of statements a batch.
 */
@Injectable()
export class Intake {
  constructor(
    private readonly keys: IntakeKeyStore,
    private readonly issues: IssueStore,
    private readonly contracts: ContractStore,
    private readonly requests: RequestStore,
    private readonly refused: RefusedInputStore,
  ) {}

  async take(tx: Tx, arrivals: readonly Arrived[], now: number): Promise<Taken> {
    const undecided = arrivals.map((arrived) => admitted(arrived, now));
    const intakes = undecided.flatMap((u) => (u.facts ? [u.facts] : []));
    const keys = await this.keys.lock(tx, intakes);
    const ledger = await UpdateLedger.open(
      tx,
      undecided.flatMap((u) => addressFor(u) ?? []),
      now,
    );
    const known = await this.known(tx, intakes, keys);
    const events = foldIntake(intakes, known).values();
    const fates = undecided.map((u): Fate => (u.facts ? { ...u, event: events.next().value as IntakeEvent } : u));
    const outgoing = await this.save(tx, fates, ledger, now);
    await ledger.save(tx);
    return { outgoing, told: fates.map(({ event }) => tellIntake(event)) };
  }

  private async known(tx: Tx, intakes: readonly IntakeFacts[], keys: KnownAll['keys']): Promise<KnownAll> {
    const issues = await this.issues.siblings(tx, intakes);
    const requests = await this.requests.asked(
      tx,
      intakes.flatMap((i) => i.requestId ?? []),
    );
    return { keys, issues, requests };
  }

  /** Writes every fate and returns what is said about it: first to the chain, then to the CRM. */
  private async save(tx: Tx, fates: readonly Fate[], ledger: UpdateLedger, now: number): Promise<Outgoing[]> {
    const contracts = await this.contracts.lock(tx, fates.flatMap(contractsOf));
    const touched = new Map<string, ContractRow>();
    const outgoing: Outgoing[] = [];
    for (const fate of fates) {
      outgoing.push(...speak(fate, contracts, touched, now));
      const address = addressFor(fate);
      if (!address) continue;
      const [topicOffset, valueDigest] = [fate.arrived.via, fate.arrived.digest];
      const cause = { cites: citingOutside(valueDigest), issueId: null, planDigest: null };
      tellIntake(fate.event).forEach((told, i) => {
        const report = { ...cause, aggregate: fate.arrived.via, aggregateVersion: i + 1, topicOffset, valueDigest };
        outgoing.push(ledger.tell(address, told, report));
      });
    }
    await this.issues.insert(tx, fates.flatMap(newIssueOf), now);
    await this.requests.noteCancellations(
      tx,
      fates.flatMap((f) => cancellationsOf(f, now)),
    );
    await this.issues.cancel(tx, fates.flatMap(cancelledIn));
    await this.contracts.save(tx, [...touched.values()]);
    await this.keys.save(
      tx,
      fates.flatMap(({ facts, event }) => (facts ? [{ intake: facts, event }] : [])),
    );
    await this.refused.insert(tx, fates.flatMap(refusedOf), now);
    return outgoing;
  }
}

/** Refused inputs have their event already, the others get theirs from the fold. */
function admitted(arrived: Arrived, now: number): Fate {
  const admission = admit(arrived.read, arrived.appendedAt);
  if (admission.type === 'refused') {
    const { refusal, from } = admission;
    return { arrived, input: null, facts: null, from, event: { type: 'input-refused', refusal } };
  }
  const { input } = admission;
  const facts: IntakeFacts = {
    kind: input.kind,
    sourceSystem: input.sourceSystem,
    reference: input.reference,
    idempotencyKey: input.idempotencyKey,
    requestId: input.clarificationRequestId,
    content: contentOf(input),
    appendedAt: arrived.appendedAt,
    newIssueId: newId(now),
  };
  const undecided: IntakeEvent = { type: 'duplicate', issueId: facts.newIssueId, reference: null, differs: [] };
  return { arrived, input, facts, from: input, event: undecided };
}

function addressFor({ arrived, from }: Pick<Fate, 'arrived' | 'from'>): Address | null {
  if (from) return addressOf(from);
  return arrived.isAnsweredByOffset ? { updateKey: arrived.via, to: null } : null;
}

const cancelledIn = ({ event }: Fate): readonly CancelledIssue[] =>
  event.type === 'issues-cancelled' ? event.issues : [];

function contractsOf(fate: Fate): string[] {
  if (fate.event.type === 'clarification-received') return [fate.event.request.contractId];
  return cancelledIn(fate).flatMap((i) => i.contractId ?? []);
}

function newIssueOf({ arrived, event, input }: Fate): NewIssue[] {
  if (event.type !== 'issue-received' || !input) return [];
  const { bytes, digest, appendedAt, via } = arrived;
  return [{ event, input, bytes, digest, appendedAt, via }];
}

function cancellationsOf(fate: Fate, now: number): Cancellation[] {
  return cancelledIn(fate).map(({ issueId }) => cancellation(issueId, fate, now));
}

function cancellation(issueId: string, { arrived, input }: Fate, now: number): Cancellation {
  const said = input?.body.trim() || input?.subject.trim();
  return { issueId, reason: said || 'cancelled by its CRM', digest: arrived.digest, requestedAt: now };
}

function refusedOf({ arrived, event, from }: Fate): RefusedInput[] {
  if (event.type !== 'input-refused') return [];
  const { via, recordKey, bytes, digest } = arrived;
  const refusal: Refusal = event.refusal;
  return [{ via, recordKey, bytes, digest, refusal, from }];
}

/** What the chain is told about an input; contracts that are spoken to are noted in `touched`. */
function speak(
  fate: Fate,
  contracts: ReadonlyMap<string, ContractRow>,
  touched: Map<string, ContractRow>,
  now: number,
): Outgoing[] {
  const { event, input, arrived } = fate;
  const next = (contractId: string, more: Partial<ContractRow> = {}): ContractRow => {
    const row = (touched.get(contractId) ?? contracts.get(contractId)) as ContractRow;
    const spoken = { ...row, ...more, saidVersion: row.saidVersion + 1 };
    touched.set(contractId, spoken);
    return spoken;
  };
  if (event.type === 'issue-received' && input) return [toIssueReceived(event, input, arrived.digest, now)];
  if (event.type === 'clarification-received' && input) {
    const { planDigest, origin, saidVersion } = next(event.request.contractId);
    const answer = { request: event.request, answer: input.body, version: saidVersion, planDigest, origin };
    return [toClarificationReceived({ ...answer, digest: arrived.digest }, now)];
  }
  return cancelledIn(fate).flatMap(({ issueId, contractId }) => {
    if (contractId === null) return [];
    const { planDigest, origin, saidVersion } = next(contractId, { isCancellationSaid: true });
    const said = { ...cancellation(issueId, fate, now), contractId, version: saidVersion, planDigest, origin };
    return [toCancellationReceived(said, now)];
  });
}
