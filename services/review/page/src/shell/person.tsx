import { Button } from '@mantine/core';
import { useState } from 'react';
import { signOut } from '../api/client';
import type { Session } from '../api/shapes';
import { Frame } from '../parts/frame';
import { Facts } from '../parts/section';
import { reasonOf } from '../parts/states';
import { Tag } from '../parts/tag';
import { At } from '../time/time-of';
import styles from './shell.module.css';

/** Who is signed in, until when, and the way out. */
export function Person({ session }: { readonly session: Session }) {
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const leave = async (everywhere: boolean): Promise<void> => {
    try {
      location.assign(await signOut(everywhere));
    } catch (error) {
      setFailure(reasonOf(error));
    }
  };
  const until = (time: string | null) => (time ? <At time={time} /> : null);
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        onClick={() => setOpen(true)}
        aria-label={`Signed in as ${session.name ?? session.founder}`}
      >
        <span className={styles.who}>{session.name ?? session.founder}</span>
        {session.environment === 'local' ? <Tag word="local" tone="neutral" /> : null}
      </Button>
      {isOpen ? (
        <Frame title="Signed in" onClose={() => setOpen(false)}>
          <Facts
            of={{
              Founder: session.founder,
              Environment: session.environment,
              'Ends when idle': until(session.idle_expires_at),
              'Ends in any case': until(session.absolute_expires_at),
            }}
          />
          {failure ? <p role="alert">{failure}</p> : null}
          <Button.Group mt="md">
            <Button variant="default" onClick={() => void leave(false)}>
              Sign out
            </Button>
            <Button variant="default" onClick={() => void leave(true)}>
              Sign out everywhere
            </Button>
          </Button.Group>
        </Frame>
      ) : null}
    </>
  );
}
