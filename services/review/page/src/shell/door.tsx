import { Button } from '@mantine/core';
import { ApiProblem } from '../api/client';
import { Notice } from '../parts/notice';
import { reasonOf } from '../parts/states';
import styles from './shell.module.css';

/** What somebody sees who is not signed in, or is and may not decide. */
export function Door({ error }: { readonly error: unknown }) {
  const status = error instanceof ApiProblem ? error.details.status : 0;
  const refused = new URLSearchParams(location.search).get('sign_in');
  const back = refused ? '/' : location.pathname + location.search;
  return (
    <main className={styles.door}>
      <h1>Mandate: founder review</h1>
      {status === 403 || refused ? (
        <Notice tone="bad" title="You may not decide here." live="alert">
          {refused
            ? 'This person is not a founder; nothing was shown or changed. Sign in as a founder.'
            : reasonOf(error)}
        </Notice>
      ) : status === 401 ? (
        <p className="soft">Contracts are decided by a founder, who signs in first.</p>
      ) : (
        <Notice tone="warn" title="The review service cannot answer now." live="alert">
          {reasonOf(error)}
        </Notice>
      )}
      {status === 401 || status === 403 || refused ? (
        <Button component="a" href={`/api/v1/auth/sign-in?return_to=${encodeURIComponent(back)}`}>
          Sign in
        </Button>
      ) : (
        <Button variant="default" onClick={() => location.reload()}>
          Try again
        </Button>
      )}
    </main>
  );
}
