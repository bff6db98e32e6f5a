import { openStack } from './connection';
import { openControl, type SupervisorReport } from './control';
import { StackRefusal } from './refusal';
import { publishSamples, sampleIssues } from './samples';
import { Stack } from './stack';
import { stackFiles } from './stack-files';

/** How the command tells the supervisor what to start: the second argument of this program, as JSON. */
export interface SuperviseRequest {
  readonly portBase?: number | undefined;
  readonly partitions?: number | undefined;
  readonly isEmpty: boolean;
  readonly isDetached: boolean;
}

/** What the supervisor tells the command that started it. */
export type SuperviseMessage =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'ready'; readonly report: SupervisorReport }
  | { readonly kind: 'failed'; readonly text: string };

/** The mark of a supervisor's command line: `supervise.js --data DIR`. */
export function supervisorMark(dataDir: string): string {
  return `supervise.js --data ${dataDir}`;
}

/** The supervisor process: starts the stack, keeps it, stops it when told, and ends. */
async function supervise(dataDir: string, request: SuperviseRequest): Promise<number> {
  let phase: SupervisorReport['phase'] = 'starting';
  const report = (text: string) => {
    console.log(`${new Date().toISOString()} ${text}`);
    tell({ kind: 'line', text });
  };
  const stack = new Stack({ dataDir, portBase: request.portBase, partitions: request.partitions, report });
  let stop: () => void = () => undefined;
  const stopAsked = new Promise<void>((done) => {
    stop = done;
  });
  const reportNow = (): SupervisorReport => ({ phase, parts: stack.status() });
  const control = await openControl(stackFiles(dataDir), supervisorMark(dataDir), { report: reportNow, stop });
  try {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    // In the foreground the command that started us is the stack's life: if it is killed, we stop in order.
    if (!request.isDetached) process.once('disconnect', stop);
    const started = stack.start().then(() => 'started' as const);
    if ((await Promise.race([started, stopAsked])) === 'started') {
      await seed(stack, request, report);
      phase = 'ready';
      tell({ kind: 'ready', report: reportNow() });
      await stopAsked;
    }
    phase = 'stopping';
    // A start that was interrupted stops itself; its refusal is not news.
    await Promise.all([stack.stop(), started.catch(() => undefined)]);
    return 0;
  } finally {
    control.close();
  }
}

async function seed(stack: Stack, request: SuperviseRequest, report: (text: string) => void): Promise<void> {
  if (!stack.needsSamples) return;
  if (!request.isEmpty && sampleIssues.length > 0) {
    report('Publishing the sample issues …');
    await publishSamples(openStack(stack.files.dataDir));
  }
  stack.markSeeded();
}

function tell(message: SuperviseMessage): void {
  // The command may be gone: then nobody listens, which is fine.
  if (process.connected) process.send?.(message, () => undefined);
}

async function main(): Promise<void> {
  const [, dataDir, request] = process.argv.slice(2) as [string, string, string];
  try {
    process.exitCode = await supervise(dataDir, JSON.parse(request) as SuperviseRequest);
  } catch (error) {
    const text = error instanceof StackRefusal ? error.message : ((error as Error).message ?? String(error));
    console.error(error);
    tell({ kind: 'failed', text });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

if (require.main === module) void main();
