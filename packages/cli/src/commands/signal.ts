import { EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

interface Signal {
  readonly signal_id: string;
  readonly scope: string;
  readonly kind: string;
  readonly reason: string;
  readonly author: string;
  readonly expires_at: string;
  readonly is_active: boolean;
}

const healthOf = ({ terminal }: Context) => new ServiceApi(openStack(terminal.env), 'health');

/** Lists what blocks changes now; with `all`, what has ended or been lifted too. */
export async function listSignals(context: Context, { all }: { readonly all: boolean }): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const { signals } = await healthOf(context).get<{ signals: readonly Signal[] }>('/signals');
  const shown = signals.filter((signal) => all || signal.is_active);
  if (isJson) for (const signal of shown) terminal.out(JSON.stringify(signal));
  else if (shown.length === 0) terminal.out('Nothing is frozen or under maintenance.');
  else terminal.out(table([['signal', 'scope', 'kind', 'until', 'by', 'reason'], ...shown.map(line)]));
  return EXIT.done;
}

function line(s: Signal): string[] {
  const until = s.is_active ? s.expires_at : 'over';
  return [s.signal_id, s.scope, s.kind, until, shownInLine(s.author), shownInLine(s.reason)];
}

/** Raises a freeze or a maintenance: approvals and activations wait until it ends. It is recorded with the operator's name. */
export async function raiseSignal(
  context: Context,
  scope: string,
  options: { readonly kind: string; readonly reason: string; readonly forMs: number; readonly nowMs: number },
): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const { kind, reason, forMs, nowMs } = options;
  const raised = await healthOf(context).post<Signal>('/signals', { scope, kind, reason, expires_at: nowMs + forMs });
  if (isJson) terminal.out(JSON.stringify(raised));
  else
    terminal.out(
      `${scope} is blocked (${kind}) until ${raised.expires_at}. Lift it: mandate signal lift ${raised.signal_id} --reason …`,
    );
  return EXIT.done;
}

/** Lifts a signal before its end; what it held goes on by itself. */
export async function liftSignal(
  context: Context,
  id: string,
  { reason }: { readonly reason: string },
): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const lifted = await healthOf(context).delete<Signal>(`/signals/${encodeURIComponent(id)}`, { reason });
  if (isJson) terminal.out(JSON.stringify(lifted));
  else terminal.out(`${lifted.scope} is no longer blocked by this signal.`);
  return EXIT.done;
}
