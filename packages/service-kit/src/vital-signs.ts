import type { Clock } from './clock';
import type { Database } from './database';
import type { HopServer } from './hop-server';
import { ageSeconds, type Metrics } from './metrics';

interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}
interface Row {
  readonly outbox: string;
  readonly queued_at: string | null;
  readonly timers: string;
  readonly due_at: string | null;
  readonly parked: string;
  readonly aside: string;
  readonly keys: string;
  readonly parked_at: string | null;
  readonly db_now: string;
}

const VITAL = `
  SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT min(queued_at) FROM outbox) AS queued_at,
    (SELECT count(*) FROM timers WHERE due_at <= $1) AS timers, (SELECT min(due_at) FROM timers WHERE due_at <= $1) AS due_at,
    count(*) FILTER (WHERE kind = 'PARKED') AS parked, count(*) FILTER (WHERE kind = 'SET_ASIDE') AS aside,
    count(DISTINCT (topic, key)) FILTER (WHERE kind = 'PARKED') AS keys,
    min(parked_at) FILTER (WHERE kind = 'PARKED') AS parked_at,
    extract(epoch FROM clock_timestamp()) * 1000 AS db_now
  FROM parked`;

/** What every service tells of itself whenever its metrics are read: tables of the hop, pool, clock, readiness. */
export function measureVitalSigns(
  metrics: Metrics,
  { database, server, clock }: { database: Database; server: HopServer; clock: Clock },
): void {
  const ready = metrics.gauge('mandate_ready', '1 while the service has joined its groups and decides');
  const answers = metrics.gauge('mandate_database_answers', '1 if the database answered');
  const answerSeconds = metrics.gauge('mandate_database_answer_seconds', 'How long the last look took');
  const skew = metrics.gauge('mandate_clock_skew_seconds', "This machine's clock minus the database's");
  const outbox = metrics.gauge('mandate_outbox_depth', 'Messages waiting to be published');
  const outboxAge = metrics.gauge('mandate_outbox_oldest_age_seconds', 'Age of the oldest of them');
  const timers = metrics.gauge('mandate_timers_overdue', 'Timers that are due');
  const timersAge = metrics.gauge('mandate_timers_oldest_overdue_seconds', 'How long the oldest of them has been due');
  const parked = metrics.gauge('mandate_parked_messages', 'Messages parked or set aside', ['kind']);
  const keys = metrics.gauge('mandate_parked_keys', 'Keys held by parked messages');
  const parkedAge = metrics.gauge('mandate_parked_oldest_age_seconds', 'Age of the oldest parked message');
  const connections = metrics.gauge('db_client_connection_count', 'Connections to the database', ['state']);
  const pending = metrics.gauge('db_client_connection_pending_requests', 'Work that waits for a connection');
  const max = metrics.gauge('db_client_connection_max', 'Most connections that the pool opens');

  metrics.onRead(async () => {
    ready.set(server.readiness().isReady ? 1 : 0);
    const pool = (database.dataSource.driver as unknown as { master: Pool }).master;
    connections.set({ state: 'idle' }, pool.idleCount);
    connections.set({ state: 'used' }, pool.totalCount - pool.idleCount);
    pending.set(pool.waitingCount);
    max.set(pool.options.max);

    answers.set(0); // until it has
    const [now, startedAt] = [clock.now(), performance.now()];
    const [row] = await database.rows<Row>(VITAL, [now]);
    const tookMs = performance.now() - startedAt;
    if (!row) return;
    answers.set(1);
    answerSeconds.set(tookMs / 1_000);
    skew.set((now + tookMs / 2 - Number(row.db_now)) / 1_000);
    outbox.set(Number(row.outbox));
    outboxAge.set(ageSeconds(row.queued_at, now));
    timers.set(Number(row.timers));
    timersAge.set(ageSeconds(row.due_at, now));
    parked.set({ kind: 'PARKED' }, Number(row.parked));
    parked.set({ kind: 'SET_ASIDE' }, Number(row.aside));
    keys.set(Number(row.keys));
    parkedAge.set(ageSeconds(row.parked_at, now));
  });
}
