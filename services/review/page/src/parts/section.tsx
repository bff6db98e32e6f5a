import { type ReactNode, useId } from 'react';
import styles from './parts.module.css';

/** A titled part of a page. */
export function Section({
  title,
  mark,
  aside,
  children,
  id,
}: {
  readonly title: string;
  readonly mark?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly id?: string;
}) {
  const heading = useId();
  return (
    <section className={styles.section} aria-labelledby={heading} id={id} tabIndex={id ? -1 : undefined}>
      <div className={styles.sectionHead}>
        <h2 id={heading}>{title}</h2>
        {mark}
        {aside ? <div className={styles.aside}>{aside}</div> : null}
      </div>
      <div className={styles.sectionBody}>{children}</div>
    </section>
  );
}

/** Names with what they are; what is null is left out. */
export function Facts({ of }: { readonly of: Readonly<Record<string, ReactNode>> }) {
  const shown = Object.entries(of).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return (
    <dl className={styles.facts}>
      {shown.map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
    </dl>
  );
}
