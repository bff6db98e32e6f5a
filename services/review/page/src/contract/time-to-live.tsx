import type { Ttl } from '../api/shapes';
import { Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { span } from '../time/moment';
import { At, useNow } from '../time/time-of';
import styles from './contract.module.css';

const HOLDERS = { CHECKS: 'Validator and gate', FOUNDER: 'Founder', REQUESTOR: 'Requestor' } as const;

/** How much time is left, and who had the ball from when to when. */
export function TimeToLive({ ttl }: { readonly ttl: Ttl }) {
  const now = useNow();
  const { ledger, is_running, remaining_ms, expires_at } = ttl;
  const left = is_running ? Date.parse(expires_at) - now : remaining_ms;
  const mark =
    left === null ? null : is_running ? (
      <Tag word="left" tone={left < 86_400_000 ? 'bad' : 'neutral'}>{`${span(left)} left`}</Tag>
    ) : (
      <Tag word="paused" tone="info">{`paused, ${span(left)} left`}</Tag>
    );
  const lasted = (since: string, until: string | null) =>
    Math.max(0, (until ? Date.parse(until) : now) - Date.parse(since));
  return (
    <Section
      title="Time"
      mark={mark}
      aside={
        left !== null && is_running ? (
          <span className="soft">
            until <At time={expires_at} />
          </span>
        ) : null
      }
    >
      <div className={styles.spans} aria-hidden="true">
        {ledger.map((each) => (
          <span
            key={each.since}
            data-holder={each.holder}
            style={{ flexGrow: Math.max(1, lasted(each.since, each.until) / 1_000) }}
          />
        ))}
      </div>
      <ol>
        {ledger.map((each) => (
          <li key={each.since} className={styles.entry}>
            <div className={styles.line}>
              <strong>{HOLDERS[each.holder]}</strong>
              <span>{span(lasted(each.since, each.until))}</span>
              {each.holder === 'REQUESTOR' ? <Tag word="the clock stood still" tone="neutral" /> : null}
            </div>
            <div className={styles.small}>
              <At time={each.since} />{' '}
              {each.until ? (
                <>
                  to <At time={each.until} />
                </>
              ) : (
                'until now'
              )}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
