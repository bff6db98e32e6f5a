import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client';
import { Notice } from './notice';
import styles from './parts.module.css';

const WIDTHS = ['72%', '55%', '88%', '64%', '80%', '48%'];

/** The place of what has not come yet. `isPage`: nothing else of the page is there either. */
export function Loading({
  what,
  lines = 4,
  isPage = false,
}: {
  readonly what: string;
  readonly lines?: number;
  readonly isPage?: boolean;
}) {
  return (
    <div role="status" aria-label={`Loading ${what}`}>
      {isPage ? <h1 className="hidden-to-eyes">Loading {what}</h1> : null}
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className={styles.bone} style={{ width: WIDTHS[i % WIDTHS.length] }} />
      ))}
    </div>
  );
}

/** Nothing is there, and that is fine. `isPage`: it is all that the page has to say. */
export function Empty({
  title,
  isPage = false,
  children,
}: {
  readonly title: string;
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      {isPage ? <h1>{title}</h1> : <strong>{title}</strong>}
      {children}
    </div>
  );
}

/** What was asked for did not come; says why and what can be done. */
export function Failed({
  error,
  what,
  again,
}: {
  readonly error: unknown;
  readonly what: string;
  readonly again?: () => void;
}) {
  return (
    <Notice tone="bad" title={`${what} cannot be shown.`} live="alert">
      {reasonOf(error)}{' '}
      {again ? (
        <Button size="compact-xs" variant="default" onClick={again}>
          Try again
        </Button>
      ) : null}
    </Notice>
  );
}

/** An error in a sentence, with the rule and the code that the service named. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something unexpected happened.';
  if (!(error instanceof ApiProblem)) return error.message;
  const { detail, code, rule } = error.details;
  const named = [code, rule].filter((name) => name && !detail.includes(name)).join(', ');
  return named ? `${detail} (${named})` : detail;
}
