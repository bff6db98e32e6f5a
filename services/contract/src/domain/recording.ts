import type { RefusalCode } from '@mandate/contracts';
import { refusalSentence } from '@mandate/contracts';
import type { Decision } from './commands';
import type { ContractEvent, Recording } from './events';

/** A recording of something that a founder decided. */
export function decidedBy(decision: Decision, at: number, reason: string | null = decision.text): Recording {
  return { at, actor: decision.actor, cause: 'ReviewDecided', code: null, reason, decisionKey: decision.key };
}

/** A decision refused: recorded and told, so that the founder and the auditor see it. */
export function refusal(decision: Decision, at: number, code: RefusalCode, detail?: string): readonly ContractEvent[] {
  const reason = detail ? `${refusalSentence(code)} ${detail}` : refusalSentence(code);
  return [{ ...decidedBy(decision, at), type: 'recorded', code, reason }];
}

/** A recording of something that time or a fact brought. */
export function observed(cause: 'TIMER' | 'FACT', at: number, code: string | null, reason: string | null): Recording {
  return { at, actor: 'contract', cause, code, reason };
}
