import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Outcome } from '../adapters/outcome.store';
import type { ActionAnswer } from '../api/action.schema';
import type { Action } from '../domain/action';
import { refusalText } from '../domain/refusal';
import { DecisionDesk } from './decision-desk';
import { type HttpReply, type HttpRequest, parsed } from './http';
import { Problem } from './problem';

const ETAG = /^"?[0-9a-f]{64}"?$/;
const digestOf = (tag: string): Buffer => Buffer.from(tag.replaceAll('"', ''), 'hex');
const ifMatch = z
  .string()
  .regex(ETAG, 'If-Match is the ETag of the contract as it was shown: its dossier digest.')
  .transform(digestOf)
  .optional();
const headers = z.object({
  'idempotency-key': z
    .string({ error: 'An action needs an Idempotency-Key, so that a repetition is the same decision.' })
    .regex(/^[\x21-\x7e]{1,200}$/, 'The Idempotency-Key has 1 to 200 visible ASCII characters.'),
  'if-match': ifMatch,
});

/** What every action carries besides its body. */
export interface Frame {
  readonly actor: string;
  readonly sessionId: string;
  /** Null without If-Match. */
  readonly dossierSeen: Buffer | null;
  readonly requestId: string;
  readonly idempotencyKey: string;
  readonly reply: HttpReply;
}

interface Holder {
  readonly subject: string;
  readonly sessionId: string;
}

/** The frame of a request that has passed the guard. */
export const Framed = createParamDecorator((_: unknown, context: ExecutionContext): Frame => {
  const http = context.switchToHttp();
  const request = http.getRequest<HttpRequest & { readonly holder: Holder }>();
  const { 'idempotency-key': idempotencyKey, 'if-match': dossierSeen } = parsed(headers, request.headers);
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && /^[\x21-\x7e]{1,100}$/.test(given) ? given : randomUUID();
  const { subject: actor, sessionId } = request.holder;
  return { actor, sessionId, dossierSeen: dossierSeen ?? null, requestId, idempotencyKey, reply: http.getResponse() };
});

/** The dossier that a request names as shown, where it is no action. */
export function dossierSeenBy(request: HttpRequest): Buffer | null {
  return parsed(z.object({ 'if-match': ifMatch }), request.headers)['if-match'] ?? null;
}

/** What binds what was shown cannot do without If-Match. */
export function withDossier(frame: Frame): Frame & { readonly dossierSeen: Buffer } {
  const { dossierSeen } = frame;
  if (dossierSeen) return { ...frame, dossierSeen };
  const detail = 'This needs If-Match with the ETag of the contract as it was shown.';
  const title = 'A precondition is missing';
  throw new Problem({ status: 428, title, code: 'IF_MATCH_MISSING', detail, field: 'if-match' });
}

/** Where every action over HTTP goes through, and how each is answered. */
@Injectable()
export class ActionDoor {
  constructor(private readonly desk: DecisionDesk) {}

  /** 200 with what was made of the decision, 202 with where to look while nobody has spoken. */
  async take({ reply, sessionId, requestId, idempotencyKey }: Frame, action: Action): Promise<ActionAnswer> {
    const { decisionId, outcome } = await this.desk.take({ action, sessionId, requestId, idempotencyKey });
    reply.header('x-request-id', requestId).header('cache-control', 'no-store');
    if (outcome === 'settled') {
      reply.status(200);
      return { decision_id: decisionId, outcome: 'APPLIED' };
    }
    if (!outcome) {
      const lookAt = `/api/v1/${lookAtOf(action)}`;
      reply.status(202).header('location', lookAt);
      return { decision_id: decisionId, outcome: 'PENDING', look_at: lookAt };
    }
    reply.status(200);
    return { decision_id: decisionId, ...toAnswer(outcome) };
  }
}

function lookAtOf(action: Action): string {
  return 'contractId' in action ? `contracts/${action.contractId}` : 'attention';
}

function toAnswer(outcome: Outcome): Omit<ActionAnswer, 'decision_id'> {
  const { code, state, version } = outcome;
  const verdict = code
    ? { outcome: 'REFUSED' as const, code, sentence: refusalText({ code }) }
    : { outcome: 'APPLIED' as const };
  switch (outcome.of) {
    case 'contract': {
      const contract = { contract_id: outcome.contractId, status: state, version };
      return { ...verdict, contract, ...(outcome.successorId ? { successor_contract_id: outcome.successorId } : {}) };
    }
    case 'incident':
      return { ...verdict, incident: { incident_id: outcome.incidentId, state, version } };
    case 'audit':
      return { ...verdict, audit: { audit_id: outcome.auditId, verdict: state, is_final: outcome.isFinal } };
  }
}
