import { SERVICES } from '@mandate/contracts';
import { durationText } from '../durations';
import { EXIT, type ExitCode } from '../refusal';
import { openStack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

/** How a service is, by its own probes and metrics. Figures are null where it does not answer. */
export interface ServiceStatus {
  readonly service: string;
  readonly isReady: boolean;
  /** Why it is not ready; empty when it is. */
  readonly reason: string;
  readonly paused: readonly string[];
  readonly lag: number | null;
  /** Age of the oldest message that no group has taken yet, in seconds. */
  readonly oldestSeconds: number | null;
  readonly parked: number | null;
  readonly setAside: number | null;
  readonly outbox: number | null;
  readonly timersOverdue: number | null;
}

const ANSWER_LIMIT_MS = 5_000;
const AGAIN_MS = 2_000;

/** Prints how each service is. 1: one is not ready, holds a parked key or is paused. */
export async function status({ terminal, isJson }: Context, { watch }: { readonly watch: boolean }): Promise<ExitCode> {
  const { urls } = openStack(terminal.env);
  const stopped = terminal.interrupted.then(() => 'stop' as const);
  for (;;) {
    const found = await Promise.all(SERVICES.map((service) => statusOf(service, urls[service])));
    if (isJson) for (const one of found) terminal.out(JSON.stringify(one));
    else terminal.out(textOf(found));
    const needsSomebody = found.some((s) => !s.isReady || (s.parked ?? 0) > 0 || s.paused.length > 0);
    if (!watch) return needsSomebody ? EXIT.refused : EXIT.done;
    const again = new Promise<'again'>((resolve) => setTimeout(() => resolve('again'), AGAIN_MS));
    if ((await Promise.race([stopped, again])) === 'stop') return EXIT.done;
    if (!isJson) terminal.out('');
  }
}

/** What a service says of itself. */
export async function statusOf(service: string, url: string | undefined): Promise<ServiceStatus> {
  const nothing = { lag: null, oldestSeconds: null, parked: null, setAside: null, outbox: null, timersOverdue: null };
  if (!url) return { service, isReady: false, reason: 'the stack names no address', paused: [], ...nothing };
  const ask = (path: string) => fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  try {
    const [ready, metrics] = await Promise.all([ask('/health/ready'), ask('/metrics').then((r) => r.text())]);
    const told = (await ready.json()) as { reason?: string; detail?: string; paused?: readonly string[] };
    return {
      service,
      isReady: ready.ok,
      reason: ready.ok ? '' : (told.reason ?? told.detail ?? `it answers ${ready.status}`),
      paused: told.paused ?? [],
      lag: figure(metrics, 'mandate_consumer_lag', sum),
      oldestSeconds: figure(metrics, 'mandate_oldest_unprocessed_age_seconds', max),
      parked: figure(metrics, 'mandate_parked_messages', sum, 'kind="PARKED"'),
      setAside: figure(metrics, 'mandate_parked_messages', sum, 'kind="SET_ASIDE"'),
      outbox: figure(metrics, 'mandate_outbox_depth', sum),
      timersOverdue: figure(metrics, 'mandate_timers_overdue', sum),
    };
  } catch {
    return { service, isReady: false, reason: 'it does not answer', paused: [], ...nothing };
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const max = (values: readonly number[]): number => Math.max(...values);

/** One figure of all series of a metric in Prometheus text that have a label; null if there are none. */
export function figure(
  text: string,
  metric: string,
  of: (values: readonly number[]) => number,
  label = '',
): number | null {
  const lines = text.split('\n').filter((l) => l.startsWith(`${metric}{`) || l.startsWith(`${metric} `));
  const values = lines.filter((l) => l.includes(label)).map((l) => Number(l.slice(l.lastIndexOf(' ') + 1)));
  return values.length === 0 ? null : of(values);
}

function textOf(found: readonly ServiceStatus[]): string {
  const count = (value: number | null): string => (value === null ? '–' : String(value));
  const header = ['', 'behind', 'oldest', 'parked', 'set aside', 'outbox', 'overdue', 'state'];
  const rows = found.map((s) => {
    const state = s.isReady ? 'ready' : shownInLine(s.reason);
    return [
      ...[s.service, count(s.lag), s.oldestSeconds ? durationText(s.oldestSeconds * 1_000) : '–'],
      ...[s.parked, s.setAside, s.outbox, s.timersOverdue].map(count),
      s.paused.length > 0 ? `${state}, paused: ${s.paused.join(', ')}` : state,
    ];
  });
  return table([header, ...rows]);
}
