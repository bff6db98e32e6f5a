import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useSession } from '../api/queries';
import type { FounderKey } from '../api/shapes';
import { Notice } from '../parts/notice';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';
import { Empty, Loading, reasonOf } from '../parts/states';
import { Tag } from '../parts/tag';
import { At } from '../time/time-of';
import { browserLabel, enrolBrowserKey, enrolPasskey } from './enrol';
import styles from './keys.module.css';
import { useSigningKeys } from './use-signing-keys';

/** The keys that the founder signs with. */
export function KeysPage() {
  const session = useSession();
  const { keptIds } = useSigningKeys();
  useEffect(() => {
    document.title = 'Keys · Mandate';
  }, []);
  if (!session.data) return <Loading what="your keys" />;
  const { keys, environment } = session.data;
  return (
    <div className={styles.page}>
      <h1>Your keys</h1>
      <p className="soft">
        An approval is signed by you. A key counts once the authority manifest names it
        {environment === 'local'
          ? ', a moment after it is made.'
          : '; an operator enrols it with `mandate keys enrol-founder`.'}{' '}
        No service holds a founder’s key.
      </p>
      <Section title="Enrolled keys" aside={<span className="soft">{keys.length}</span>}>
        {keys.length === 0 ? (
          <Empty title="No key yet.">Make one below; without a key nothing can be approved.</Empty>
        ) : (
          <ul>
            {keys.map((key) => (
              <KeyOf key={key.key_id} of={key} isHere={keptIds.includes(key.key_id)} />
            ))}
          </ul>
        )}
      </Section>
      <NewKey environment={environment} />
    </div>
  );
}

const KINDS: Readonly<Record<FounderKey['kind'], string>> = {
  passkey: 'Passkey',
  browser: 'Browser key',
  ed25519: 'Script key (Ed25519)',
};

function KeyOf({ of, isHere }: { readonly of: FounderKey; readonly isHere: boolean }) {
  return (
    <li className={styles.key}>
      <strong>{KINDS[of.kind]}</strong>
      <Tag word={of.status} tone={of.status === 'active' ? 'good' : 'warn'} />
      {of.label ? <Outside text={of.label} /> : null}
      {isHere ? <Tag word="of this browser" tone="info" /> : null}
      <code className="soft">{of.key_id}</code>
      <span className="soft">{of.enrolled_at ? <At time={of.enrolled_at} /> : null}</span>
    </li>
  );
}

function NewKey({ environment }: { readonly environment: 'local' | 'production' }) {
  const [label, setLabel] = useState(browserLabel);
  const [told, setTold] = useState<{ readonly isBad: boolean; readonly text: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const make = async (enrol: (label: string) => Promise<string>): Promise<void> => {
    setBusy(true);
    setTold(null);
    try {
      const keyId = await enrol(label.trim());
      setTold({ isBad: false, text: `Key ${keyId} is made and waits to be enrolled.` });
    } catch (error) {
      setTold({ isBad: true, text: reasonOf(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title="New key">
      <TextInput
        label="Name"
        description="By which you tell it from others."
        value={label}
        maxLength={100}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <div className={styles.buttons}>
        <Button disabled={isBusy || label.trim() === ''} onClick={() => void make(enrolPasskey)}>
          Add a passkey
        </Button>
        {environment === 'local' ? (
          <Button variant="default" disabled={isBusy || label.trim() === ''} onClick={() => void make(enrolBrowserKey)}>
            Make a key in this browser
          </Button>
        ) : null}
      </div>
      {environment === 'local' ? (
        <p className="soft">A browser’s key cannot be taken out of it; only a local run accepts one.</p>
      ) : null}
      {told ? (
        <Notice
          tone={told.isBad ? 'bad' : 'good'}
          title={told.isBad ? 'No key was made.' : 'Done.'}
          live={told.isBad ? 'alert' : 'status'}
        >
          {told.text}
        </Notice>
      ) : null}
    </Section>
  );
}
