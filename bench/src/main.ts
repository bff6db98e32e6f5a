import { World } from '@mandate/local';
import type { Mode } from './chain';
import { type Figures, measure, together } from './measure';

const ON: Mode = { name: 'mandate on', mandate: 'on', batchSizeMax: 500 };
const OFF: Mode = { name: 'mandate off', mandate: 'off', batchSizeMax: 500 };
const ONE: Mode = { name: 'batch of one', mandate: 'on', batchSizeMax: 1 };

/** Interleaved and mirrored, so that a machine or a database that slows down meanwhile favours no mode. */
const ROUNDS: readonly { readonly mode: Mode; readonly share: number }[] = [
  { mode: ON, share: 0.25 },
  { mode: OFF, share: 0.5 },
  { mode: ON, share: 0.5 },
  { mode: ONE, share: 1 / 40 },
  { mode: OFF, share: 0.5 },
  { mode: ON, share: 0.25 },
];

/** Runs the modes after each other on one broker and one database and prints figures and ratios. */
async function bench(issues: number, isJson: boolean): Promise<void> {
  const world = await World.open({ partitions: 3, observes: false });
  try {
    await world.seed();
    const rounds: Figures[] = [];
    for (const { mode, share } of ROUNDS) {
      if (!isJson) console.log(`${mode.name} …`);
      rounds.push(await measure(world, mode, Math.max(100, Math.round(issues * share))));
    }
    const figures = [ON, OFF, ONE].map((mode) => together(rounds.filter((r) => r.mode === mode.name)));
    const rate = (name: string): number => figures.find((f) => f.mode === name)?.issues_per_s ?? Number.NaN;
    const ratios = {
      batch_over_one: rate('mandate on') / rate('batch of one'),
      mandate_cost: 1 - rate('mandate on') / rate('mandate off'),
    };
    if (isJson) console.log(JSON.stringify({ rounds, figures, ratios }));
    else print(figures, ratios);
  } finally {
    await world.close();
  }
}

function print(figures: readonly Figures[], ratios: { batch_over_one: number; mandate_cost: number }): void {
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
}

const count = Number(process.argv.find((a) => /^\d+$/.test(a)) ?? 20_000);
bench(count, process.argv.includes('--json')).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`The bench stopped: ${error.message}`);
    process.exit(1);
  },
);
