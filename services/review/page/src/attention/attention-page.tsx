import { type ReactNode, useEffect, useRef } from 'react';
import { useAttention } from '../api/queries';
import type { Attention, QueueItem } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';
import { Empty, Failed, Loading } from '../parts/states';
import { Tag } from '../parts/tag';
import { waitingFor } from '../queue/words';
import { contractPath, linkTo } from '../route';
import { useKeys } from '../shell/keyboard';
import { Ago } from '../time/time-of';
import styles from './attention.module.css';
import { EscalatedItem } from './escalated-item';

/** What needs a human now, most urgent first. */
export function AttentionPage() {
  const attention = useAttention();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    document.title = 'Attention · Mandate';
  }, []);
  useKeys({ j: () => move(list.current, 1), k: () => move(list.current, -1) });
  const total = attention.data?.total ?? 0;
  return (
    <>
      <div className={styles.head}>
        <h1>Attention</h1>
        <span className="soft">{total === 0 ? '' : `${total} need a human`}</span>
      </div>
      {attention.isPending ? (
        <Loading what="what needs attention" lines={8} />
      ) : !attention.data ? (
        <Failed error={attention.error} what="What needs attention" again={() => void attention.refetch()} />
      ) : total === 0 ? (
        <Empty title="Nothing needs you now.">
          Contracts about to expire, held, stuck or inconclusive, incidents and escalated issues appear here.
        </Empty>
      ) : (
        <div className={styles.list} ref={list}>
          <Lists of={attention.data} />
        </div>
      )}
    </>
  );
}

function Lists({ of }: { readonly of: Attention }) {
  return (
    <>
      <List title="Incidents" tone="bad">
        {of.incidents.map((incident) => (
          <Item
            key={incident.incident_id}
            contractId={incident.contract_id}
            title={incident.title}
            tag={<Tag word={incident.state} />}
            at={incident.opened_at}
          >
            {incident.reason}{' '}
            {incident.acknowledged_by ? `Acknowledged by ${incident.acknowledged_by}.` : 'Nobody has acknowledged it.'}
          </Item>
        ))}
      </List>
      <List title="Audits to resolve" tone="warn">
        {of.inconclusive.map(({ contract, audit }) => (
          <Item
            key={audit.audit_id}
            contractId={contract.contract_id}
            title={contract.title}
            tag={<Tag word={audit.verdict} />}
            at={audit.concluded_at}
          >
            {audit.reason}
          </Item>
        ))}
      </List>
      <List title="Stuck" tone="bad">
        {of.stuck.map(({ contract, on, since }) => (
          <Item
            key={contract.contract_id}
            contractId={contract.contract_id}
            title={contract.title}
            tag={<Tag word={contract.status} />}
            at={since}
          >
            {on} has not done its part in time.
          </Item>
        ))}
      </List>
      <Contracts title="Less than a day left" tone="bad" rows={of.escalated} />
      <Contracts title="Less than two days left" tone="warn" rows={of.expiring} />
      <List title="Approved and held" tone="warn">
        {of.held.map((row) => (
          <Item
            key={row.contract_id}
            contractId={row.contract_id}
            title={row.title}
            tag={<Tag word={row.status} />}
            at={row.waiting?.since ?? row.changed_at}
          >
            Waiting for {row.waiting ? waitingFor(row.waiting.reason) : 'activation'}.{' '}
            {row.waiting ? <Outside text={row.waiting.detail} /> : null}
          </Item>
        ))}
      </List>
      <List title="Escalated issues" tone="warn">
        {of.escalated_issues.map((issue) => (
          <EscalatedItem key={`${issue.issue_id} ${issue.revision}`} issue={issue} />
        ))}
      </List>
    </>
  );
}

function List({
  title,
  tone,
  children,
}: {
  readonly title: string;
  readonly tone: 'warn' | 'bad';
  readonly children: ReactNode[];
}) {
  if (children.length === 0) return null;
  return (
    <Section
      title={title}
      mark={
        <Tag word={title} tone={tone}>
          {children.length}
        </Tag>
      }
    >
      <ul>{children}</ul>
    </Section>
  );
}

function Contracts({
  title,
  tone,
  rows,
}: {
  readonly title: string;
  readonly tone: 'warn' | 'bad';
  readonly rows: readonly QueueItem[];
}) {
  return (
    <List title={title} tone={tone}>
      {rows.map((row) => (
        <Item
          key={row.contract_id}
          contractId={row.contract_id}
          title={row.title}
          tag={<Tag word={row.risk_level} />}
          at={row.expires_at}
        >
          {row.affected_capabilities.join(', ')} · <Outside text={`${row.source_system} ${row.reference}`} />
        </Item>
      ))}
    </List>
  );
}

function Item({
  contractId,
  title,
  tag,
  at,
  children,
}: {
  readonly contractId: string;
  readonly title: string;
  readonly tag: ReactNode;
  readonly at: string;
  readonly children: ReactNode;
}) {
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        {tag}{' '}
        <a {...linkTo(contractPath(contractId))}>
          <Outside text={title} />
        </a>
        <div className={styles.why}>{children}</div>
      </div>
      <span className="soft">
        <Ago time={at} />
      </span>
    </li>
  );
}

function move(list: HTMLElement | null, by: number): void {
  const links = [...(list?.querySelectorAll<HTMLElement>('li a, li button') ?? [])];
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}
