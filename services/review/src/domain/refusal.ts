import { type RefusalCode, refusalSentence } from '@mandate/contracts';

/** Why not. `about` names what stands in the way, where the code alone does not. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly about?: string;
}

/** A refusal as a sentence, with what stands in the way. */
export function refusalText({ code, about }: Refusal): string {
  return about === undefined ? refusalSentence(code) : `${refusalSentence(code)} (${about})`;
}

/** A "no" with its code, and what stands in the way where that helps. */
export const refuse = (code: RefusalCode, about?: string): Refusal =>
  about === undefined ? { code } : { code, about };
