import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from './dialog';
import { useAction } from './use-action';

interface Words {
  readonly title: string;
  readonly means: string;
  readonly label: string;
  readonly field: 'reason' | 'question' | 'answer' | 'note';
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** Characters that the text must exceed, after trimming. */
  readonly moreThan: number;
  readonly hint?: string;
}

const KINDS = {
  reject: {
    title: 'Reject the contract',
    means:
      'This contract should not proceed. The reason is recorded for good and shown to the requestor. Rejection is final for this contract; a new proposal with another scope may be submitted.',
    label: 'Reason',
    field: 'reason',
    confirm: 'Reject for good',
    isDangerous: true,
    moreThan: 10,
    hint: 'More than 10 characters; the requestor reads it.',
  },
  'request-clarification': {
    title: 'Ask for clarification',
    means:
      'The contract stays as it is and its time to live stands still until the answer comes. Nothing is validated or judged again. The requestor is told the question.',
    label: 'Question',
    field: 'question',
    confirm: 'Ask the requestor',
    moreThan: 0,
  },
  'provide-clarification': {
    title: 'Record the answer',
    means: 'You answer for the requestor, who told you by another way. The time to live goes on where it stood.',
    label: 'Answer',
    field: 'answer',
    confirm: 'Record the answer',
    moreThan: 0,
  },
  notes: {
    title: 'Add a note',
    means: 'A note is kept with the contract for good. It decides nothing.',
    label: 'Note',
    field: 'note',
    confirm: 'Add the note',
    moreThan: 0,
  },
  'acknowledge-incident': {
    title: 'Acknowledge the incident',
    means: 'You say that you look into it. The incident stays open and the capabilities stay held.',
    label: 'Note',
    field: 'note',
    confirm: 'Acknowledge',
    moreThan: -1,
    hint: 'May be left empty.',
  },
  'acknowledge-issue': {
    title: 'Acknowledge the issue',
    means:
      'You say that you deal with this issue outside of a contract. It leaves the attention list; the note is kept.',
    label: 'Note',
    field: 'note',
    confirm: 'Acknowledge',
    moreThan: 0,
  },
} as const satisfies Readonly<Record<string, Words>>;

export type TextActionKind = keyof typeof KINDS;
const LENGTH_MAX = 2_000;

/** An action that needs one text and nothing signed. */
export function TextAction({
  kind,
  path,
  ifMatch,
  onDone,
  onClose,
}: {
  readonly kind: TextActionKind;
  readonly path: string;
  readonly ifMatch?: string;
  readonly onDone?: (sentence: string) => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  const { title, means, label, field, confirm, moreThan, isDangerous, hint }: Words = KINDS[kind];
  const { phase, submit } = useAction(path, { onDone, onClose }, ifMatch);
  return (
    <ActionDialog
      title={title}
      means={means}
      confirm={confirm}
      isDangerous={isDangerous ?? false}
      isReady={text.trim().length > moreThan}
      phase={phase}
      onSubmit={() => void submit(() => ({ [field]: text.trim() }))}
      onClose={onClose}
    >
      <Textarea
        label={label}
        description={hint}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={LENGTH_MAX}
        minRows={3}
        rows={4}
        required={moreThan >= 0}
        data-autofocus
      />
    </ActionDialog>
  );
}
