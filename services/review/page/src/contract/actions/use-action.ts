import { useRef, useState } from 'react';
import { ApiProblem, act, Unreachable } from '../../api/client';
import { queryClient } from '../../api/queries';
import type { ActionAnswer } from '../../api/shapes';
import { reasonOf } from '../../parts/states';

/** How far an action has come. `unanswered`: it may or may not have been taken; sent again it is the same decision. */
export type Phase =
  | { readonly at: 'open' | 'sending' | 'unanswered' }
  | { readonly at: 'refused'; readonly why: string; readonly isStale: boolean };

interface Sent {
  readonly body: unknown;
  readonly idempotencyKey: string;
  readonly ifMatch?: string;
}

interface Ends {
  /** Told what became of it; again if that was not known yet the first time. */
  readonly onDone?: ((sentence: string) => void) | undefined;
  readonly onClose: () => void;
}

const FOLLOWED = { everyMs: 3_000, timesMax: 40 };

/** Takes an action once, whatever happens on the way. */
export function useAction(path: string, { onDone, onClose }: Ends, ifMatch?: string) {
  const [phase, setPhase] = useState<Phase>({ at: 'open' });
  const unanswered = useRef<Sent | null>(null);
  const submit = async (makeBody: () => unknown): Promise<void> => {
    setPhase({ at: 'sending' });
    try {
      const sent = unanswered.current ?? {
        ...{ body: await makeBody(), idempotencyKey: crypto.randomUUID() },
        ...(ifMatch ? { ifMatch } : {}),
      };
      unanswered.current = sent;
      const answer = await send(path, sent);
      unanswered.current = null;
      if (answer.outcome === 'REFUSED') return setPhase({ at: 'refused', why: sentenceOf(answer), isStale: false });
      onClose();
      onDone?.(sentenceOf(answer));
      if (answer.outcome === 'PENDING') void follow(path, sent, onDone);
    } catch (error) {
      if (error instanceof Unreachable && unanswered.current) return setPhase({ at: 'unanswered' });
      unanswered.current = null;
      const isStale = error instanceof ApiProblem && error.details.code === 'DOSSIER_CHANGED';
      setPhase({ at: 'refused', why: reasonOf(error), isStale });
    } finally {
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    }
  };
  return { phase, submit };
}

function send(path: string, { body, ...options }: Sent): Promise<ActionAnswer> {
  return act<ActionAnswer>(path, body, options);
}

/** Asks what became of a decision: sent again it is the same one, and answered once the contract service has spoken. */
async function follow(path: string, sent: Sent, onDone: Ends['onDone']): Promise<void> {
  for (let asked = 0; asked < FOLLOWED.timesMax; asked++) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOWED.everyMs));
    const answer = await send(path, sent).catch((error: unknown) => error);
    if (answer instanceof ApiProblem && answer.details.status < 500) return;
    if (answer instanceof Error || (answer as ActionAnswer).outcome === 'PENDING') continue;
    return onDone?.(sentenceOf(answer as ActionAnswer));
  }
}

/** What became of it, as the service says it. */
function sentenceOf(answer: ActionAnswer): string {
  const { outcome, sentence, code } = answer;
  if (outcome === 'REFUSED')
    return `The contract service refused it: ${sentence ?? code ?? 'it gave no reason'}${code ? ` (${code})` : ''}`;
  if (outcome === 'PENDING') return 'Recorded and sent. The answer has not come yet; it will appear here by itself.';
  if (answer.successor_contract_id)
    return 'Done. A revision takes the place of this contract; it is validated and judged anew.';
  if (answer.audit) return `Done. The audit says ${answer.audit.verdict}.`;
  if (answer.incident) return `Done. The incident is ${answer.incident.state}.`;
  if (answer.contract) return `Done. The contract is ${answer.contract.status}.`;
  return 'Done.';
}
