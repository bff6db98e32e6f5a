import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { type QueueFilter, useQueue } from '../api/queries';
import type { QueueItem } from '../api/shapes';
import { Empty, Failed, Loading } from '../parts/states';
import { go, useSearch } from '../route';
import { useKeys } from '../shell/keyboard';
import { Filters } from './filters';
import styles from './queue.module.css';
import { QueueRow } from './queue-row';

const NAMES = ['status', 'capability', 'risk', 'source', 'q', 'sort'] as const;

function filterOf(search: string): QueueFilter {
  const query = new URLSearchParams(search);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name)]).filter(([, value]) => value));
}

function show(filter: QueueFilter): void {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  go(`/${query.size > 0 ? `?${query}` : ''}`, { replace: true });
}

/** What waits for a decision, what expires first on top. */
export function QueuePage() {
  const search = useSearch();
  const filter = filterOf(search);
  const queue = useQueue(filter);
  const rows = queue.data?.pages.flatMap((page) => page.contracts) ?? [];
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    document.title = 'Queue · Mandate';
  }, []);
  useKeys({
    j: () => move(table.current, 1),
    k: () => move(table.current, -1),
    ArrowDown: () => move(table.current, 1),
    ArrowUp: () => move(table.current, -1),
  });
  return (
    <>
      <div className={styles.head}>
        <h1>Queue</h1>
        <Filters filter={filter} capabilities={rows.flatMap((row) => row.affected_capabilities)} onChange={show} />
      </div>
      {queue.error && !queue.data ? (
        <Failed error={queue.error} what="The queue" again={() => void queue.refetch()} />
      ) : null}
      {queue.isPending ? <Loading what="the queue" lines={8} /> : null}
      {queue.data && rows.length === 0 ? <Nothing isNarrowed={Object.keys(filter).length > 0} /> : null}
      {rows.length > 0 ? <Rows rows={rows} table={table} /> : null}
      {queue.hasNextPage ? (
        <Button
          className={styles.more}
          variant="default"
          loading={queue.isFetchingNextPage}
          onClick={() => void queue.fetchNextPage()}
        >
          Show more
        </Button>
      ) : null}
    </>
  );
}

function Nothing({ isNarrowed }: { readonly isNarrowed: boolean }) {
  if (!isNarrowed)
    return <Empty title="Nothing waits for you.">A contract appears here as soon as an issue is found eligible.</Empty>;
  return (
    <Empty title="Nothing matches.">
      <Button size="compact-xs" variant="default" onClick={() => show({})}>
        Clear the filters
      </Button>
    </Empty>
  );
}

function Rows({
  rows,
  table,
}: {
  readonly rows: readonly QueueItem[];
  readonly table: React.RefObject<HTMLTableElement | null>;
}) {
  return (
    <table className={styles.table} ref={table}>
      <thead>
        <tr>
          <th scope="col">Expires</th>
          <th scope="col">Status</th>
          <th scope="col">Contract</th>
          <th scope="col">Risk</th>
          <th scope="col">Capabilities</th>
          <th scope="col">Received</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <QueueRow key={row.contract_id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

/** Moves the focus to the next or previous row. */
function move(table: HTMLTableElement | null, by: number): void {
  const links = [...(table?.querySelectorAll<HTMLAnchorElement>('tbody a') ?? [])];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next]?.focus();
}
