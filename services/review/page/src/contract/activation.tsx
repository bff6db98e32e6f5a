import type { ContractPage } from '../api/shapes';
import { Scrolled } from '../parts/scrolled';
import { Facts, Section } from '../parts/section';
import { Tag } from '../parts/tag';
import { duration, span, zoneName } from '../time/moment';
import { At } from '../time/time-of';
import styles from './contract.module.css';

/** When and within which limits it may be carried out: as approved, or as it would be by default. */
export function Activation({ activation }: { readonly activation: ContractPage['activation'] }) {
  const { approval, default_window, constraints } = activation;
  const window = approval ?? default_window;
  const length = Date.parse(default_window.window_end) - Date.parse(default_window.window_start);
  return (
    <Section
      title="Activation window"
      mark={approval ? <Tag word="approved" tone="info" /> : null}
      aside={<span className="soft">{zoneName(Date.now())}</span>}
    >
      <Facts
        of={{
          Start: approval ? <At time={window.window_start} /> : 'immediately, unless you set it',
          End: approval ? <At time={window.window_end} /> : `${span(length)} after the start, unless you set it`,
          Limits: `at most ${duration(constraints.max_duration_ms)} in all, ${duration(constraints.step_timeout_ms)} a step, ${constraints.steps_per_minute} steps a minute`,
          Targets: constraints.allowed_targets.length > 0 ? constraints.allowed_targets.join(', ') : null,
          'Approved by': approval ? approval.approved_by : null,
          'Approved at': approval ? <At time={approval.approved_at} /> : null,
        }}
      />
      {approval ? (
        <details className={styles.rule}>
          <summary>
            <span>What was signed, by key {approval.key_id}</span>
          </summary>
          <Scrolled label="The signed statement">
            <pre>
              {approval.statement}
              {'\n\n'}signature {approval.signature}
            </pre>
          </Scrolled>
        </details>
      ) : null}
    </Section>
  );
}
