import { z } from 'zod';
import {
  actionAnswer,
  answerBody,
  approvalStatementBody,
  attestationStatementBody,
  modifyBody,
  noteBody,
  questionBody,
  queueQuery,
  rejectBody,
  resolutionStatementBody,
  signedBody,
  signIn,
  statementToSign,
} from './action.schema';
import { contractPage, queue } from './contract.schema';
import { attention, chain, history, proofTicket } from './reading.schema';

/** A way in over HTTP, as the OpenAPI document tells it. The handlers take their schemas from here or from the same files. */
export interface Operation {
  readonly method: 'get' | 'post';
  readonly path: `/api/v1/${string}`;
  readonly id: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly body?: z.ZodType;
  /** Takes an Idempotency-Key; `If-Match` where a dossier was shown. */
  readonly isAction?: boolean;
  readonly ifMatch?: 'required' | 'optional';
  /** By status; null: no body. */
  readonly answers: Readonly<Record<number, z.ZodType | 'events' | 'document' | null>>;
  /** Problems it may answer besides those that every way in has. */
  readonly problems?: readonly number[];
  /** Answers without sign-in. */
  readonly isOpen?: boolean;
}

const CONTRACT = '/api/v1/contracts/{id}';
const taken = { 200: actionAnswer, 202: actionAnswer };
const action = (
  path: Operation['path'],
  id: string,
  summary: string,
  body: z.ZodType,
  ifMatch?: Operation['ifMatch'],
): Operation => ({
  method: 'post',
  path,
  id,
  summary,
  body,
  isAction: true,
  answers: taken,
  problems: [404, 409, 412, 422, ...(ifMatch === 'required' ? [428] : [])],
  ...(ifMatch ? { ifMatch } : {}),
});
const reading = (path: Operation['path'], id: string, summary: string, schema: z.ZodType): Operation => ({
  method: 'get',
  path,
  id,
  summary,
  answers: { 200: schema },
  ...(path.includes('{id}') ? { problems: [404] } : {}),
});
const statement = (path: Operation['path'], id: string, summary: string, body: z.ZodType): Operation => ({
  method: 'post',
  path,
  id,
  summary,
  body,
  answers: { 200: statementToSign },
  problems: [404, 409, 412, 422],
});

/** Every way in below `/api/v1`. There is none that creates a contract. */
export const OPERATIONS: readonly Operation[] = [
  {
    ...reading('/api/v1/contracts', 'listContracts', 'The queue, soonest to expire first.', queue),
    query: queueQuery,
  },
  reading(CONTRACT, 'showContract', 'The whole review page; the ETag is the dossier digest.', contractPage),
  reading(`${CONTRACT}/history`, 'showHistory', 'Recorded changes and review actions, refused ones too.', history),
  reading(`${CONTRACT}/chain`, 'showChain', 'Who said what, when, citing what, and whether it verifies.', chain),
  {
    method: 'post',
    path: `${CONTRACT}/proof-ticket`,
    id: 'draftProofTicket',
    summary: 'With what a founder gets the proof file from the auditor within a minute.',
    answers: { 200: proofTicket },
    problems: [404],
  },
  reading('/api/v1/attention', 'showAttention', 'What needs a human now.', attention),
  {
    ...statement(
      `${CONTRACT}/approval-statement`,
      'draftApproval',
      'The statement that approves what is shown, to be signed by the founder.',
      approvalStatementBody,
    ),
    ifMatch: 'optional',
  },
  action(`${CONTRACT}/approve`, 'approveContract', 'Approves with a signed statement.', signedBody, 'required'),
  action(`${CONTRACT}/reject`, 'rejectContract', 'Ends a contract for good.', rejectBody, 'optional'),
  action(
    `${CONTRACT}/request-clarification`,
    'requestClarification',
    'Asks the requestor; the time to live stands still.',
    questionBody,
    'optional',
  ),
  action(`${CONTRACT}/provide-clarification`, 'provideClarification', 'Records the answer.', answerBody, 'optional'),
  action(
    `${CONTRACT}/modify-scope`,
    'modifyScope',
    'Replaces the contract by a revision with other changes.',
    modifyBody,
    'required',
  ),
  action(`${CONTRACT}/notes`, 'addNote', 'Adds a note.', noteBody, 'optional'),
  statement(
    '/api/v1/audits/{id}/attestation-statement',
    'draftAttestation',
    'The statement that attests single inconclusive checks.',
    attestationStatementBody,
  ),
  action('/api/v1/audits/{id}/attest', 'attestAudit', 'Attests inconclusive checks.', signedBody),
  action('/api/v1/incidents/{id}/acknowledge', 'acknowledgeIncident', 'Says that somebody looks into it.', noteBody),
  statement(
    '/api/v1/incidents/{id}/resolution-statement',
    'draftResolution',
    'The statement that resolves an incident.',
    resolutionStatementBody,
  ),
  action('/api/v1/incidents/{id}/resolve', 'resolveIncident', 'Closes an incident.', signedBody),
  action('/api/v1/issues/{id}/acknowledge', 'acknowledgeIssue', 'Takes an escalated issue off the list.', noteBody),
  {
    method: 'get',
    path: '/api/v1/events',
    id: 'followEvents',
    summary: 'Server-sent events: changes as they happen. Last-Event-ID resumes.',
    answers: { 200: 'events' },
  },
  reading('/api/v1/session', 'showSession', 'Who is signed in.', signIn.session),
  {
    method: 'post',
    path: '/api/v1/auth/sign-out',
    id: 'signOut',
    summary: "Ends this session, or all of this founder; `Location` is where the provider's own session ends.",
    body: signIn.signOut,
    answers: { 204: null },
  },
  {
    method: 'post',
    path: '/api/v1/founder-keys/options',
    id: 'draftPasskey',
    summary: 'What a browser needs to make a passkey.',
    answers: { 200: signIn.passkeyOptions },
  },
  {
    method: 'post',
    path: '/api/v1/founder-keys',
    id: 'enrolFounderKey',
    summary: 'Asks for a key to be enrolled; it counts once the manifest names it.',
    body: signIn.newKey,
    answers: { 202: signIn.keyPending },
    problems: [409, 422],
  },
  {
    method: 'get',
    path: '/api/v1/openapi.json',
    id: 'showDocument',
    summary: 'This document.',
    answers: { 200: 'document' },
    isOpen: true,
  },
];
