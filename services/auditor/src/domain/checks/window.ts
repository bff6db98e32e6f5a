import type { CaseFile } from '../case-file';
import { type Check, Findings } from '../check';

/** did the job start and finish inside the activation window that the founder signed? */
export function checkWindow(file: CaseFile): Check {
  const found = new Findings();
  const { contract, job } = file;
  const approval = contract?.approval;
  if (!approval) found.unknown('the approval is not in the evidence');
  if (!job) found.unknown("the job's end is not in the evidence");
  if (!approval || !job) return found.conclude('A-004');
  const { windowStart, windowEnd } = approval;
  found.show('window', [windowStart, windowEnd]);
  found.show('job', job.ref);
  const times = [
    ['the job started', job.startedAt],
    ['the job ended', job.endedAt],
    ...job.steps
      .filter((s) => s.state !== 'SKIPPED')
      .flatMap((s) => [
        [`step ${s.index} started`, s.startedAt] as const,
        [`step ${s.index} ended`, s.endedAt] as const,
      ]),
  ] as const;
  found.show(
    'times',
    times.map(([what, at]) => ({ what, at })),
  );
  for (const [what, at] of times) {
    if (at === null) found.unknown(`when ${what} is not recorded`);
    else if (at < windowStart) found.fail(`${what} before the window`);
    else if (at > windowEnd) found.fail(`${what} after the window`);
  }
  return found.conclude('A-004');
}
