import { canonicalJson, newId, sha256 } from '@mandate/contracts';
import { CLOCK, type Clock, HopServer, Keyring, type Outgoing, Outlet, Reference, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { ContractStore } from '../adapters/contract.store';
import { type ContractFile, openContract, toReviewed } from '../adapters/contract-changed.wire';
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

const POLL_MS = 50;

/** Takes founders' actions, one shape for all: decide, record, say, and wait for the contract service's word. */
@Injectable()
export class DecisionDesk {
  constructor(
    private readonly contracts: ContractStore,
    private readonly events: ReviewEventStore,
    private readonly reference: Reference,
    private readonly keyring: Keyring,
    private readonly outlet: Outlet,
    private readonly server: HopServer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The same idempotency key is the same decision: it is taken once and answered alike each time.
   *
   * @throws Problem for a refusal, which has been recorded like any other action (REVIEW-004)
   */
  async take(request: ActionRequest): Promise<Answer> {
    const { isReady, reason } = this.server.readiness();
    if (!isReady) throw notReady(reason); // FLOW-006
    const event = await this.outlet.act((tx) => this.decideOnce(tx, request));
    if (!event.requestDigest.equals(digestOf(request.action))) throw keyReused();
    if (event.refusal) throw refusalProblem(event.refusal, event.eventId);
    return { decisionId: event.eventId, outcome: await this.outcomeInTime(event.eventId) };
  }

  private async decideOnce(tx: Tx, request: ActionRequest): Promise<{ result: ReviewEvent; outgoing: Outgoing[] }> {
    const { action, idempotencyKey } = request;
    const earlier = await this.events.earlier(tx, action.actor, idempotencyKey);
    if (earlier) return { result: earlier, outgoing: [] };
    const stored = await this.contracts.lock(tx, action.contractId);
    const now = this.clock.now();
    const [health, registry] = [await this.reference.health(now, tx), await this.reference.registry(tx)];
    const { founders } = this.keyring.manifest;
    const file = stored && openContract(stored.value);
    const at = { now, health, capabilities: registry.capabilities, founders };
    const refusal = decide(action, file && toReviewed(file), at);
    const event = toEvent(request, file, refusal, now);
    await this.events.append(tx, event);
    if (refusal || !file || !stored) return { result: event, outgoing: [] };
    const said = toReviewDecided({
      ...{ event, action, contract: file.contract, mandate: stored.mandate },
      version: await this.events.nextVersion(tx, action.contractId),
      ...{ registryVersion: registry.registry_version, healthVersion: health.healthVersion },
    });
    await this.events.appendDecision(tx, event, said);
    return { result: event, outgoing: [said] };
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
    refusal,
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

function notReady(reason: string): Problem {
  const detail = `Nothing is decided before everything known has been read (${reason}); try again in a moment.`;
  return new Problem({ status: 503, title: 'Not ready', code: 'NOT_READY', detail });
}
