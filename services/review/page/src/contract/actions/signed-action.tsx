import { Checkbox, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../../api/client';
import type { Audit, StatementToSign } from '../../api/shapes';
import { NotSigned, signStatement } from '../../keys/sign';
import { useSigningKeys } from '../../keys/use-signing-keys';
import { valueText } from '../../parts/value';
import { CHECKS } from '../check-words';
import { ActionDialog } from './dialog';
import { KeyChoice } from './key-choice';
import { useAction } from './use-action';

interface Shown {
  readonly onDone: (sentence: string) => void;
  readonly onClose: () => void;
}
const REASON_LENGTH_MAX = 2_000;

/** A reason, signed: the service words the statement, the page signs it, and the action carries both. */
function useSigned(shown: Shown, paths: { readonly statement: string; readonly action: string }) {
  const { keys, isPending } = useSigningKeys();
  const [keyId, setKeyId] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const key = keys.find((each) => each.key_id === keyId) ?? keys[0];
  const { phase, submit } = useAction(paths.action, shown);
  const sign = async (more: object) => {
    if (!key) throw new NotSigned('There is no key to sign with.');
    const toSign = await ask<StatementToSign>(paths.statement, {
      method: 'POST',
      body: { ...more, reason: reason.trim() },
    });
    return signStatement(toSign, key);
  };
  const fields = (
    <>
      <Textarea
        label="Reason"
        description="What you know that the record does not say. It is kept and signed."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        rows={4}
        maxLength={REASON_LENGTH_MAX}
        required
      />
      <KeyChoice keys={keys} isPending={isPending} chosen={key} onChoose={setKeyId} />
    </>
  );
  return {
    phase,
    fields,
    isReady: key !== undefined && reason.trim().length > 0,
    submit: (more: object) => void submit(() => sign(more)),
  };
}

/** Attests single inconclusive checks; the auditor then runs again and speaks. */
export function Attest({ audit, ...shown }: Shown & { readonly audit: Audit }) {
  const [checks, setChecks] = useState<readonly string[]>([]);
  const signed = useSigned(shown, {
    statement: `/audits/${audit.audit_id}/attestation-statement`,
    action: `/audits/${audit.audit_id}/attest`,
  });
  const open = audit.checks.filter((check) => check.result === 'INCONCLUSIVE');
  const toggle = (id: string, isOn: boolean) =>
    setChecks(isOn ? [...checks, id].sort() : checks.filter((each) => each !== id));
  return (
    <ActionDialog
      title="Resolve the audit with context"
      means="For each check you choose, you say that it holds, and why you know. The auditor runs again with your signed word. A failed check cannot be attested."
      confirm="Sign and attest"
      isReady={signed.isReady && checks.length > 0}
      phase={signed.phase}
      onSubmit={() => signed.submit({ checks })}
      onClose={shown.onClose}
    >
      {open.map((check) => (
        <Checkbox
          key={check.id}
          label={`${check.id}: ${CHECKS[check.id] ?? ''}`}
          description={valueText(check.evidence).slice(0, 400)}
          checked={checks.includes(check.id)}
          onChange={(event) => toggle(check.id, event.currentTarget.checked)}
        />
      ))}
      {signed.fields}
    </ActionDialog>
  );
}

/** Closes an incident, which frees what its contract holds. */
export function ResolveIncident({ incidentId, ...shown }: Shown & { readonly incidentId: string }) {
  const signed = useSigned(shown, {
    statement: `/incidents/${incidentId}/resolution-statement`,
    action: `/incidents/${incidentId}/resolve`,
  });
  return (
    <ActionDialog
      title="Resolve the incident"
      means="You say that the incident is over and answer for it. The capabilities that its contract holds are let go. This cannot be taken back."
      confirm="Sign and resolve"
      isReady={signed.isReady}
      phase={signed.phase}
      onSubmit={() => signed.submit({})}
      onClose={shown.onClose}
    >
      {signed.fields}
    </ActionDialog>
  );
}
