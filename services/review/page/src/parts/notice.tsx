import type { ReactNode } from 'react';
import styles from './parts.module.css';
import type { Tone } from './tag';

/** Something the reader should not miss. `live`: read out when it appears. */
export function Notice({
  tone,
  title,
  live,
  children,
}: {
  readonly tone: Tone;
  readonly title: string;
  readonly live?: 'status' | 'alert';
  readonly children?: ReactNode;
}) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={live}>
      <strong>{title}</strong>
      {children ? <span>{children}</span> : null}
    </div>
  );
}
