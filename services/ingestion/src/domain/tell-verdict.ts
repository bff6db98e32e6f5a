import { at, type Detail, type Told } from './told';

/** A verdict of eligibility with what the validator had advised. */
export interface VerdictNews {
  readonly issueId: string;
  readonly contractId: string | null;
  readonly isMay: boolean;
  readonly firstFailingRule: string | null;
  /** Rules that failed, in their order; `need` is what each wanted to see. */
  readonly failing: readonly { readonly id: string; readonly text: string | null; readonly need: Detail }[];
  readonly retryHelps: boolean;
  /** Epoch milliseconds; null: not known, or of no use. */
  readonly retryAt: number | null;
  readonly issueType: string;
  readonly severity: string;
  readonly recommendedAction: string;
  readonly confidence: number;
  readonly reason: string;
  /** Names the validator thinks were meant. */
  readonly suggestions: readonly string[];
}

/**
 * What a CRM is told about a verdict. Nothing for a MAY: the contract that comes of it speaks for itself. Pure.
 *
 * @param isCancelled the CRM has withdrawn the issue: the verdict is then only a remark
 */
export function tellVerdict(news: VerdictNews, isCancelled: boolean): Told | null {
  if (news.isMay) return null;
  const isEscalated = news.severity === 'critical' || news.recommendedAction === 'escalate';
  const isSeen = isEscalated || news.recommendedAction === 'defer';
  return {
    state: isCancelled ? 'NOTE' : isEscalated ? 'ESCALATED' : 'NOT_ELIGIBLE',
    code: news.firstFailingRule,
    field: null,
    sentence: `${isEscalated ? escalated(news) : refused(news)}${isEscalated ? '' : retry(news)}`,
    details: {
      failing_rules: news.failing.map(({ id, need }) => ({ id, need })),
      retry_helps: news.retryHelps,
      retry_at: news.retryAt,
      issue_type: news.issueType,
      severity: news.severity,
      recommended_action: news.recommendedAction,
      confidence: news.confidence,
      reason: news.reason,
      suggestions: news.suggestions,
      is_on_attention_list: isSeen,
    },
    issueId: news.issueId,
    contractId: news.contractId,
  };
}

function escalated(news: VerdictNews): string {
  const why = news.severity === 'critical' ? 'it is critical' : 'it asks for a person';
  return `The issue was escalated to a human, because ${why}; no change is made automatically.`;
}

function refused({ failing, firstFailingRule, suggestions }: VerdictNews): string {
  const needs = failing.map(({ id, text }) => (text ? `${id}: ${text}` : id)).join('; ');
  const meant = suggestions.length > 0 ? ` Perhaps you meant ${suggestions.join(', ')}.` : '';
  return `Not eligible (${needs || firstFailingRule || 'no rule named'}).${meant}`;
}

function retry({ retryHelps, retryAt }: VerdictNews): string {
  if (!retryHelps) return ' The same words will not succeed later; please send a new issue that meets the need.';
  return retryAt === null ? ' Trying again later may help.' : ` Trying again may help from ${at(retryAt)}.`;
}
