import { Button } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Frame } from '../../parts/frame';
import { Notice } from '../../parts/notice';
import styles from './actions.module.css';
import type { Phase } from './use-action';

interface DialogProps {
  readonly title: string;
  /** What the action means, in the terms of whoever answers for it. */
  readonly means: ReactNode;
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly isReady: boolean;
  readonly phase: Phase;
  readonly isWide?: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The one frame of all actions: what it means, what it needs, an explicit yes, and what became of it. */
export function ActionDialog({
  title,
  means,
  confirm,
  isDangerous,
  isReady,
  phase,
  isWide,
  onSubmit,
  onClose,
  children,
}: DialogProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady && phase.at !== 'sending') onSubmit();
  };
  const isLocked = phase.at === 'sending' || phase.at === 'unanswered';
  return (
    <Frame title={title} size={isWide ? 'xl' : 'lg'} closeLabel="Close without deciding" onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.means}>{means}</p>
        <fieldset className={styles.fields} disabled={isLocked}>
          {children}
        </fieldset>
        <Told phase={phase} />
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {phase.at === 'refused' ? 'Close' : 'Cancel'}
          </Button>
          <Button
            type="submit"
            disabled={!isReady}
            loading={phase.at === 'sending'}
            {...(isDangerous ? { color: 'red.9' } : {})}
          >
            {phase.at === 'unanswered' ? 'Send again' : confirm}
          </Button>
        </div>
      </form>
    </Frame>
  );
}

function Told({ phase }: { readonly phase: Phase }) {
  if (phase.at === 'unanswered') {
    return (
      <Notice tone="warn" title="No answer came." live="alert">
        It may have been taken or not. Sent again it is the same decision and is taken once.
      </Notice>
    );
  }
  if (phase.at !== 'refused') return null;
  return (
    <Notice tone="bad" title="Not done." live="alert">
      {phase.why}
    </Notice>
  );
}
