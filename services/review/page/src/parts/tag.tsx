import type { ReactNode } from 'react';
import styles from './parts.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'neutral';

const TONES: Readonly<Record<string, Tone>> = {
  ...{ DRAFT: 'neutral', VALIDATED: 'neutral', ELIGIBLE: 'info', APPROVED: 'info', ACTIVE: 'warn', COMPLETED: 'good' },
  ...{ FAILED: 'bad', REJECTED: 'neutral', EXPIRED: 'neutral', SUPERSEDED: 'neutral' },
  ...{ HEALTHY: 'good', DEGRADED: 'warn', UNHEALTHY: 'bad', UNKNOWN: 'warn' },
  ...{ low: 'neutral', medium: 'info', high: 'warn', critical: 'bad' },
  ...{ PASS: 'good', FAIL: 'bad', INCONCLUSIVE: 'warn', MAY: 'good', MAY_NOT: 'bad', YES: 'good', NO: 'bad' },
  ...{ OPEN: 'bad', ROLLED_BACK: 'warn', ROLLBACK_FAILED: 'bad', RESOLVED: 'good' },
  ...{ PENDING: 'neutral', RUNNING: 'warn', DONE: 'good', UNDONE: 'warn', SKIPPED: 'neutral', UNCLEAR: 'bad' },
  ...{ ACCEPTED: 'good', REFUSED: 'bad', LAUNCHED: 'neutral', PREVIEW: 'info', DEPRECATED: 'warn' },
};

/** A word of the domain in its colour; the word itself always stands there, so that no colour alone says anything. */
export function Tag({
  word,
  tone,
  children,
}: {
  readonly word: string;
  readonly tone?: Tone;
  readonly children?: ReactNode;
}) {
  return (
    <span className={`${styles.tag} ${styles[tone ?? TONES[word] ?? 'neutral']}`}>
      {children ?? word.replaceAll('_', ' ')}
    </span>
  );
}
