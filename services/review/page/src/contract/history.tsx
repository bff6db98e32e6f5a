import { useHistory } from '../api/queries';
import type { HistoryItem } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';
import { Failed, Loading } from '../parts/states';
import { Tag } from '../parts/tag';
import { words } from '../parts/value';
import { At } from '../time/time-of';
import styles from './contract.module.css';

/** Every recorded change and every action taken here, refused ones too; newest first. */
export function HistoryOf({ contractId }: { readonly contractId: string }) {
  const history = useHistory(contractId);
  const items = [...(history.data?.history ?? [])].reverse();
  return (
    <Section title="History" aside={history.data ? <span className="soft">{items.length}</span> : null}>
      {history.isPending ? <Loading what="the history" /> : null}
      {history.error && !history.data ? (
        <Failed error={history.error} what="The history" again={() => void history.refetch()} />
      ) : null}
      <ol>
        {items.map((item) => (
          <li key={keyOf(item)} className={styles.entry}>
            <Entry item={item} />
          </li>
        ))}
      </ol>
    </Section>
  );
}

const keyOf = (item: HistoryItem) => (item.kind === 'review_event' ? item.event_id : `${item.kind} ${item.version}`);

function Entry({ item }: { readonly item: HistoryItem }) {
  return (
    <>
      <div className={styles.line}>
        {item.kind === 'review_event' ? (
          <>
            <strong>{words(item.action)}</strong>
            <Tag word={item.outcome} />
          </>
        ) : (
          <>
            <strong>{item.kind === 'incident_change' ? 'incident' : 'contract'}</strong>
            <span className="soft">{item.from && item.from !== item.to ? `${words(item.from)} →` : ''}</span>
            <Tag word={item.to} />
            {item.code ? <code className="soft">{item.code}</code> : null}
          </>
        )}
        <span className={styles.small}>
          {item.actor} · <At time={item.at} />
        </span>
      </div>
      {item.reason ? <Outside text={item.reason} /> : null}
      {item.kind === 'review_event' && item.sentence ? <div className="soft">{item.sentence}</div> : null}
    </>
  );
}
