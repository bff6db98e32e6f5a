import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import {
  type ApprovalStatement,
  dossierDigest,
  keyIdOf,
  planDigest,
  signStatement,
  statementBytes,
} from '@mandate/contracts';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { type ActionAnswer, type ContractPage, ReviewApi } from '../review-api';
import { openStack, readSecret, type Stack } from '../stack';
import type { Context } from '../terminal';
import { contractText } from './show';

const NOT_AFTER_MS = 600_000;

/** The activation window that an approval grants. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

export interface ApproveOptions {
  /** When the window starts, from now on; milliseconds. */
  readonly inMs: number;
  /** How long it lasts; milliseconds. */
  readonly forMs: number;
  /** Do not ask. */
  readonly yes: boolean;
  readonly idempotencyKey?: string;
}

/**
 * Approves with the founder's own key, which no service has. What is signed is computed here from what is shown here,
 * so that a page that shows one plan and claims the digest of another is not signed.
 */
export async function approve(context: Context, contractId: string, options: ApproveOptions): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const isAgreed = options.yes ? async () => true : terminal.confirm;
  if (!isAgreed) {
    throw new CliRefusal(
      EXIT.usage,
      'NOBODY_TO_ASK',
      'Nobody can be asked here: to approve what `mandate show` shows, add --yes.',
    );
  }
  const stack = openStack(terminal.env);
  const api = new ReviewApi(stack);
  const page = await api.get<ContractPage>(`/contracts/${encodeURIComponent(contractId)}`);
  refuseUnsound(page, contractId);
  if (!isJson) terminal.out(contractText(page));
  if (!(await isAgreed(`\n${page.approval_means}\nApprove? (y/N) `))) {
    throw new CliRefusal(EXIT.refused, 'NOT_CONFIRMED', 'Nothing was approved.');
  }
  const now = Date.now();
  const window = { startMs: now + options.inMs, endMs: now + options.inMs + options.forMs };
  const statement = statementOf(page, stack.founder.name, window, now);
  const key = founderKey(stack);
  const body = {
    statement: statementBytes(statement).toString('utf8'),
    signature: signStatement(statement, key).toString('base64'),
    key_id: keyIdOf(key),
  };
  const headers = {
    'if-match': `"${statement.dossier_digest}"`,
    'idempotency-key': options.idempotencyKey ?? randomUUID(),
  };
  return answered(context, await api.post(`/contracts/${page.contract_id}/approve`, body, headers));
}

/** Rejects with a reason that the requestor will read. */
export async function reject(
  context: Context,
  contractId: string,
  reason: string,
  idempotencyKey?: string,
): Promise<ExitCode> {
  const api = new ReviewApi(openStack(context.terminal.env));
  const headers = { 'idempotency-key': idempotencyKey ?? randomUUID() };
  return answered(context, await api.post(`/contracts/${encodeURIComponent(contractId)}/reject`, { reason }, headers));
}

/** What the founder signs: the digests are of what was shown. */
export function statementOf(page: ContractPage, founder: string, window: Window, now: number): ApprovalStatement {
  const { dossier } = page;
  return {
    format: 'mandate-approval-v1',
    purpose: 'APPROVE',
    contract_id: dossier.contract_id,
    dossier_digest: dossierDigest(dossier).toString('hex'),
    plan_digest: planDigest(dossier).toString('hex'),
    window_start: window.startMs,
    window_end: window.endMs,
    constraints: dossier.constraints,
    founder,
    session_id: `cli-${process.pid}`,
    nonce: randomUUID(),
    not_after: now + NOT_AFTER_MS,
  };
}

function refuseUnsound(page: ContractPage, contractId: string): void {
  const isOther = page.dossier.contract_id.toLowerCase() !== contractId.toLowerCase();
  const isUnsound =
    dossierDigest(page.dossier).toString('hex') !== page.dossier_digest ||
    planDigest(page.dossier).toString('hex') !== page.plan_digest;
  if (!isOther && !isUnsound) return;
  throw new CliRefusal(
    EXIT.refused,
    'DOSSIER_UNSOUND',
    'What the review service shows is not what its digests say: nothing was signed; tell an operator.',
  );
}

/** The founder's own key, which no service has. */
export function founderKey({ founder }: Stack): KeyObject {
  const pem = readSecret(founder.keyFile, "The founder's key");
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new CliRefusal(EXIT.unreachable, 'KEY_UNREADABLE', `${founder.keyFile} is no private key in PEM form.`, {
      cause,
    });
  }
}

/** Says what an action came to. @returns the exit code that says it, too */
export function answered({ terminal, isJson }: Context, answer: ActionAnswer): ExitCode {
  if (isJson) terminal.out(JSON.stringify(answer));
  switch (answer.outcome) {
    case 'APPLIED':
      if (!isJson) terminal.out(doneText(answer));
      return EXIT.done;
    case 'REFUSED':
      if (!isJson) terminal.out(`It was refused [${answer.code}]: ${answer.sentence}`);
      return EXIT.refused;
    case 'PENDING':
      if (!isJson)
        terminal.out(
          `Recorded as ${answer.decision_id}, but nobody has answered yet; look again at ${answer.look_at}.`,
        );
      return EXIT.noAnswer;
  }
}

function doneText({ contract, successor_contract_id: revision, incident, audit }: ActionAnswer): string {
  if (incident) return `Done: the incident is ${incident.state}.`;
  if (audit) return `Done: the auditor says ${audit.verdict}.`;
  if (revision) return `Done: the contract is ${contract?.status}, its revision is ${revision}.`;
  return contract ? `Done: the contract is ${contract.status}.` : 'Done.';
}
