import { Button } from '@mantine/core';
import { ApiProblem } from '../api/client';
import { Notice } from '../parts/notice';
import { reasonOf } from '../parts/states';
import styles from './shell.module.css';

const PROBLEMS: Readonly<Record<string, string>> = {
  NOT_A_FOUNDER: 'This person is not a founder, so nothing was shown or changed. Sign in as a founder.',
  SIGN_IN_EXPIRED: 'The sign-in took too long or began in another browser. Sign in again.',
  SIGN_IN_FAILED: 'The provider did not confirm who you are. Sign in again.',
};

/** Why nobody is signed in, as the address tells it after an attempt. */
const problemCode = () =>
  location.pathname === '/sign-in' ? new URLSearchParams(location.search).get('problem') : null;

/** What somebody sees who is not signed in, or is and may not decide. */
export function Door({ error }: { readonly error: unknown }) {
  const status = error instanceof ApiProblem ? error.details.status : 0;
  const code = problemCode();
  const isOut = status === 401 || status === 403;
  const back = location.pathname === '/sign-in' ? '/' : location.pathname + location.search;
  const again = code === 'NOT_A_FOUNDER' || status === 403 ? '&again=true' : '';
  return (
    <main className={styles.door}>
      <h1>Mandate: founder review</h1>
      {code ? (
        <Notice tone="bad" title="Nobody is signed in." live="alert">
          {PROBLEMS[code] ?? 'The sign-in did not succeed. Sign in again.'}
        </Notice>
      ) : status === 403 ? (
        <Notice tone="bad" title="You may not decide here." live="alert">
          {reasonOf(error)}
        </Notice>
      ) : status === 401 ? (
        <p className="soft">Contracts are decided by a founder, who signs in first.</p>
      ) : (
        <Notice tone="warn" title="The review service cannot answer now." live="alert">
          {reasonOf(error)} It is asked again by itself.
        </Notice>
      )}
      {isOut ? (
        <Button component="a" href={`/api/v1/auth/sign-in?return_to=${encodeURIComponent(back)}${again}`}>
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
