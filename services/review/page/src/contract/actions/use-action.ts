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
}

/** Takes an action once, whatever happens on the way. */
export function useAction(path: string, onDone: (sentence: string) => void, ifMatch?: string) {
  const [phase, setPhase] = useState<Phase>({ at: 'open' });
  const unanswered = useRef<Sent | null>(null);
  const submit = async (makeBody: () => unknown): Promise<void> => {
    setPhase({ at: 'sending' });
    try {
      const sent = unanswered.current ?? { body: await makeBody(), idempotencyKey: crypto.randomUUID() };
      unanswered.current = sent;
      const answer = await act<ActionAnswer>(path, sent.body, {
        idempotencyKey: sent.idempotencyKey,
        ...(ifMatch ? { ifMatch } : {}),
      });
      unanswered.current = null;
      if (answer.outcome === 'REFUSED') setPhase({ at: 'refused', why: refusalOf(answer), isStale: false });
      else onDone(outcomeOf(answer));
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

function refusalOf({ sentence, code }: ActionAnswer): string {
  return `The contract service refused it: ${sentence ?? code ?? 'it gave no reason'}${code ? ` (${code})` : ''}`;
}

/** What became of it, as the service says it. */
function outcomeOf(answer: ActionAnswer): string {
  if (answer.outcome === 'PENDING')
    return 'Recorded and sent. The answer has not come yet; it will appear here by itself.';
  if (answer.successor_contract_id)
    return 'Done. A revision takes the place of this contract; it is validated and judged anew.';
  if (answer.audit) return `Done. The audit says ${answer.audit.verdict}.`;
  if (answer.incident) return `Done. The incident is ${answer.incident.state}.`;
  if (answer.contract) return `Done. The contract is ${answer.contract.status}.`;
  return 'Done.';
}
