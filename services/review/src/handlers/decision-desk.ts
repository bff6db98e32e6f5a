import { canonicalJson, newId, sha256 } from '@mandate/contracts';
import { CLOCK, type Clock, HopServer, type Outgoing, Outlet, type Tx } from '@mandate/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { FounderKeyStore } from '../adapters/founder-key.store';
import { type Outcome, OutcomeStore } from '../adapters/outcome.store';
import { toReviewDecided } from '../adapters/review-decided.wire';
import { type ReviewEvent, ReviewEventStore } from '../adapters/review-event.store';
import { CONFIG, type Config } from '../config';
import { type Action, signedIn, subjectOf, wordsOf } from '../domain/action';
import type { Judged } from './judged';
import { Judges } from './judges';
import { Problem, refusalProblem } from './problem';

/** A founder's request to act. */
export interface ActionRequest {
  readonly action: Action;
  readonly sessionId: string;
  readonly requestId: string;
  readonly idempotencyKey: string;
}

/** An accepted action: what was made of it, null while nobody has spoken. */
export interface Answer {
  readonly decisionId: string;
  /** `settled`: it concerned nobody but review. */
  readonly outcome: Outcome | 'settled' | null;
}

const POLL_MS = 25;

/** Takes founders' actions, one shape for all: decide, record, say, and wait for the answer. */
@Injectable()
export class DecisionDesk {
  constructor(
    private readonly judges: Judges,
    private readonly events: ReviewEventStore,
    private readonly founderKeys: FounderKeyStore,
    private readonly outcomes: OutcomeStore,
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
    const isSettled = request.action.kind === 'ACKNOWLEDGE_ISSUE';
    return { decisionId: event.eventId, outcome: isSettled ? 'settled' : await this.outcomeInTime(event.eventId) };
  }

  private async decideOnce(tx: Tx, request: ActionRequest): Promise<{ result: ReviewEvent; outgoing: Outgoing[] }> {
    const { action, idempotencyKey } = request;
    const earlier = await this.events.earlier(tx, action.actor, idempotencyKey);
    if (earlier) return { result: earlier, outgoing: [] };
    const now = this.clock.now();
    const judged = await this.judge(tx, action, now);
    const event = toEvent(request, judged, now);
    await this.events.append(tx, [event]);
    if (judged.refusal) return { result: event, outgoing: [] };
    await judged.settle?.(event);
    if (!judged.say) return { result: event, outgoing: [] };
    const { basis, particularsOf } = judged.say;
    const id = basis.contract.contract_id;
    const version = ((await this.events.lastVersions(tx, [id])).get(id) ?? 0) + 1;
    const outgoing = toReviewDecided(event, particularsOf(event), basis, version);
    await this.events.appendDecisions(tx, [{ event, outgoing }]);
    return { result: event, outgoing: [outgoing] };
  }

  /** PART2-002: a passkey's use counts where it is accepted, in the same transaction: an assertion is not used twice. */
  private async judge(tx: Tx, action: Action, now: number): Promise<Judged> {
    const judged = await this.judges.judge(tx, action, now);
    const signed = signedIn(action);
    if (judged.refusal || !signed) return judged;
    const code = await this.founderKeys.countUse(tx, signed.keyId, signed.signature);
    return code ? { ...judged, refusal: { code } } : judged;
  }

  /** The answer may reach another replica: the wait is on the database. */
  private async outcomeInTime(decisionId: string): Promise<Outcome | null> {
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const outcome = await this.outcomes.of(decisionId);
      if (outcome || waitedMs >= this.config.ACTION_WAIT) return outcome;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function toEvent(request: ActionRequest, judged: Judged, now: number): ReviewEvent {
  const { action, sessionId, requestId, idempotencyKey } = request;
  return {
    eventId: newId(now),
    subject: subjectOf(action),
    contractId: judged.contractId,
    action: action.kind,
    actor: action.actor,
    onBehalfOf: null,
    at: now,
    reason: judged.reason ?? wordsOf(action),
    modifications:
      action.kind === 'MODIFY_SCOPE' ? { changes: action.changes, capabilities: action.capabilities } : null,
    sessionId,
    dossierSeen: 'dossierSeen' in action ? action.dossierSeen : null,
    versionSeen: judged.versionSeen,
    requestId,
    idempotencyKey,
    requestDigest: digestOf(action),
    refusal: judged.refusal,
  };
}

/** What was asked, whoever asks: the same key for something else is a mistake. */
function digestOf({ actor: _, ...asked }: Action): Buffer {
  return sha256(canonicalJson(inHex(asked)));
}

function inHex(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map(inHex);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(given.map(([name, each]) => [name, inHex(each)]));
}

function keyReused(): Problem {
  const detail = 'This Idempotency-Key was used for another request; take a new one for a new decision.';
  return new Problem({ status: 422, title: 'The decision is refused', code: 'IDEMPOTENCY_KEY_REUSED', detail });
}

function notReady(reason: string): Problem {
  const detail = `Nothing is decided before everything known has been read (${reason}); try again in a moment.`;
  return new Problem({ status: 503, title: 'Not ready', code: 'NOT_READY', detail });
}
