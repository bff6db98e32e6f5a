import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type AttestStatement,
  keyIdOf,
  type ResolveStatement,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { type ContractPage, ReviewApi } from '../review-api';
import { openStack, type Stack } from '../stack';
import type { Context } from '../terminal';
import { answered, founderKey } from './decide';

export interface ActOptions {
  readonly idempotencyKey?: string;
}
type Signed = AttestStatement | ResolveStatement;

const segment = encodeURIComponent;
const keyed = ({ idempotencyKey }: ActOptions) => ({ 'idempotency-key': idempotencyKey ?? randomUUID() });

/** Takes an action that needs no signature: a question, an answer, a note, an acknowledgement. */
export async function act(context: Context, path: string, body: object, options: ActOptions): Promise<ExitCode> {
  const api = new ReviewApi(openStack(context.terminal.env));
  return answered(context, await api.post(path, body, keyed(options)));
}

export const clarify = (context: Context, contract: string, question: string, options: ActOptions) =>
  act(context, `/contracts/${segment(contract)}/request-clarification`, { question }, options);
export const answerQuestion = (context: Context, contract: string, answer: string, options: ActOptions) =>
  act(context, `/contracts/${segment(contract)}/provide-clarification`, { answer }, options);
export const note = (context: Context, contract: string, text: string, options: ActOptions) =>
  act(context, `/contracts/${segment(contract)}/notes`, { note: text }, options);

/** @param what an incident, or with `isIssue` an escalated issue */
export function acknowledge(context: Context, what: string, text: string, options: ActOptions & { isIssue: boolean }) {
  return act(
    context,
    `/${options.isIssue ? 'issues' : 'incidents'}/${segment(what)}/acknowledge`,
    { note: text },
    options,
  );
}

export interface ModifyOptions extends ActOptions {
  /** `capability#key=value`, the value as JSON. */
  readonly set: readonly string[];
  /** A file with a JSON list of changes. */
  readonly changes?: string;
  readonly reason: string;
}

/** Replaces a contract by a revision with other changes; names the dossier that is shown now. */
export async function modify(context: Context, contract: string, options: ModifyOptions): Promise<ExitCode> {
  const changes = [...options.set.map(settingOf), ...(options.changes ? changesOf(options.changes) : [])];
  const api = new ReviewApi(openStack(context.terminal.env));
  const page = await api.get<ContractPage>(`/contracts/${segment(contract)}`);
  const headers = { ...keyed(options), 'if-match': `"${page.dossier_digest}"` };
  const body = { changes, reason: options.reason };
  return answered(context, await api.post(`/contracts/${segment(contract)}/modify-scope`, body, headers));
}

/** Signs, with the founder's own key, that checks which an audit could not tell were looked at by a human. */
export async function attest(
  context: Context,
  auditId: string,
  { checks, reason, ...options }: ActOptions & { readonly checks: readonly string[]; readonly reason: string },
): Promise<ExitCode> {
  const wanted = { checks: [...new Set(checks)].sort(), reason: reason.trim() };
  return sign(
    context,
    `/audits/${segment(auditId)}`,
    'attestation-statement',
    'attest',
    wanted,
    options,
    (statement) => {
      const { purpose, audit_id, checks: said } = statement as AttestStatement;
      return purpose === 'ATTEST' && audit_id === auditId.toLowerCase() && said.join() === wanted.checks.join();
    },
  );
}

/** Signs, with the founder's own key, that an incident is over. */
export async function resolve(
  context: Context,
  incidentId: string,
  { reason, ...options }: ActOptions & { readonly reason: string },
): Promise<ExitCode> {
  const wanted = { reason: reason.trim() };
  return sign(
    context,
    `/incidents/${segment(incidentId)}`,
    'resolution-statement',
    'resolve',
    wanted,
    options,
    (statement) => {
      const { purpose, incident_id } = statement as ResolveStatement;
      return purpose === 'RESOLVE' && incident_id === incidentId.toLowerCase();
    },
  );
}

/** Nothing is signed that says otherwise than what was asked for here. */
async function sign(
  context: Context,
  path: string,
  draft: string,
  verb: string,
  wanted: { readonly reason: string },
  options: ActOptions,
  isAsAsked: (statement: Signed) => boolean,
): Promise<ExitCode> {
  const stack = openStack(context.terminal.env);
  const api = new ReviewApi(stack);
  const { statement: text } = await api.post<{ readonly statement: string }>(`${path}/${draft}`, wanted);
  const statement = JSON.parse(text) as Signed;
  const isMine = statement.founder === stack.founder.name && statement.reason === wanted.reason;
  const isWhole = statementBytes(statement).toString('utf8') === text;
  if (!isMine || !isWhole || !isAsAsked(statement)) {
    const sentence =
      'The review service drafted another statement than was asked for: nothing was signed; tell an operator.';
    throw new CliRefusal(EXIT.refused, 'STATEMENT_UNSOUND', sentence);
  }
  return answered(context, await api.post(`${path}/${verb}`, signed(stack, statement, text), keyed(options)));
}

function signed(stack: Stack, statement: Signed, text: string) {
  const key = founderKey(stack);
  return { statement: text, signature: signStatement(statement, key).toString('base64'), key_id: keyIdOf(key) };
}

function settingOf(text: string): object {
  const [, capability, key, value] = /^([^#=]+)#([^=]+)=(.+)$/s.exec(text) ?? [];
  if (!capability || !key || value === undefined)
    throw new CliRefusal(EXIT.usage, 'SETTING_UNREADABLE', `"${text}" is not of the form capability#key=value.`);
  return { kind: 'configuration_update', capability, key, value: jsonOr(value) };
}

/** A value is JSON; what is none is the text itself. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function changesOf(path: string): object[] {
  try {
    const changes = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    if (Array.isArray(changes)) return changes;
  } catch (cause) {
    throw new CliRefusal(EXIT.usage, 'CHANGES_UNREADABLE', `${path} cannot be read as JSON.`, { cause });
  }
  throw new CliRefusal(EXIT.usage, 'CHANGES_UNREADABLE', `${path} has no list of changes.`);
}
