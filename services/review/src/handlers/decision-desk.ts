import { canonicalJson, newId, sha256 } from '@mandate/contracts';
import { CLOCK, type Clock, Keyring, Outlet, Reference, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import { type ContractFile, openContract, toReviewed } from '../adapters/contract-changed.wire';
import { HopStore } from '../adapters/hop.store';
import { toReviewDecided } from '../adapters/review-decided.wire';
import { type Outcome, type ReviewEvent, ReviewEventStore } from '../adapters/review-event.store';
import { CONFIG, type Config } from '../config';
import type { Action } from '../domain/action';
import { decide } from '../domain/decide';
import type { Refusal } from '../domain/refusal';
import { Problem, refusalProblem } from './problem';

/** A founder's request to act. */
export interface ActionRequest {
  readonly action: Action;
  readonly sessionId: string;
  readonly requestId: string;
  readonly idempotencyKey: string;
}

/** An accepted action: what the contract service made of it, null while it has not spoken. */
export interface Answer {
  readonly decisionId: string;
  readonly outcome: Outcome | null;
}

interface Taken {
  readonly event: Pick<ReviewEvent, 'eventId' | 'code' | 'requestDigest'>;
  readonly refusal: Refusal | null;
}

const POLL_MS = 50;

/** Takes founders' actions, one shape for all: decide, record, say, and wait for the contract service's word. */
@Injectable()
export class DecisionDesk {
  constructor(
    private readonly contracts: ContractStore,
    private readonly events: ReviewEventStore,
    private readonly hops: HopStore,
    private readonly reference: Reference,
    private readonly keyring: Keyring,
    private readonly outlet: Outlet,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The same idempotency key is the same decision: it is taken once and answered alike each time.
   *
   * @throws Problem for a refusal, which has been recorded like any other action (REVIEW-004)
   */
  async take(request: ActionRequest): Promise<Answer> {
    const { event, refusal } = await this.decideOnce(request);
    if (!event.requestDigest.equals(digestOf(request.action))) throw keyReused();
    if (event.code) throw refusalProblem(refusal ?? { code: event.code }, event.eventId);
    return { decisionId: event.eventId, outcome: await this.outcomeInTime(event.eventId) };
  }

  private decideOnce(request: ActionRequest): Promise<Taken> {
    return this.outlet.act(async (tx) => {
      const earlier = await this.events.earlier(tx, request.action.actor, request.idempotencyKey);
      if (earlier) return { result: { event: earlier, refusal: null }, outgoing: [] };
      const now = this.clock.now();
      const stored = await this.contracts.lock(tx, request.action.contractId);
      const file = stored && openContract(stored.value);
      const [health, registry] = [await this.reference.health(now, tx), await this.reference.registry(tx)];
      const { founders } = this.keyring.manifest;
      const refusal = decide(request.action, file && toReviewed(file), {
        now,
        health,
        capabilities: registry.capabilities,
        founders,
      });
      const event = toEvent(request, file, refusal, now);
      await this.events.append(tx, event);
      if (refusal || !file || !stored) return { result: { event, refusal }, outgoing: [] };
      const basis = { registryVersion: registry.registry_version, healthVersion: health.healthVersion };
      const said = await this.sayDecided(tx, request, event, { file, mandate: stored.mandate, basis });
      return { result: { event, refusal }, outgoing: [said] };
    });
  }

  private async sayDecided(
    tx: Tx,
    { action, sessionId, requestId, idempotencyKey }: ActionRequest,
    { eventId, at: now }: ReviewEvent,
    on: { file: ContractFile; mandate: Buffer; basis: { registryVersion: number; healthVersion: number } },
  ) {
    const version = await this.events.nextVersion(tx, action.contractId);
    const contract = on.file.contract;
    const said = toReviewDecided({
      ...{ decisionId: eventId, action, contract, mandate: on.mandate, version },
      ...{ sessionId, requestId, idempotencyKey, ...on.basis, now },
    });
    const digest = await this.hops.recordOwn(tx, action.contractId, said);
    await this.events.appendDecision(tx, eventId, action.contractId, version, digest);
    return said;
  }

  /** The contract service's answer may reach another replica: the wait is on the database. */
  private async outcomeInTime(decisionId: string): Promise<Outcome | null> {
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const outcome = await this.events.outcomeOf(decisionId);
      if (outcome || waitedMs >= this.config.ACTION_WAIT) return outcome;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function toEvent(request: ActionRequest, file: ContractFile | null, refusal: Refusal | null, now: number): ReviewEvent {
  const { action, sessionId, requestId, idempotencyKey } = request;
  return {
    eventId: newId(now),
    contractId: action.contractId,
    action: action.kind,
    actor: action.actor,
    onBehalfOf: null,
    at: now,
    reason: action.kind === 'REJECT' ? action.reason : null,
    modifications: null,
    sessionId,
    dossierSeen: action.dossierSeen,
    versionSeen: file?.contract.version ?? null,
    requestId,
    idempotencyKey,
    requestDigest: digestOf(request.action),
    code: refusal?.code ?? null,
  };
}

/** What was asked, whoever asks: the same key for something else is a mistake. */
function digestOf(action: Action): Buffer {
  const hex = (bytes: Buffer | undefined | null) => bytes?.toString('hex') ?? null;
  const particular =
    action.kind === 'APPROVE'
      ? [hex(action.approval?.statement), hex(action.approval?.signature), action.approval?.keyId ?? null]
      : [action.reason];
  return sha256(canonicalJson([action.kind, action.contractId, hex(action.dossierSeen), ...particular]));
}

function keyReused(): Problem {
  const detail = 'This Idempotency-Key was used for another request; take a new one for a new decision.';
  return new Problem({ status: 422, title: 'The decision is refused', code: 'IDEMPOTENCY_KEY_REUSED', detail });
}
