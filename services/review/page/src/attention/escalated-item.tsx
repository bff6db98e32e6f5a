import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { EscalatedIssue } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Tag } from '../parts/tag';
import { words } from '../parts/value';
import { Ago } from '../time/time-of';
import styles from './attention.module.css';

const TextAction = lazy(() => import('../contract/actions/text-action').then((m) => ({ default: m.TextAction })));

/** An issue of which no contract came, but that a human should look at; acknowledging it takes it off the list. */
export function EscalatedItem({ issue }: { readonly issue: EscalatedIssue }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <Tag word={issue.severity} />{' '}
        <strong>
          <Outside text={issue.title} />
        </strong>
        <div className={styles.why}>
          {words(issue.recommended_action)} · {words(issue.issue_type)} · confidence {issue.confidence_score.toFixed(2)}{' '}
          · <Outside text={`${words(issue.source)} ${issue.source_system} ${issue.reference}`} />
        </div>
        <div className={styles.why}>
          <Outside text={issue.reason} />
        </div>
        <div className={styles.why}>
          Not eligible by {issue.rules_failed.map((rule) => rule.id).join(', ') || issue.first_failing_rule}.
        </div>
      </div>
      <span className="soft">
        <Ago time={issue.judged_at} />
      </span>
      <div className={styles.do}>
        <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
          Acknowledge
        </Button>
      </div>
      {isOpen ? (
        <Suspense fallback={null}>
          <TextAction
            kind="acknowledge-issue"
            path={`/issues/${issue.issue_id}/acknowledge`}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </li>
  );
}
