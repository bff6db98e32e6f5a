import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { askReport, readAddress } from './control';
import { probePart } from './part-process';
import type { PartStatus } from './stack';
import type { StackFiles } from './stack-files';
import { serviceNames } from './users';

/** One line of the status table. Counts are null where the part has no such thing or does not answer. */
export interface StatusLine extends PartStatus {
  readonly isReady: boolean;
  /** Why it is not ready; of a ready one what is paused, empty if nothing. */
  readonly reason: string;
  /** Messages not yet handled, all topics. */
  readonly lag: number | null;
  readonly parked: number | null;
  readonly outbox: number | null;
  readonly memoryMb: number | null;
}

/** A stack's status; undefined when it does not run. */
export async function readStatus(
  files: StackFiles,
): Promise<{ phase: string; supervisorPid: number; parts: StatusLine[] } | undefined> {
  const address = readAddress(files);
  if (address === undefined) return undefined;
  const { phase, parts } = await askReport(address);
  return { phase, supervisorPid: address.pid, parts: await Promise.all(parts.map(statusOf)) };
}

/** Adds what the part itself says to what the supervisor knows. */
export async function statusOf(part: PartStatus): Promise<StatusLine> {
  const isService = (serviceNames as readonly string[]).includes(part.name);
  const [{ isReady, reason }, metrics] = await Promise.all([
    probePart(isService ? 'http' : 'tcp', part.port),
    isService ? readMetrics(part.port) : undefined,
  ]);
  const why = part.state === 'waiting' ? `${part.lastEnd}; is started again` : reason;
  return {
    ...part,
    isReady: isReady && part.state === 'running',
    reason: why,
    lag: metrics === undefined ? null : sumOf(metrics, 'mandate_consumer_lag'),
    parked: metrics === undefined ? null : sumOf(metrics, 'mandate_parked_messages'),
    outbox: metrics === undefined ? null : sumOf(metrics, 'mandate_outbox_depth'),
    memoryMb: part.pid === null ? null : memoryMbOf(part.pid),
  };
}

/** The sum of all series of a metric in Prometheus text; null when it has none. */
export function sumOf(text: string, metric: string): number | null {
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
  if (lines.length === 0) return null;
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function readMetrics(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

function memoryMbOf(pid: number): number | null {
  if (process.platform === 'linux') {
    try {
      const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1_024);
    } catch {
      return null;
    }
  }
  const kilobytes = Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
  return kilobytes > 0 ? Math.round(kilobytes / 1_024) : null;
}

/** Columns as wide as their widest cell; numbers to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const isNumeric = (cell: string) => /^[\d.]+$|^–$/.test(cell);
  const pad = (cell: string, width: number) => (isNumeric(cell) ? cell.padStart(width) : cell.padEnd(width));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The status table as `npm run status` prints it. */
export function formatStatus(parts: readonly StatusLine[]): string {
  const count = (value: number | null) => (value === null ? '–' : String(value));
  const header = ['', 'state', 'pid', 'port', 'MB', 'lag', 'parked', 'outbox', 'ready'];
  const rows = parts.map((part) => [
    part.name,
    part.state,
    count(part.pid),
    String(part.port),
    count(part.memoryMb),
    count(part.lag),
    count(part.parked),
    count(part.outbox),
    part.isReady ? ['ready', part.reason].filter(Boolean).join(', ') : part.reason,
  ]);
  return formatTable([header, ...rows]);
}
