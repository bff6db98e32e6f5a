import { Button } from '@mantine/core';
import { useState } from 'react';
import { ApiProblem, ask, Unreachable } from '../api/client';
import type { ProofTicket } from '../api/shapes';
import { Notice } from '../parts/notice';
import { reasonOf } from '../parts/states';
import styles from './contract.module.css';

const file = (contractId: string) => `mandate-proof-${contractId}.json`;

/** The proof file, from the auditor; anyone can check it with the root's public key alone. */
export function ProofFile({
  contractId,
  isServed,
  isExpert,
}: {
  readonly contractId: string;
  readonly isServed: boolean;
  readonly isExpert: boolean;
}) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const get = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      save(await fetchProof(contractId), file(contractId));
    } catch (error) {
      setFailure(reasonOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      {isServed ? (
        <Button size="compact-xs" variant="default" loading={isBusy} onClick={() => void get()}>
          Proof file
        </Button>
      ) : null}
      {failure ? (
        <Notice tone="bad" title="There is no proof file now." live="alert">
          {failure}
        </Notice>
      ) : null}
      {isExpert ? <HowToCheck contractId={contractId} /> : null}
    </div>
  );
}

function HowToCheck({ contractId }: { readonly contractId: string }) {
  return (
    <>
      <p className={styles.small}>
        The proof file holds every message of this chain with its signatures, proofs and keys. It is the auditor’s, and
        is checked with the root’s public key and nothing else:
      </p>
      <code
        className={styles.command}
      >{`npm run mandate -- prove ${contractId}\npython3 verify/verify.py ${file(contractId)} root.pub`}</code>
    </>
  );
}

/** The auditor knows no founders: review signs a ticket for one minute and one contract. */
async function fetchProof(contractId: string): Promise<Blob> {
  const { url, ticket } = await ask<ProofTicket>(`/contracts/${contractId}/proof-ticket`, { method: 'POST' });
  const response = await fetch(url, { method: 'POST', body: ticket, credentials: 'omit' }).catch(() => {
    throw new Unreachable('The auditor does not answer.');
  });
  if (response.ok) return response.blob();
  const problem = (await response.json().catch(() => ({}))) as object;
  const detail = `The auditor answered ${response.status}.`;
  throw new ApiProblem({ detail, ...problem, status: response.status });
}

function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has begun; what it reads from stays a while.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
