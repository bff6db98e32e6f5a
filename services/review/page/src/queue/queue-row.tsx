import { memo } from 'react';
import type { QueueItem } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Tag } from '../parts/tag';
import { words } from '../parts/value';
import { contractPath, linkTo } from '../route';
import { Ago } from '../time/time-of';
import styles from './queue.module.css';
import { urgency, waitingFor } from './words';

/** One contract in a list; the whole row is its link. */
export const QueueRow = memo(function QueueRow({ row }: { readonly row: QueueItem }) {
  return (
    <tr className={styles.row}>
      <td className={styles.tight}>
        <Expiry row={row} />
      </td>
      <td>
        <Tag word={row.status} />
        {row.is_clarification_open ? (
          <div className={styles.where}>answer awaited</div>
        ) : row.waiting ? (
          <div className={styles.where}>waits for {waitingFor(row.waiting.reason)}</div>
        ) : null}
      </td>
      <td className={styles.title}>
        <a {...linkTo(contractPath(row.contract_id))}>
          <Outside text={row.title} />
        </a>
        <div className={styles.where}>
          {words(row.source)} · <Outside text={`${row.source_system} ${row.reference}`} />
          {row.revision > 0 ? ` · revision ${row.revision}` : ''}
          {row.is_submitted_by_founder ? ' · submitted by you' : ''}
        </div>
      </td>
      <td>
        <Tag word={row.risk_level} />
      </td>
      <td>
        {row.affected_capabilities.map((name) => (
          <div key={name}>
            <code>{name}</code>
          </div>
        ))}
      </td>
      <td className={`${styles.tight} soft`}>
        <Ago time={row.created_at} />
      </td>
    </tr>
  );
});

/** When the review ends by itself; paused while a clarification is open; of no interest after the review. */
function Expiry({ row }: { readonly row: QueueItem }) {
  if (row.ttl_paused_at) return <span className="soft">paused</span>;
  if (!['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED'].includes(row.status)) return <span className="soft">–</span>;
  return (
    <span className={styles[urgency(row.expires_at)]}>
      <Ago time={row.expires_at} />
    </span>
  );
}
