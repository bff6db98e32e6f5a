/** A contract as the contract service says it is after a change, reduced to what concerns its requestor. */
export interface ContractNews {
  readonly contractId: string;
  readonly issueId: string;
  readonly version: number;
  readonly status: string;
  /** State before; null at creation. */
  readonly statusBefore: string | null;
  readonly isTransition: boolean;
  /** What led to it: the cited message and what it said. */
  readonly cause: { readonly type: string; readonly says: string } | null;
  /** Code and reason of the last recorded change: a refusal, a wait, a founder's reason. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly title: string;
  readonly revision: number;
  readonly successorContractId: string | null;
  readonly clarification: ClarificationNews | null;
  readonly window: { readonly start: number; readonly end: number } | null;
  readonly waiting: { readonly reason: string; readonly detail: string } | null;
  readonly expiresAt: number;
}

export interface ClarificationNews {
  readonly requestId: string;
  readonly question: string;
  readonly requestedAt: number;
  readonly isAnswered: boolean;
}

/** What this service remembers of a contract. */
export interface HeardContract {
  readonly version: number;
  readonly status: string;
  readonly waiting: string | null;
  /** The question that waits for an answer. */
  readonly openRequestId: string | null;
  readonly isCancellationSaid: boolean;
}

/** An issue's fate as far as read, beside its immutable RECEIVED row. */
export interface IssueProgress {
  readonly isOpen: boolean;
  readonly isCancelled: boolean;
  readonly endedBy: string | null;
  readonly contractId: string | null;
  readonly contractStatus: string | null;
  readonly revision: number;
}

const TERMINAL: readonly string[] = ['COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED', 'SUPERSEDED'];
const CANCELLABLE: readonly string[] = ['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED'];

/** True if a withdrawn issue's contract must still be told so: it can be stopped, and has not been asked to. */
export function mustPassCancellationOn(news: ContractNews, heard: HeardContract | null, isCancelled: boolean): boolean {
  return isCancelled && CANCELLABLE.includes(news.status) && !heard?.isCancellationSaid;
}

/** One wait is told once, however often the contract repeats it. */
export function waitingKey(news: ContractNews): string | null {
  return news.waiting ? `${news.waiting.reason}: ${news.waiting.detail}` : null;
}

export function evolveHeard(
  news: ContractNews,
  heard: HeardContract | null,
  isCancellationSaid: boolean,
): HeardContract {
  const { clarification } = news;
  return {
    version: news.version,
    status: news.status,
    waiting: waitingKey(news),
    openRequestId: clarification && !clarification.isAnswered ? clarification.requestId : null,
    isCancellationSaid: isCancellationSaid || (heard?.isCancellationSaid ?? false),
  };
}

/** A contract moves its issue on; an earlier revision heard late does not. SUPERSEDED ends a contract, not the issue. */
export function evolveProgress(progress: IssueProgress, news: ContractNews): IssueProgress {
  if (news.revision < progress.revision) return progress;
  const isEnd = progress.isOpen && TERMINAL.includes(news.status) && news.status !== 'SUPERSEDED';
  return {
    ...progress,
    isOpen: progress.isOpen && !isEnd,
    endedBy: isEnd ? news.status : progress.endedBy,
    contractId: news.contractId,
    contractStatus: news.status,
    revision: news.revision,
  };
}

/** A MAY_NOT ends an issue, unless it is about a revision: that one's contract says what became of it. */
export function endByVerdict(progress: IssueProgress, isRevision: boolean): IssueProgress {
  return isRevision || !progress.isOpen ? progress : { ...progress, isOpen: false, endedBy: 'MAY_NOT' };
}
