import { Button } from '@mantine/core';
import { useState } from 'react';
import { useChain } from '../api/queries';
import type { Hop } from '../api/shapes';
import { Section } from '../parts/section';
import { Failed, Loading } from '../parts/states';
import { Tag, type Tone } from '../parts/tag';
import { words } from '../parts/value';
import { At } from '../time/time-of';
import styles from './contract.module.css';
import { ProofFile } from './proof-file';

/** Every hop from the issue to the verdict: who said what, on whose word, and whether it verifies. */
export function ChainOf({ contractId }: { readonly contractId: string }) {
  const chain = useChain(contractId);
  const [isExpert, setExpert] = useState(false);
  const { data } = chain;
  return (
    <Section
      title="Chain"
      mark={
        data ? (
          <Tag word="chain" tone={data.is_whole ? 'good' : 'warn'}>
            {data.is_whole ? 'whole' : 'not whole here'}
          </Tag>
        ) : null
      }
      aside={
        <Button size="compact-xs" variant="default" aria-pressed={isExpert} onClick={() => setExpert(!isExpert)}>
          {isExpert ? 'Less' : 'Proofs'}
        </Button>
      }
    >
      {chain.isPending ? <Loading what="the chain" /> : null}
      {chain.error && !data ? <Failed error={chain.error} what="The chain" again={() => void chain.refetch()} /> : null}
      <ol className={styles.timeline}>
        {data?.hops.map((hop) => (
          <HopOf key={hop.digest} hop={hop} isExpert={isExpert} />
        ))}
      </ol>
      {data ? <ProofFile contractId={contractId} isServed={data.is_proof_served} isExpert={isExpert} /> : null}
    </Section>
  );
}

function toneOf({ verified, has_effect, says }: Hop): Tone {
  if (!verified) return 'bad';
  if (!has_effect) return 'neutral';
  if (/FAIL|MAY_NOT|REJECT/.test(says)) return 'bad';
  return /INCONCLUSIVE|INCIDENT/.test(says) ? 'warn' : 'good';
}

function HopOf({ hop, isExpert }: { readonly hop: Hop; readonly isExpert: boolean }) {
  const { writer, says, cites } = hop;
  return (
    <li className={styles.hop}>
      <span className={styles.mark} data-tone={toneOf(hop)} aria-hidden="true" />
      <div>
        <div>
          <strong>{writer}</strong> {words(says)}
          {hop.has_effect ? null : <span className="soft"> (recorded only)</span>}
        </div>
        <div className={styles.small}>
          on {cites.says ? words(cites.says) : 'the requestor’s words'} ·{' '}
          {hop.verified ? 'verifies' : 'does not verify'}
        </div>
        {isExpert ? (
          <div className={styles.small}>
            {hop.message} version {hop.version}
            <br />
            link <code>{hop.digest}</code>
            <br />
            cites {cites.message} <code>{cites.digest}</code> {cites.is_known ? '' : '(not of this chain)'}
          </div>
        ) : null}
      </div>
      <span className={styles.small}>
        <At time={hop.time} />
      </span>
    </li>
  );
}
