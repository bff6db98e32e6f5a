import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

interface Parked {
  readonly kind: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly parked_at: string;
}

/** Lists what a service parked (its key is held) or set aside, newest first. */
export async function parked({ terminal, isJson }: Context, service: string): Promise<ExitCode> {
  const api = new ServiceApi(openStack(terminal.env), service);
  const { parked: rows } = await api.get<{ parked: readonly Parked[] }>('/parked');
  if (isJson) for (const row of rows) terminal.out(JSON.stringify(row));
  else if (rows.length === 0) terminal.out(`${service} has parked nothing.`);
  else terminal.out(table([['', 'code', 'topic/partition/offset', 'key', 'since', 'reason'], ...rows.map(line)]));
  return EXIT.done;
}

function line(p: Parked): string[] {
  const since = new Date(Number(p.parked_at)).toISOString();
  return [p.kind, p.code, `${p.topic}/${p.partition}/${p.offset}`, shownInLine(p.key), since, shownInLine(p.reason)];
}

/** Takes a parked key through the same check and handler again, in order; recorded with who and why. */
export async function redrive(
  { terminal, isJson }: Context,
  service: string,
  order: { readonly topic: string; readonly key: string; readonly reason: string },
): Promise<ExitCode> {
  const api = new ServiceApi(openStack(terminal.env), service);
  const answer = await api.post<{ redriven: number; left: number }>('/parked/redrive', order);
  if (isJson) terminal.out(JSON.stringify(answer));
  else terminal.out(`${answer.redriven} handled, ${answer.left} still parked.`);
  return answer.left === 0 ? EXIT.done : EXIT.refused;
}

/** Gives one message up, for good; recorded with who and why. What waited behind it can be re-driven then. */
export async function discard(
  { terminal, isJson }: Context,
  service: string,
  place: string,
  reason: string,
): Promise<ExitCode> {
  const [, topic, partition, offset] = /^(.+)\/(\d+)\/(\d+)$/.exec(place) ?? [];
  if (!topic || !offset) {
    const sentence = `"${place}" is no place: say topic/partition/offset, as \`parked ${service}\` prints it.`;
    throw new CliRefusal(EXIT.usage, 'NO_PLACE', sentence);
  }
  const api = new ServiceApi(openStack(terminal.env), service);
  const order = { topic, partition: Number(partition), offset, reason };
  const answer = await api.post<{ discarded: number; left: number }>('/parked/discard', order);
  if (isJson) terminal.out(JSON.stringify(answer));
  else terminal.out(`Discarded. ${answer.left} of its key still parked${answer.left > 0 ? ': re-drive them' : ''}.`);
  return EXIT.done;
}
