import { World } from '@mandate/local';
import type { Mode } from './chain';
import { type Figures, measure, together } from './measure';
import { SpanDrain } from './span-drain';

const ON: Mode = { name: 'mandate on', mandate: 'on', batchSizeMax: 500 };
const OFF: Mode = { name: 'mandate off', mandate: 'off', batchSizeMax: 500 };
const ONE: Mode = { name: 'batch of one', mandate: 'on', batchSizeMax: 1 };
/** Every issue is traced, and all its spans are exported. */
const TRACED: Mode = { name: 'all traced', mandate: 'on', batchSizeMax: 500, isTraced: true };

/** Interleaved and mirrored, so that a machine or a database that slows down meanwhile favours no mode. */
const ROUNDS: readonly { readonly mode: Mode; readonly share: number }[] = [
  { mode: ON, share: 0.25 },
  { mode: TRACED, share: 0.5 },
  { mode: OFF, share: 0.5 },
  { mode: ON, share: 0.5 },
  { mode: ONE, share: 1 / 40 },
  { mode: OFF, share: 0.5 },
  { mode: TRACED, share: 0.5 },
  { mode: ON, share: 0.25 },
];

interface Ratios {
  readonly batch_over_one: number;
  readonly mandate_cost: number;
  readonly tracing_cost: number;
  readonly tracing_cpu_us_per_issue: number;
  readonly spans_per_issue: number;
}

/** Runs the modes after each other on one broker and one database and prints figures and ratios. */
async function bench(issues: number, isJson: boolean): Promise<void> {
  const world = await World.open({ partitions: 3, observes: false });
  const drain = await SpanDrain.start();
  try {
    await world.seed();
    const rounds: Figures[] = [];
    for (const { mode, share } of ROUNDS) {
      if (!isJson) console.log(`${mode.name} …`);
      rounds.push(await measure(world, mode, drain, Math.max(100, Math.round(issues * share))));
    }
    const figures = [ON, OFF, ONE, TRACED].map((mode) => together(rounds.filter((r) => r.mode === mode.name)));
    const [on, off, one, traced] = figures as [Figures, Figures, Figures, Figures];
    const ratios: Ratios = {
      batch_over_one: on.issues_per_s / one.issues_per_s,
      mandate_cost: 1 - on.issues_per_s / off.issues_per_s,
      tracing_cost: 1 - traced.issues_per_s / on.issues_per_s,
      tracing_cpu_us_per_issue: traced.cpu_us_per_issue - on.cpu_us_per_issue,
      spans_per_issue: traced.spans_per_issue,
    };
    if (isJson) console.log(JSON.stringify({ rounds, figures, ratios }));
    else print(figures, ratios);
  } finally {
    await drain.stop();
    await world.close();
  }
}

function print(figures: readonly Figures[], ratios: Ratios): void {
  console.table(
    Object.fromEntries(
      figures.map((f) => [
        f.mode,
        {
          issues: f.issues,
          'issues/s': Math.round(f.issues_per_s),
          'CPU µs/issue': Math.round(f.cpu_us_per_issue),
          'commits/issue/hop': Number(f.commits_per_issue_and_hop.toFixed(4)),
          'WAL bytes/issue': Math.round(f.wal_bytes_per_issue),
        },
      ]),
    ),
  );
  console.log(`Batches over batch of one: ${ratios.batch_over_one.toFixed(1)} times (aim: at least 15)`);
  console.log(`The mandate costs ${(ratios.mandate_cost * 100).toFixed(1)} % of the rate (aim: at most 20)`);
  const { tracing_cost: rate, tracing_cpu_us_per_issue: cpu, spans_per_issue: spans } = ratios;
  console.log(
    `Tracing every issue costs ${(rate * 100).toFixed(1)} % of the rate: ${Math.round(cpu)} µs of CPU an issue, for ${spans.toFixed(1)} spans`,
  );
}

const count = Number(process.argv.find((a) => /^\d+$/.test(a)) ?? 20_000);
bench(count, process.argv.includes('--json')).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`The bench stopped: ${error.message}`);
    process.exit(1);
  },
);
