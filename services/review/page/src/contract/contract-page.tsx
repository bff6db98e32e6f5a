import { useEffect, useState } from 'react';
import { ApiProblem } from '../api/client';
import { useContract } from '../api/queries';
import type { ContractPage as Contract } from '../api/shapes';
import { Outside } from '../parts/outside';
import { Section } from '../parts/section';
import { Empty, Failed, Loading } from '../parts/states';
import { Tag } from '../parts/tag';
import { linkTo } from '../route';
import { Ago } from '../time/time-of';
import { Activation } from './activation';
import { Capabilities } from './capabilities';
import { ChainOf } from './chain';
import { ChangeReasons, Differences } from './changes';
import styles from './contract.module.css';
import { Conversation } from './conversation';
import { Decide } from './decide';
import { EligibilityVerdict } from './eligibility';
import { HistoryOf } from './history';
import { Lineage } from './lineage';
import { Progress } from './progress';
import { Standing } from './standing';
import { Origin, Risk, ValidatorVerdict } from './subject';
import { TimeToLive } from './time-to-live';

/** Everything known about one contract, in the order of the founding text, and the four actions. */
export function ContractPage({ id }: { readonly id: string }) {
  const contract = useContract(id);
  const [said, setSaid] = useState<string | null>(null);
  const title = contract.data?.title;
  useEffect(() => {
    document.title = title ? `${title.slice(0, 80)} · Mandate` : 'Contract · Mandate';
  }, [title]);
  if (contract.isPending) return <Loading what="the contract" lines={12} isPage />;
  if (!contract.data) {
    const isMissing = contract.error instanceof ApiProblem && contract.error.details.status === 404;
    if (!isMissing) {
      return (
        <>
          <h1 className={styles.head}>Contract</h1>
          <Failed error={contract.error} what="The contract" again={() => void contract.refetch()} />
        </>
      );
    }
    return (
      <Empty isPage title="There is no such contract.">
        <a {...linkTo('/')}>To the queue</a>
      </Empty>
    );
  }
  return <Shown contract={contract.data} said={said} onSaid={setSaid} />;
}

function Shown({
  contract,
  said,
  onSaid,
}: {
  readonly contract: Contract;
  readonly said: string | null;
  readonly onSaid: (sentence: string) => void;
}) {
  const { contract_id, proposed_changes, status } = contract;
  const isOver = ['COMPLETED', 'FAILED'].includes(status);
  return (
    <article>
      <Header contract={contract} />
      <Standing contract={contract} said={said} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Origin contract={contract} />
          <ValidatorVerdict verdict={contract.validator_verdict} />
          <Section title="Proposed changes" aside={<span className="soft">{proposed_changes.length}</span>}>
            <Differences changes={proposed_changes} isOver={isOver} />
            <ChangeReasons changes={proposed_changes} />
          </Section>
          <Capabilities contract={contract} />
          <Risk risk={contract.risk} />
          <EligibilityVerdict eligibility={contract.eligibility} />
          <Activation activation={contract.activation} />
          <Decide contract={contract} onSaid={onSaid} />
        </div>
        <aside className={styles.column} aria-label="Around the contract">
          <TimeToLive ttl={contract.ttl} />
          <Progress contract={contract} onSaid={onSaid} />
          <Conversation contract={contract} />
          <Lineage lineage={contract.lineage} current={contract_id} />
          <ChainOf contractId={contract_id} />
          <HistoryOf contractId={contract_id} />
        </aside>
      </div>
    </article>
  );
}

function Header({ contract }: { readonly contract: Contract }) {
  const { contract_id, title, status, risk_level, revision, changed_at, is_submitted_by_founder } = contract;
  return (
    <div className={styles.head}>
      <div className={styles.number}>
        Contract review: <code>{contract_id}</code>
      </div>
      <h1>
        <Outside text={title} />
      </h1>
      <div className={styles.line}>
        <Tag word={status} />
        <Tag word={risk_level}>{risk_level} risk</Tag>
        {revision > 0 ? <Tag word="revision">{`revision ${revision}`}</Tag> : null}
        {is_submitted_by_founder ? (
          <Tag word="yours" tone="warn">
            submitted by you
          </Tag>
        ) : null}
        <span className={styles.small}>
          changed <Ago time={changed_at} />
        </span>
      </div>
    </div>
  );
}
