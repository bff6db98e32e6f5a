import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { Incident } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Tag } from '../parts/tag';
import { Ago } from '../time/time-of';
import actions from './actions/actions.module.css';
import styles from './contract.module.css';

const TextAction = lazy(() => import('./actions/text-action').then((m) => ({ default: m.TextAction })));
const ResolveIncident = lazy(() => import('./actions/signed-action').then((m) => ({ default: m.ResolveIncident })));

/** The incident of a failed contract: what is left behind, who looks into it, and closing it. */
export function IncidentOf({
  incident,
  onSaid,
}: {
  readonly incident: Incident;
  readonly onSaid: (sentence: string) => void;
}) {
  const [open, setOpen] = useState<'acknowledge' | 'resolve' | null>(null);
  const { state, reason, left_behind, acknowledged_by, resolved_by, opened_at, rollback_attempts, incident_id } =
    incident;
  const { acknowledge, resolve } = incident.actions;
  const close = () => setOpen(null);
  return (
    <div className={styles.entry}>
      <div className={styles.line}>
        <strong>Incident</strong>
        <Tag word={state} />
        <span className={styles.small}>
          opened <Ago time={opened_at} />
        </span>
      </div>
      <div>
        <Outside text={reason} />
      </div>
      <div className="soft">
        {rollback_attempts > 0 ? `Rollback attempts: ${rollback_attempts}. ` : ''}
        {acknowledged_by ? `Acknowledged by ${acknowledged_by}. ` : 'Not acknowledged. '}
        {resolved_by ? `Resolved by ${resolved_by}.` : ''}
      </div>
      {left_behind.map((left) => (
        <div key={left.capability}>
          <Tag word="left behind" tone="bad" /> <code>{left.capability}</code>: <Outside text={left.detail} />
        </div>
      ))}
      <div className={actions.bar}>
        {acknowledge.is_offered ? (
          <Button size="compact-sm" variant="default" onClick={() => setOpen('acknowledge')}>
            Acknowledge…
          </Button>
        ) : null}
        {resolve.is_offered ? (
          <Button size="compact-sm" onClick={() => setOpen('resolve')}>
            Resolve…
          </Button>
        ) : null}
      </div>
      <Suspense fallback={null}>
        {open === 'acknowledge' ? (
          <TextAction
            kind="acknowledge-incident"
            path={`/incidents/${incident_id}/acknowledge`}
            onDone={onSaid}
            onClose={close}
          />
        ) : null}
        {open === 'resolve' ? <ResolveIncident incidentId={incident_id} onDone={onSaid} onClose={close} /> : null}
      </Suspense>
    </div>
  );
}
