import { lazy, Suspense, useEffect } from 'react';
import { useSession } from './api/queries';
import { Empty, Loading } from './parts/states';
import { QueuePage } from './queue/queue-page';
import { go, linkTo, usePath } from './route';
import { Door } from './shell/door';
import { useKeys } from './shell/keyboard';
import { Shell } from './shell/shell';

const AttentionPage = lazy(() => import('./attention/attention-page').then((m) => ({ default: m.AttentionPage })));
const ContractPage = lazy(() => import('./contract/contract-page').then((m) => ({ default: m.ContractPage })));
const KeysPage = lazy(() => import('./keys/keys-page').then((m) => ({ default: m.KeysPage })));

/** Who is signed in decides what there is to see. */
export function App() {
  const session = useSession();
  const { data, error } = session;
  useEffect(() => {
    if (data)
      void import('./keys/enrol').then(({ enrolAtFirstSignIn }) => enrolAtFirstSignIn(data)).catch(() => undefined);
  }, [data?.founder]);
  if (error && (!data || isOut(error))) return <Door error={error} />;
  if (!data) {
    return (
      <main>
        <Loading what="the page" isPage />
      </main>
    );
  }
  return (
    <Shell session={data}>
      <Suspense fallback={<Loading what="the page" isPage />}>
        <Page />
      </Suspense>
    </Shell>
  );
}

const isOut = (error: unknown) =>
  [401, 403].includes((error as { details?: { status?: number } }).details?.status ?? 0);

function Page() {
  const path = usePath();
  useKeys({ 'g q': () => go('/'), 'g a': () => go('/attention'), 'g k': () => go('/keys') });
  const contractId = /^\/contracts\/([0-9a-f-]{36})$/i.exec(path)?.[1];
  if (path === '/' || path === '/sign-in') return <QueuePage />;
  if (path === '/attention') return <AttentionPage />;
  if (path === '/keys') return <KeysPage />;
  if (contractId) return <ContractPage key={contractId} id={contractId} />;
  return (
    <Empty isPage title="There is no such page.">
      <a {...linkTo('/')}>To the queue</a>
    </Empty>
  );
}
