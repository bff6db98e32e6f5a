import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useSession } from '../../api/queries';
import type { FounderKey } from '../../api/shapes';
import { browserLabel, enrolBrowserKey, enrolPasskey } from '../../keys/enrol';
import { Notice } from '../../parts/notice';
import { reasonOf } from '../../parts/states';

/** Which of the founder's keys signs; where there is none here, the ways to get one. */
export function KeyChoice({
  keys,
  isPending,
  chosen,
  onChoose,
}: {
  readonly keys: readonly FounderKey[];
  readonly isPending: boolean;
  readonly chosen: FounderKey | undefined;
  readonly onChoose: (keyId: string) => void;
}) {
  if (keys.length === 0) return isPending ? <Pending /> : <NoKey />;
  return (
    <NativeSelect
      label="Sign with"
      data={keys.map((key) => ({ value: key.key_id, label: nameOf(key) }))}
      value={chosen?.key_id ?? ''}
      onChange={(event) => onChoose(event.currentTarget.value)}
    />
  );
}

export const nameOf = ({ kind, label, key_id }: FounderKey) =>
  `${{ passkey: 'Passkey', browser: 'This browser’s key', ed25519: 'Key of a script' }[kind]}${label ? `: ${label}` : ''} (${key_id})`;

function Pending() {
  return (
    <Notice tone="info" title="Your key is being enrolled." live="status">
      It counts once the authority manifest names it: a moment in a local run, in production once an operator has signed
      it.
    </Notice>
  );
}

function NoKey() {
  const session = useSession();
  const [failure, setFailure] = useState<string | null>(null);
  const make = (work: Promise<unknown>): void => {
    setFailure(null);
    work.catch((error: unknown) => setFailure(reasonOf(error)));
  };
  return (
    <Notice tone="warn" title="You have no key that can sign here.">
      <Button size="compact-xs" onClick={() => make(enrolPasskey(browserLabel()))}>
        Add a passkey
      </Button>{' '}
      {session.data?.environment === 'local' ? (
        <Button size="compact-xs" variant="default" onClick={() => make(enrolBrowserKey(browserLabel()))}>
          Make a key in this browser
        </Button>
      ) : null}
      {failure ? <span role="alert"> {failure}</span> : null}
    </Notice>
  );
}
