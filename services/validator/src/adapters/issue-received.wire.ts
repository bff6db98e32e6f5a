import type { IssueSource, IssueText } from '@mandate/judgement';
import type { IssueReceived } from '@mandate/schemas';

/** What the validator reads of an issue; an unknown source has no weight and is refused by the gate (E-005). */
export function toIssueText({ issue_id, origin, subject, body, hints }: IssueReceived): IssueText {
  return { issue_id, source: origin.source as IssueSource, subject, body, hints };
}
