import { LEVELS } from '@mandate/contracts';
import { z } from 'zod';
import { constraints } from './verdict.schema';
import { asked, count, id, json, lifecycle, named, text, time } from './vocabulary';

/** Longer texts than this are refused; contracts, letters and pages have to carry them. */
export const TEXT_MAX = 2_000;

const words = (what: string) =>
  z
    .string({ error: `${what} is text.` })
    .max(TEXT_MAX, `${what} has at most ${TEXT_MAX} characters.`)
    .default('');
const body = <S extends z.ZodRawShape>(shape: S, looks: string) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${issue.keys.join(', ')}: no such field; the body is ${looks}.`
        : `The body is ${looks}.`,
  });

const signed = {
  statement: z.string().max(20_000).optional().describe('the RFC 8785 text that the founder signed'),
  signature: z.base64('The signature is base64.').max(8_000).optional(),
  key_id: z.string().max(200).optional(),
};
const SIGNED_LOOKS = '{"statement": RFC 8785 text, "signature": base64, "key_id": text}';
export const signedBody = asked('SignedStatement', body(signed, SIGNED_LOOKS));

export const rejectBody = asked('RejectRequest', body({ reason: words('The reason') }, '{"reason": text}'));
export const questionBody = asked('QuestionRequest', body({ question: words('The question') }, '{"question": text}'));
export const answerBody = asked('AnswerRequest', body({ answer: words('The answer') }, '{"answer": text}'));
export const noteBody = asked('NoteRequest', body({ note: words('The note') }, '{"note": text}'));

const name = z.string().min(1).max(200);
const modifiedChange = asked(
  'ModifiedChange',
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('configuration_update'), capability: name, key: name, value: json }),
      z.strictObject({
        kind: z.literal('parameter_change'),
        capability: name,
        settings: z
          .array(z.strictObject({ key: name, value: json }))
          .min(1)
          .max(50),
      }),
      z.strictObject({ kind: z.literal('capability_enable'), capability: name, lifecycle: lifecycle.optional() }),
      z.strictObject({ kind: z.literal('capability_disable'), capability: name, reason: z.string().max(TEXT_MAX) }),
    ],
    { error: 'A change is a configuration_update, parameter_change, capability_enable or capability_disable.' },
  ),
);
export type ModifiedChange = z.output<typeof modifiedChange>;

export const modifyBody = asked(
  'ModifyRequest',
  body(
    {
      changes: z
        .array(modifiedChange)
        .max(50, 'A contract has at most 50 changes.')
        .default([])
        .describe('all that is to be done instead; what is there now is filled in as the old value'),
      capabilities: z.array(name).max(50).optional().describe('left out: those of the changes'),
      reason: words('The reason'),
    },
    '{"changes": [{"kind", "capability", …}], "capabilities": [text], "reason": text}',
  ),
);

export const approvalStatementBody = asked(
  'ApprovalStatementRequest',
  body(
    {
      window_start: time.optional().describe('left out: now'),
      window_end: time.optional().describe('left out: 24 hours after the start'),
      constraints: constraints.partial().optional().describe('may only be tightened'),
    },
    '{"window_start": time, "window_end": time, "constraints": {…}}',
  ),
);
export const attestationStatementBody = asked(
  'AttestationStatementRequest',
  body({ checks: z.array(name).max(50), reason: words('The reason') }, '{"checks": [id], "reason": text}'),
);
export const resolutionStatementBody = asked(
  'ResolutionStatementRequest',
  body({ reason: words('The reason') }, '{"reason": text}'),
);

/** What is to be signed, and how. */
export const statementToSign = named(
  'StatementToSign',
  z.object({
    statement: text.describe('RFC 8785 text; its UTF-8 bytes are what a script or a browser key signs'),
    challenge: text.describe('base64url of SHA-256 of those bytes: what a passkey is challenged with'),
    not_after: time,
  }),
);

export const actionAnswer = named(
  'ActionAnswer',
  z.object({
    decision_id: id,
    outcome: z
      .enum(['APPLIED', 'REFUSED', 'PENDING'])
      .describe('PENDING: recorded and sent, and its answer has not come yet'),
    code: text.optional().describe('why it was refused'),
    sentence: text.optional(),
    contract: z.object({ contract_id: id, status: text, version: count }).optional(),
    successor_contract_id: id.optional().describe('the revision that a modification made'),
    incident: z.object({ incident_id: id, state: text, version: count }).optional(),
    audit: z.object({ audit_id: id, verdict: text, is_final: z.boolean() }).optional(),
    look_at: text.optional().describe('where the answer will be seen'),
  }),
);

const session = named(
  'Session',
  z.object({
    founder: text,
    name: text.nullable(),
    role: z.literal('founder'),
    csrf_token: text,
    environment: z.enum(['local', 'production']),
    idle_expires_at: time.nullable(),
    absolute_expires_at: time.nullable(),
    keys: z.array(
      z.object({
        key_id: text,
        kind: z.enum(['ed25519', 'passkey', 'browser']),
        label: text.nullable(),
        status: z.enum(['active', 'pending']),
        enrolled_at: time.nullable(),
      }),
    ),
  }),
);
const keyPending = named('KeyPending', z.object({ key_id: text, status: z.literal('pending') }));
const newKey = asked(
  'NewFounderKey',
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('passkey'), label: name, response: z.looseObject({ id: z.string() }) }),
    z.strictObject({ kind: z.literal('browser'), label: name, public_key_spki: z.base64().max(2_000) }),
  ]),
);
const passkeyOptions = named('PasskeyOptions', z.object({ publicKey: z.looseObject({ challenge: z.string() }) }));
const signOut = asked('SignOut', body({ everywhere: z.boolean().optional() }, '{"everywhere"?: true}'));
export const signIn = { session, keyPending, newKey, passkeyOptions, signOut };

export const queueQuery = {
  status: z
    .string()
    .optional()
    .describe('one or several states, with commas between; left out: all that have not ended'),
  capability: name.optional(),
  risk: z.enum(LEVELS).optional(),
  source: name.optional(),
  q: name.optional().describe('words of title, source system or reference (the last may be a beginning), or an id'),
  sort: z.enum(['expires_at', '-expires_at', 'created_at', '-created_at', '-changed_at']).optional(),
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
};

export type ActionAnswer = z.input<typeof actionAnswer>;
export type StatementToSign = z.input<typeof statementToSign>;
