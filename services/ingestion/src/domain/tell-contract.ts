import { type ContractNews, type HeardContract, waitingKey } from './contract-news';
import { passedOn } from './tell-intake';
import { at, type Detail, FAILED_CODE, type Told, type ToldState } from './told';

/**
 * What a CRM is told about a change of a contract: at most one update. Pure.
 *
 * @param heard what was heard of this contract before; null: nothing
 * @param isPassingOn the issue was cancelled and the contract is being told so on this very change
 * @returns null where the change is no concern of the requestor (a warning to the founder, a refused decision)
 */
export function tellContract(news: ContractNews, heard: HeardContract | null, isPassingOn: boolean): Told | null {
  if (isPassingOn) return passedOn(news.issueId, news.contractId);
  return news.isTransition ? tellTransition(news) : tellRemark(news, heard);
}

function told(
  news: ContractNews,
  state: ToldState,
  code: string | null,
  sentence: string,
  details: Told['details'] = {},
): Told {
  const about: { [name: string]: Detail } = { title: news.title, revision: news.revision, ...details };
  return { state, code, field: null, sentence, details: about, issueId: news.issueId, contractId: news.contractId };
}

function tellTransition(news: ContractNews): Told | null {
  switch (news.status) {
    case 'ELIGIBLE':
      return told(
        news,
        'UNDER_REVIEW',
        null,
        `A founder is asked to decide, until ${at(news.expiresAt)} at the latest.`,
        {
          expires_at: news.expiresAt,
        },
      );
    case 'APPROVED':
      return tellApproved(news);
    case 'ACTIVE':
      return told(news, 'ACTIVE', null, 'The change is being carried out and will then be checked.');
    case 'COMPLETED':
      return told(news, 'COMPLETED', null, 'The change was carried out, checked and made final.');
    case 'FAILED': {
      const sentence = 'The change failed its audit and is being undone.';
      return told(news, 'NOTE', FAILED_CODE, because(sentence, news.reason), { reason: news.reason });
    }
    case 'REJECTED':
      return tellRejected(news);
    case 'EXPIRED':
      return tellExpired(news);
    case 'SUPERSEDED':
      return told(
        news,
        'MODIFIED',
        null,
        'The founder changed the scope; the new version is checked again and then decided.',
        {
          successor_contract_id: news.successorContractId,
        },
      );
    default:
      return null; // DRAFT and VALIDATED: the verdict, or the version that this one replaces, is told
  }
}

function tellApproved(news: ContractNews): Told {
  const { window, waiting } = news;
  const until = window ? ` It may be carried out from ${at(window.start)} to ${at(window.end)}.` : '';
  const wait = waiting ? ` It waits: ${WAITS[waiting.reason] ?? waiting.reason} (${waiting.detail}).` : '';
  return told(news, 'APPROVED', waiting?.reason ?? null, `The founder approved the change.${until}${wait}`, {
    window_start: window?.start ?? null,
    window_end: window?.end ?? null,
    waiting_reason: waiting?.reason ?? null,
    waiting_detail: waiting?.detail ?? null,
  });
}

const WAITS: Readonly<Record<string, string>> = {
  HEALTH: 'the system is not healthy now',
  BLOCKED: 'a governance signal blocks it',
  PLAN_STALE: 'the values it starts from have changed',
  FROZEN: 'what it changes is frozen',
  HELD_BY: 'another change holds the same capability',
};

function tellRejected(news: ContractNews): Told {
  const details = { reason: news.reason };
  switch (news.cause?.type) {
    case 'CancellationReceived':
      return told(
        news,
        'CANCELLED',
        'CANCELLED',
        'The contract was rejected because its issue was cancelled.',
        details,
      );
    case 'EligibilityJudged':
      return told(
        news,
        'REJECTED',
        'REVISION_NOT_ELIGIBLE',
        because('The modified version was judged not eligible', news.reason),
        details,
      );
    default:
      return told(news, 'REJECTED', 'REJECTED', because('The founder rejected the change', news.reason), details);
  }
}

function tellExpired(news: ContractNews): Told {
  const wasApproved = news.statusBefore === 'APPROVED';
  const sentence = wasApproved
    ? 'The approved window passed before the change could be carried out; nothing was changed.'
    : 'Nobody decided in time, so the contract expired; nothing was changed.';
  const code = wasApproved ? 'WINDOW_PASSED' : 'NOT_DECIDED';
  return told(news, 'EXPIRED', code, because(sentence, news.reason), { reason: news.reason });
}

function because(sentence: string, reason: string | null): string {
  const stem = sentence.replace(/\.$/, '');
  return reason === null || reason.trim() === '' ? `${stem}.` : `${stem}: ${reason}`;
}

/** Changes that are no transition: a question, an answer, a wait, a cancellation that came too late. */
function tellRemark(news: ContractNews, heard: HeardContract | null): Told | null {
  const { clarification, cause } = news;
  if (cause?.type === 'CancellationReceived') {
    const sentence = 'The cancellation came too late for this contract';
    return told(news, 'NOTE', 'CANCELLATION_REFUSED', because(sentence, news.reason), { refusal: news.code });
  }
  if (cause?.says === 'PROVIDE_CLARIFICATION' && news.code !== null) {
    return told(
      news,
      'NOTE',
      'ANSWER_TOO_LATE',
      'The answer came too late to be taken as one; it was kept as a note.',
      {
        refusal: news.code,
      },
    );
  }
  if (clarification && !clarification.isAnswered && clarification.requestId !== heard?.openRequestId) {
    return tellQuestion(news, clarification);
  }
  if (clarification?.isAnswered && heard?.openRequestId === clarification.requestId) {
    return told(news, 'UNDER_REVIEW', 'CLARIFICATION_ANSWERED', 'The question was answered; the founder decides next.');
  }
  const isNewWait = news.status === 'APPROVED' && news.waiting !== null && waitingKey(news) !== heard?.waiting;
  return isNewWait ? tellApproved(news) : null;
}

function tellQuestion(
  news: ContractNews,
  { requestId, question, requestedAt }: NonNullable<ContractNews['clarification']>,
): Told {
  return told(news, 'CLARIFICATION_ASKED', null, `The founder asks: ${question}`, {
    question,
    clarification_request_id: requestId,
    requested_at: requestedAt,
    how_to_answer: {
      topic: 'crm.issues.v1',
      http: 'POST /api/v1/issues',
      fields: { kind: 'CLARIFICATION', clarification_request_id: requestId, body: 'the answer' },
    },
  });
}
