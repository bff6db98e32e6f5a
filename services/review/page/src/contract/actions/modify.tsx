import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Capability, ContractPage } from '../../api/shapes';
import { valueText } from '../../parts/value';
import styles from './actions.module.css';
import { ActionDialog } from './dialog';
import { type DraftChange, draftOf, emptyDraft, fieldOf, worded } from './draft-change';
import { useAction } from './use-action';

const REASON_LENGTH_MAX = 2_000;

interface Row extends DraftChange {
  readonly row: number;
}

/** Wording other changes: a revision is made of them, which is validated and judged anew. */
export function Modify({
  contract,
  onDone,
  onClose,
}: {
  readonly contract: ContractPage;
  readonly onDone: (sentence: string) => void;
  readonly onClose: () => void;
}) {
  const [shown] = useState(contract);
  const { capabilities, revisions_left } = shown.modification;
  const [rows, setRows] = useState<readonly Row[]>(() =>
    shown.proposed_changes.map((change, row) => ({ ...draftOf(change), row })),
  );
  const [reason, setReason] = useState('');
  const path = `/contracts/${shown.contract_id}/modify-scope`;
  const { phase, submit } = useAction(path, { onDone, onClose }, shown.dossier_digest);
  const byName = new Map(capabilities.map((each) => [each.name, each]));
  const changes = rows.map((row) => worded(row, byName.get(row.capability)));
  const put = (row: Row) => setRows(rows.map((each) => (each.row === row.row ? row : each)));
  const add = () =>
    setRows([
      ...rows,
      { ...emptyDraft(capabilities[0]?.name ?? ''), row: Math.max(-1, ...rows.map((each) => each.row)) + 1 },
    ]);
  return (
    <ActionDialog
      title="Modify the scope"
      means={`You word the changes yourself. This contract is superseded; a revision starts as a draft and is validated and judged anew, since no verdict carries over. ${revisions_left} of 5 modifications are left.`}
      confirm="Make the revision"
      isReady={rows.length > 0 && changes.every((change) => change !== null)}
      isWide
      phase={phase}
      onSubmit={() => void submit(() => ({ changes, reason: reason.trim() }))}
      onClose={onClose}
    >
      {rows.map((row, i) => (
        <Change
          key={row.row}
          row={row}
          nth={i + 1}
          capabilities={capabilities}
          onChange={put}
          onRemove={() => setRows(rows.filter((each) => each.row !== row.row))}
        />
      ))}
      <div>
        <Button size="compact-sm" variant="default" onClick={add} disabled={capabilities.length === 0}>
          Add a change
        </Button>
      </div>
      <Textarea
        label="Reason"
        description="Shown to the requestor."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        rows={3}
        maxLength={REASON_LENGTH_MAX}
      />
    </ActionDialog>
  );
}

function Change({
  row,
  nth,
  capabilities,
  onChange,
  onRemove,
}: {
  readonly row: Row;
  readonly nth: number;
  readonly capabilities: readonly Capability[];
  readonly onChange: (row: Row) => void;
  readonly onRemove: () => void;
}) {
  const capability = capabilities.find((each) => each.name === row.capability);
  return (
    <fieldset className={styles.change}>
      <legend className="hidden-to-eyes">Change {nth}</legend>
      <div className={styles.changeHead}>
        <div className={styles.pair}>
          <NativeSelect
            label="Capability"
            data={capabilities.map((each) => each.name)}
            value={row.capability}
            onChange={(event) => onChange({ ...emptyDraft(event.currentTarget.value), row: row.row })}
          />
          <NativeSelect
            label="What to do"
            data={[
              { value: 'values', label: 'Set values' },
              { value: 'enable', label: 'Enable' },
              { value: 'disable', label: 'Disable' },
            ]}
            value={row.does}
            onChange={(event) => onChange({ ...row, does: event.currentTarget.value as Row['does'] })}
          />
        </div>
        <Button variant="default" onClick={onRemove} aria-label={`Remove change ${nth}`}>
          Remove
        </Button>
      </div>
      {row.does === 'values' ? <Values row={row} capability={capability} onChange={onChange} /> : null}
      {row.does === 'enable' ? (
        <NativeSelect
          label="Lifecycle"
          data={['PREVIEW', 'LAUNCHED', 'DEPRECATED']}
          value={row.lifecycle}
          onChange={(event) => onChange({ ...row, lifecycle: event.currentTarget.value })}
        />
      ) : null}
      {row.does === 'disable' ? (
        <TextInput
          label="Why it is disabled"
          value={row.reason}
          required
          onChange={(event) => onChange({ ...row, reason: event.currentTarget.value })}
        />
      ) : null}
    </fieldset>
  );
}

function Values({
  row,
  capability,
  onChange,
}: {
  readonly row: Row;
  readonly capability: Capability | undefined;
  readonly onChange: (row: Row) => void;
}) {
  const set = (key: string, value: string) => onChange({ ...row, values: { ...row.values, [key]: value } });
  return (
    <div className={styles.pair}>
      {capability?.keys.map(({ key, schema, value }) => {
        const { type, choices, hint } = fieldOf(schema);
        const description = `is ${valueText(value)}${hint ? `; ${hint}` : ''}; empty: unchanged`;
        const given = row.values[key] ?? '';
        if (type === 'choice')
          return (
            <NativeSelect
              key={key}
              label={key}
              description={description}
              data={['', ...choices]}
              value={given}
              onChange={(event) => set(key, event.currentTarget.value)}
            />
          );
        return (
          <TextInput
            key={key}
            label={key}
            description={description}
            inputMode={type === 'number' ? 'numeric' : undefined}
            value={given}
            onChange={(event) => set(key, event.currentTarget.value)}
          />
        );
      })}
    </div>
  );
}
