import type { HopBatch } from '@mandate/service-kit';
import type { ContractNews } from '../domain/contract-news';
import { visibleText } from '../domain/visible';
import { checkSameSubject } from './same-subject';

export type ContractMessage = HopBatch<'ContractChanged'>['messages'][number];

/** @throws UnauthorisedFault if the value is about something else than its link */
export function toContractNews(message: ContractMessage): ContractNews {
  const { value, cause } = message;
  checkSameSubject(message, { issueId: value.issue_id, subject: value.contract_id, says: value.status });
  const last = value.changes.at(-1);
  const { clarification, approval, waiting } = value;
  return {
    contractId: value.contract_id,
    issueId: value.issue_id,
    version: value.version,
    status: value.status,
    statusBefore: value.changes[0]?.from ?? null,
    isTransition: value.changes.some((c) => c.from !== c.to),
    cause: cause ? { type: cause.type, says: cause.says } : null,
    code: last?.code ?? null,
    reason: shown(last?.reason ?? value.status_reason),
    title: visibleText(value.title),
    revision: value.revision,
    successorContractId: value.successor_contract_id,
    clarification: clarification && {
      requestId: clarification.request_id,
      question: visibleText(clarification.question),
      requestedAt: clarification.requested_at,
      isAnswered: clarification.answer !== null,
    },
    window: approval && { start: approval.window_start, end: approval.window_end },
    waiting: waiting && { reason: waiting.reason, detail: visibleText(waiting.detail) },
    expiresAt: value.expires_at,
  };
}

function shown(text: string | null): string | null {
  return text === null ? null : visibleText(text);
}
