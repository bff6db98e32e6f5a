import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { QueueFilter } from '../api/queries';
import { useKeys } from '../shell/keyboard';
import styles from './queue.module.css';

const STATUSES = [
  { value: '', label: 'Not ended' },
  { value: 'ELIGIBLE', label: 'To be decided' },
  { value: 'DRAFT,VALIDATED', label: 'Revisions being judged' },
  { value: 'APPROVED', label: 'Approved' },
  { value: 'ACTIVE', label: 'Active' },
  { value: 'COMPLETED', label: 'Completed' },
  { value: 'FAILED', label: 'Failed' },
  { value: 'REJECTED', label: 'Rejected' },
  { value: 'EXPIRED', label: 'Expired' },
  { value: 'SUPERSEDED', label: 'Superseded' },
  { value: 'COMPLETED,FAILED,REJECTED,EXPIRED,SUPERSEDED', label: 'All that ended' },
];
const RISKS = [
  { value: '', label: 'Any risk' },
  ...['low', 'medium', 'high', 'critical'].map((value) => ({ value, label: value })),
];
const SOURCES = [
  { value: '', label: 'Any source' },
  { value: 'crm_feedback', label: 'CRM feedback' },
  { value: 'support_ticket', label: 'Support ticket' },
  { value: 'ops_alert', label: 'Ops alert' },
];
const SORTS = [
  { value: '', label: 'Expires first' },
  { value: '-expires_at', label: 'Expires last' },
  { value: '-created_at', label: 'Newest' },
  { value: 'created_at', label: 'Oldest' },
  { value: '-changed_at', label: 'Changed last' },
];
const TYPING_MS = 250;

/** What the queue is narrowed to; every choice is in the address, so that it can be kept and sent on. */
export function Filters({
  filter,
  capabilities,
  onChange,
}: {
  readonly filter: QueueFilter;
  readonly capabilities: readonly string[];
  readonly onChange: (filter: QueueFilter) => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => search.current?.focus() });
  const set = (name: keyof QueueFilter) => (value: string) => onChange({ ...filter, [name]: value });
  const select = (name: keyof QueueFilter, label: string, options: { value: string; label: string }[]) => (
    <NativeSelect
      size="xs"
      aria-label={label}
      data={options}
      value={filter[name] ?? ''}
      onChange={(event) => set(name)(event.currentTarget.value)}
    />
  );
  const known = [...new Set([...capabilities, ...(filter.capability ? [filter.capability] : [])])].sort();
  return (
    <search className={styles.filters}>
      <Typed field={search} label="Search title, reference or id" value={filter.q ?? ''} onSettled={set('q')} />
      {select('status', 'Status', STATUSES)}
      {select('risk', 'Risk', RISKS)}
      {select('source', 'Source', SOURCES)}
      {select('capability', 'Capability', [
        { value: '', label: 'Any capability' },
        ...known.map((value) => ({ value, label: value })),
      ])}
      {select('sort', 'Order', SORTS)}
      {Object.values(filter).some(Boolean) ? (
        <Button size="xs" variant="default" onClick={() => onChange({})}>
          Clear
        </Button>
      ) : null}
    </search>
  );
}

/** A field that tells what was typed once the typing pauses. */
function Typed({
  field,
  label,
  value,
  onSettled,
}: {
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly value: string;
  readonly onSettled: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const settled = useRef(onSettled);
  settled.current = onSettled;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => settled.current(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <TextInput
      className={styles.search}
      ref={field}
      size="xs"
      type="search"
      aria-label={label}
      placeholder="Search  ( / )"
      maxLength={200}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
