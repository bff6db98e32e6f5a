import type { ContractPage } from '../api/shapes';
import { Notice } from '../parts/notice';
import { Outside } from '../parts/outside';
import { Id, Value } from '../parts/value';
import { waitingFor } from '../queue/words';
import { contractPath, linkTo } from '../route';
import { Ago } from '../time/time-of';
import styles from './contract.module.css';

const FACTS: Readonly<Record<string, string>> = {
  HEALTH: 'health',
  FROZEN: 'the catalogue’s freeze',
  SIGNAL: 'governance signals',
  RIVAL: 'other contracts',
  VALUE: 'the present value',
};

/** How it stands: what was just done, who holds it up and since when, and what is otherwise than when it was approved. */
export function Standing({ contract, said }: { readonly contract: ContractPage; readonly said: string | null }) {
  const {
    waiting,
    clarification,
    is_clarification_open,
    successor_contract_id,
    status,
    status_reason,
    is_sound,
    changed_since_approval,
  } = contract;
  return (
    <div className={styles.notices}>
      <div role="status">
        {said ? (
          <Notice tone="info" title="Your decision">
            {said}
          </Notice>
        ) : null}
      </div>
      {is_sound ? null : (
        <Notice tone="bad" title="What is shown is not what was proposed and judged.">
          It cannot be approved; tell an operator.
        </Notice>
      )}
      {waiting ? (
        <Notice tone="warn" title={`Waiting for ${waitingFor(waiting.reason)}`}>
          <Outside text={waiting.detail} />, since <Ago time={waiting.since} />. It goes on by itself.
        </Notice>
      ) : null}
      {is_clarification_open && clarification ? (
        <Notice tone="info" title="Waiting for the requestor’s answer">
          asked <Ago time={clarification.requested_at} />: <Outside text={clarification.question} />
        </Notice>
      ) : null}
      {successor_contract_id ? (
        <Notice tone="info" title="Superseded">
          <a {...linkTo(contractPath(successor_contract_id))}>
            The revision <Id of={successor_contract_id} />
          </a>{' '}
          took its place.
        </Notice>
      ) : null}
      {status_reason && ['REJECTED', 'EXPIRED', 'FAILED'].includes(status) ? (
        <Notice tone={status === 'FAILED' ? 'bad' : 'neutral'} title={status}>
          <Outside text={status_reason} />
        </Notice>
      ) : null}
      {changed_since_approval.length > 0 ? (
        <Notice tone="warn" title="Changed since the approval">
          {changed_since_approval.map((changed) => (
            <span key={`${changed.fact} ${changed.subject}`} className={styles.changed}>
              {FACTS[changed.fact] ?? changed.fact} of <code>{changed.subject}</code>: was{' '}
              <Value of={changed.at_approval} />, is <Value of={changed.present} />
            </span>
          ))}
          Activation waits until it is as it was.
        </Notice>
      ) : null}
    </div>
  );
}
