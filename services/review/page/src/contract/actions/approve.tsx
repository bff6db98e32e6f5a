import { Checkbox, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../../api/client';
import type { ContractPage, StatementToSign } from '../../api/shapes';
import { NotSigned, signStatement } from '../../keys/sign';
import { useSigningKeys } from '../../keys/use-signing-keys';
import { Outside } from '../../parts/outside';
import { Facts } from '../../parts/section';
import { fieldInstant, fieldValue, span, zoneName } from '../../time/moment';
import { Differences } from '../changes';
import styles from './actions.module.css';
import { ActionDialog } from './dialog';
import { KeyChoice } from './key-choice';
import { useAction } from './use-action';

/** Approving: what is shown, the window, tighter limits, an explicit yes, and the founder's signature over all of it. */
export function Approve({
  contract,
  onDone,
  onClose,
}: {
  readonly contract: ContractPage;
  readonly onDone: (sentence: string) => void;
  readonly onClose: () => void;
}) {
  // What was shown when the dialog opened is what is decided, whatever arrives meanwhile.
  const [shown] = useState(contract);
  const [isMeant, setMeant] = useState(false);
  const limits = useLimits(shown);
  const { keys, isPending } = useSigningKeys();
  const [keyId, setKeyId] = useState<string | null>(null);
  const key = keys.find((each) => each.key_id === keyId) ?? keys[0];
  const path = `/contracts/${shown.contract_id}`;
  const { phase, submit } = useAction(`${path}/approve`, { onDone, onClose }, shown.dossier_digest);
  const sign = async () => {
    if (!key) throw new NotSigned('There is no key to sign with.');
    const toSign = await ask<StatementToSign>(`${path}/approval-statement`, {
      method: 'POST',
      body: limits.body(),
      ifMatch: shown.dossier_digest,
    });
    refuseOther(toSign.statement, shown);
    return signStatement(toSign, key);
  };
  return (
    <ActionDialog
      title="Approve the contract"
      means="Approval is more than agreement: with your signature the change is carried out within the window, and its author is you."
      confirm="Sign and approve"
      isReady={isMeant && key !== undefined && limits.problem === null}
      isWide
      phase={phase}
      onSubmit={() => void submit(sign)}
      onClose={onClose}
    >
      <div className={styles.shown}>
        <strong>
          <Outside text={shown.title} />
        </strong>
        <Differences changes={shown.proposed_changes} isShort />
        <Facts of={{ Risk: shown.risk_level, Dossier: <code>{shown.dossier_digest}</code> }} />
      </div>
      {limits.fields}
      <KeyChoice keys={keys} isPending={isPending} chosen={key} onChoose={setKeyId} />
      <Checkbox
        label={shown.approval_means}
        checked={isMeant}
        onChange={(event) => setMeant(event.currentTarget.checked)}
      />
    </ActionDialog>
  );
}

/** The service words the statement; the page makes sure that it says what was shown. @throws NotSigned */
function refuseOther(statement: string, shown: ContractPage): void {
  const said = JSON.parse(statement) as Record<string, unknown>;
  const isShown =
    said.purpose === 'APPROVE' &&
    said.contract_id === shown.contract_id &&
    said.dossier_digest === shown.dossier_digest &&
    said.plan_digest === shown.plan_digest;
  if (!isShown)
    throw new NotSigned('The statement is about something else than what is shown here; nothing was signed.');
}

/** The window and the execution limits, which a founder may only tighten. */
function useLimits(shown: ContractPage) {
  const { default_window, constraints, bounds } = shown.activation;
  const lengthMs = Date.parse(default_window.window_end) - Date.parse(default_window.window_start);
  const [start, setStart] = useState('');
  const [end, setEnd] = useState(() => fieldValue(Date.now() + lengthMs));
  const [isEndSet, setEndSet] = useState(false);
  const [seconds, setSeconds] = useState<string | number>(constraints.max_duration_ms / 1_000);
  const [steps, setSteps] = useState<string | number>(constraints.steps_per_minute);
  const startAt = fieldInstant(start);
  const endAt = fieldInstant(end);
  const problem = windowProblem(startAt ?? Date.now(), endAt, bounds);
  const body = () => ({
    ...(startAt === null ? {} : { window_start: new Date(startAt).toISOString() }),
    ...(isEndSet && endAt !== null ? { window_end: new Date(endAt).toISOString() } : {}),
    constraints: { max_duration_ms: Number(seconds) * 1_000, steps_per_minute: Number(steps) },
  });
  const zone = zoneName(Date.now());
  const fields = (
    <>
      <div className={styles.pair}>
        <TextInput
          type="datetime-local"
          label="Window start"
          description={`${zone}; empty: immediately`}
          value={start}
          onChange={(event) => setStart(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label="Window end"
          description={`${zone}; ${span(lengthMs)} after the start unless set`}
          value={end}
          onChange={(event) => {
            setEnd(event.currentTarget.value);
            setEndSet(true);
          }}
          error={problem}
        />
      </div>
      <div className={styles.pair}>
        <NumberInput
          label="At most seconds in all"
          description={`at most ${constraints.max_duration_ms / 1_000}`}
          min={1}
          max={constraints.max_duration_ms / 1_000}
          value={seconds}
          onChange={setSeconds}
          clampBehavior="strict"
          hideControls
        />
        <NumberInput
          label="Steps a minute"
          description={`at most ${constraints.steps_per_minute}`}
          min={1}
          max={constraints.steps_per_minute}
          value={steps}
          onChange={setSteps}
          clampBehavior="strict"
          hideControls
        />
      </div>
    </>
  );
  return { body, problem, fields };
}

function windowProblem(start: number, end: number | null, bounds: ContractPage['activation']['bounds']): string | null {
  if (end === null) return 'An end is needed.';
  if (end <= start) return 'The window must end after it starts.';
  if (end - start > bounds.length_ms_max + 60_000) return `The window may last at most ${span(bounds.length_ms_max)}.`;
  return start > Date.now() + bounds.start_ahead_ms_max
    ? `The window may start at most ${span(bounds.start_ahead_ms_max)} ahead.`
    : null;
}
