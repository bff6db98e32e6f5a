import { newId } from '@mandate/contracts';
import { z } from 'zod';
import type { TokenHolder } from '../adapters/token.client';
import type { Action } from '../domain/action';
import { refusalText } from '../domain/refusal';
import type { ActionRequest, Answer } from './decision-desk';
import { type HttpReply, type HttpRequest, parsed } from './http';
import { Problem } from './problem';

const headers = z.object({
  'idempotency-key': z
    .string({ error: 'An action needs an Idempotency-Key, so that a repetition is the same decision.' })
    .regex(/^[\x21-\x7e]{1,200}$/, 'The Idempotency-Key has 1 to 200 visible ASCII characters.'),
  'if-match': z
    .string()
    .regex(/^"?[0-9a-f]{64}"?$/, 'If-Match is the ETag of the contract as it was shown: its dossier digest.')
    .transform((tag) => Buffer.from(tag.replaceAll('"', ''), 'hex'))
    .optional(),
});

/** What every action carries besides its body. `dossierSeen` is null without If-Match. */
export function frameOf(request: HttpRequest, holder: TokenHolder, now: number) {
  const { 'idempotency-key': idempotencyKey, 'if-match': dossierSeen } = parsed(headers, request.headers);
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && /^[\x21-\x7e]{1,100}$/.test(given) ? given : newId(now);
  return {
    actor: holder.subject,
    dossierSeen: dossierSeen ?? null,
    sessionId: holder.sessionId,
    requestId,
    idempotencyKey,
  };
}

/** An action within its frame. */
export function requestOf(frame: ReturnType<typeof frameOf>, action: Action): ActionRequest {
  const { sessionId, requestId, idempotencyKey } = frame;
  return { action, sessionId, requestId, idempotencyKey };
}

/** An approval names what was shown, so it cannot do without If-Match. */
export function preconditionRequired(): Problem {
  const detail = 'An approval needs If-Match with the ETag of the contract as it was shown.';
  return new Problem({
    status: 428,
    title: 'A precondition is missing',
    code: 'IF_MATCH_MISSING',
    detail,
    field: 'if-match',
  });
}

/** 200 with what the contract service made of the decision, 202 with where to look while it has not spoken. */
export function answer(reply: HttpReply, contractId: string, requestId: string, { decisionId, outcome }: Answer) {
  reply.header('x-request-id', requestId).header('cache-control', 'no-store');
  const lookAt = `/api/v1/contracts/${contractId}`;
  if (!outcome) {
    reply.status(202).header('location', lookAt);
    return { decision_id: decisionId, outcome: 'PENDING', look_at: lookAt };
  }
  reply.status(200);
  return {
    decision_id: decisionId,
    outcome: outcome.kind,
    ...(outcome.kind === 'REFUSED' ? { code: outcome.code, sentence: refusalText(outcome) } : {}),
    contract: { contract_id: contractId, status: outcome.status, version: outcome.version },
  };
}
