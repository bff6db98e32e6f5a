import { EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

interface Consumers {
  readonly group: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly paused: { readonly operator: string; readonly reason: string; readonly until: string | null } | null;
  }[];
}
interface Order {
  readonly topics: readonly string[] | undefined;
  readonly reason: string;
}

/** Has a service decide on nothing more, or on some topics; it stays so over a restart. */
export async function pause(
  context: Context,
  service: string,
  { topics, reason, forMs }: Order & { readonly forMs: number | undefined },
): Promise<ExitCode> {
  const api = new ServiceApi(openStack(context.terminal.env), service);
  const order = { reason, ...(topics ? { topics } : {}), ...(forMs === undefined ? {} : { for_ms: forMs }) };
  return told(context, service, await api.post<Consumers>('/consumers/pause', order));
}

/** Has it go on where it stopped. */
export async function resume(context: Context, service: string, { topics, reason }: Order): Promise<ExitCode> {
  const api = new ServiceApi(openStack(context.terminal.env), service);
  const order = { reason, ...(topics ? { topics } : {}) };
  return told(context, service, await api.post<Consumers>('/consumers/resume', order));
}

function told({ terminal, isJson }: Context, service: string, { group, topics }: Consumers): ExitCode {
  if (isJson) for (const t of topics) terminal.out(JSON.stringify({ service, group, ...t }));
  else
    terminal.out(
      table(
        topics.map(({ topic, paused }) => {
          const until = paused?.until ?? 'it is resumed';
          const state = paused
            ? `paused until ${until}, by ${shownInLine(paused.operator)}: ${shownInLine(paused.reason)}`
            : 'goes on';
          return [service, topic, state];
        }),
      ),
    );
  return EXIT.done;
}
