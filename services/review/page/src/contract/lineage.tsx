import type { LineageItem } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { Value } from '../parts/value';
import { contractPath, linkTo } from '../route';
import { At } from '../time/time-of';
import styles from './contract.module.css';

/** What was modified into what, and the difference each time. */
export function Lineage({ lineage, current }: { readonly lineage: readonly LineageItem[]; readonly current: string }) {
  if (lineage.length < 2) return null;
  return (
    <Section title="Lineage">
      <ol>
        {lineage.map((item) => (
          <li key={item.contract_id} className={styles.entry}>
            <div className={styles.line}>
              {item.contract_id === current ? (
                <strong>Revision {item.revision}, this one</strong>
              ) : (
                <a {...linkTo(contractPath(item.contract_id))}>Revision {item.revision}</a>
              )}
              <Tag word={item.status} />
              <span className={styles.small}>
                <At time={item.created_at} />
                {item.modified_by ? ` by ${item.modified_by}` : ''}
              </span>
            </div>
            {item.reason ? <Outside text={item.reason} /> : null}
            {item.difference.map((line) => (
              <div key={line.target} className={styles.line}>
                <code>{line.target}</code>
                <span className={styles.was}>
                  <Value of={line.was} />
                </span>
                <span>→</span>
                <span className={styles.willBe}>
                  <Value of={line.is} />
                </span>
              </div>
            ))}
          </li>
        ))}
      </ol>
    </Section>
  );
}
