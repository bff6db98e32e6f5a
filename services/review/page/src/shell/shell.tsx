import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { followEvents, useLiveness } from '../api/live';
import { queryClient, useAttention } from '../api/queries';
import type { Session } from '../api/shapes';
import { Notice } from '../parts/notice';
import { Tag } from '../parts/tag';
import { linkTo, usePath } from '../route';
import { Ago } from '../time/time-of';
import { Help } from './help';
import { useKeys } from './keyboard';
import { Person } from './person';
import { SchemeSwitch } from './scheme-switch';
import styles from './shell.module.css';

/** What surrounds every page: where one is, whether changes arrive, who is signed in. */
export function Shell({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useEffect(() => followEvents(), []);
  useKeys({ '?': () => setHelpOpen(true) });
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <header className={styles.header}>
        <a className={styles.brand} {...linkTo('/')}>
          Mandate
        </a>
        <Navigation />
        <div className={styles.right}>
          <Live />
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            onClick={() => setHelpOpen(true)}
            aria-label="Keyboard help"
            title="Keyboard help (?)"
          >
            ?
          </Button>
          <SchemeSwitch />
          <Person session={session} />
        </div>
      </header>
      <StaleNotice />
      <main className={styles.main} id="main" tabIndex={-1}>
        {children}
      </main>
      {isHelpOpen ? <Help onClose={() => setHelpOpen(false)} /> : null}
    </>
  );
}

function Navigation() {
  const path = usePath();
  const attention = useAttention();
  const current = (href: string) => (path === href ? ('page' as const) : undefined);
  const total = attention.data?.total ?? 0;
  return (
    <nav className={styles.nav} aria-label="Pages">
      <a {...linkTo('/')} aria-current={current('/')}>
        Queue
      </a>
      <a {...linkTo('/attention')} aria-current={current('/attention')}>
        Attention
        {total > 0 ? (
          <span className={styles.count}>
            <Tag word="attention" tone="warn">
              {total}
            </Tag>
          </span>
        ) : null}
      </a>
      <a {...linkTo('/keys')} aria-current={current('/keys')}>
        Keys
      </a>
    </nav>
  );
}

const STATES = { live: 'Live', connecting: 'Connecting', stale: 'Not live' } as const;

function Live() {
  const { state } = useLiveness();
  return (
    <span className={styles.live} data-state={state} role="status" aria-label="Updates">
      <span className={styles.dot} />
      {STATES[state]}
    </span>
  );
}

function StaleNotice() {
  const { state, since } = useLiveness();
  if (state !== 'stale') return null;
  return (
    <div className={styles.stale}>
      <Notice tone="warn" title="This page may be out of date." live="alert">
        Changes have not arrived since <Ago time={new Date(since).toISOString()} />. It reconnects by itself; a decision
        is checked against the present state in any case.{' '}
        <Button size="compact-xs" variant="default" onClick={() => void queryClient.invalidateQueries()}>
          Read again now
        </Button>
      </Notice>
    </div>
  );
}
