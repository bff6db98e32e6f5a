import { EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import type { Context } from '../terminal';

interface Progress {
  readonly read: number;
  readonly total: number;
}

/** Fills a service's projections again from their topics, and says how far it is. */
export async function rebuild(
  { terminal, isJson }: Context,
  service: string,
  projection: string,
  options: { readonly reason: string; readonly acceptLoss: boolean },
): Promise<ExitCode> {
  const api = new ServiceApi(openStack(terminal.env), service);
  const order = { reason: options.reason, ...(options.acceptLoss ? { accept_loss: true } : {}) };
  const path = `/projections/${encodeURIComponent(projection)}/rebuild`;
  const answer = await api.lines<Progress, { projection: string; messages: number }>(path, order, (now) =>
    isJson
      ? terminal.out(JSON.stringify({ progress: now }))
      : terminal.err(`${now.read} of ${now.total} messages read`),
  );
  if (isJson) terminal.out(JSON.stringify({ service, ...answer }));
  else terminal.out(`${service}: ${projection} rebuilt from ${answer.messages} messages.`);
  return EXIT.done;
}
