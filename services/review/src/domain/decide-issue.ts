import type { AcknowledgeIssue } from './action';
import { type Refusal, refuse } from './refusal';

/** An escalated issue leaves the list with a note of what a human made of it. */
export function decideIssueAcknowledgement(
  action: AcknowledgeIssue,
  issue: { readonly isAcknowledged: boolean } | null,
): Refusal | null {
  if (!issue) return refuse('NOT_FOUND');
  if (issue.isAcknowledged) return refuse('ALREADY_DECIDED');
  return action.note.trim() === '' ? refuse('NOTE_MISSING') : null;
}
