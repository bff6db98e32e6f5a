import type { ProvideClarification, RequestClarification } from './action';
import type { Circumstances, ReviewedContract } from './contract';
import { otherDossier, stateProblem } from './decide-review-state';
import { type Refusal, refuse } from './refusal';

/** What stands against asking the requestor now, whatever the question. */
export function questionObstacle(contract: ReviewedContract, now: number): Refusal | null {
  const problem = stateProblem(contract, now);
  if (problem) return problem;
  return contract.isClarificationOpen ? refuse('CLARIFICATION_OPEN') : null;
}

/** Asking stops the clock and decides nothing else (AM-02, AM-03). */
export function decideQuestion(
  action: RequestClarification,
  contract: ReviewedContract,
  { now }: Pick<Circumstances, 'now'>,
): Refusal | null {
  const problem = stateProblem(contract, now) ?? otherDossier(action.dossierSeen, contract);
  if (problem) return problem;
  if (action.question.trim() === '') return refuse('QUESTION_MISSING');
  return contract.isClarificationOpen ? refuse('CLARIFICATION_OPEN') : null;
}

/** What stands against recording an answer now. An open question keeps its answer even past the time to live. */
export function answerObstacle(contract: ReviewedContract): Refusal | null {
  const problem = stateProblem({ ...contract, isPaused: true }, contract.expiresAt);
  if (problem) return problem;
  return contract.isClarificationOpen ? null : refuse('CLARIFICATION_NOT_OPEN');
}

/** The founder records what the requestor answered; nothing is validated or judged again. */
export function decideAnswer(action: ProvideClarification, contract: ReviewedContract): Refusal | null {
  const problem = answerObstacle(contract) ?? otherDossier(action.dossierSeen, contract);
  if (problem) return problem;
  return action.answer.trim() === '' ? refuse('ANSWER_MISSING') : null;
}
