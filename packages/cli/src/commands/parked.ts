import { SERVICES } from '@mandate/contracts';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack, type Stack } from '../stack';
import { type Context, shown, shownInLine, table } from '../terminal';

/** A stopped message as its service lists it. */
export interface Parked {
  readonly kind: string;
  readonly reader: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly parked_at: string;
}
interface Shown extends Parked {
  readonly said: {
    readonly writer: string;
    readonly message: string;
    readonly says: string;
    readonly at: string;
  } | null;
  readonly message: string | null;
  readonly value: unknown;
}
export interface ParkedFilter {
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly kind?: string | undefined;
}

/** What a service stopped, newest first. */
export async function parkedAt(stack: Stack, service: string, filter: ParkedFilter = {}): Promise<readonly Parked[]> {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  const { parked: rows } = await new ServiceApi(stack, service).get<{ parked: readonly Parked[] }>(
    `/parked${query ? `?${query}` : ''}`,
  );
  return rows;
}

/** Lists what a service, or each of them, parked (its key is held) or set aside. */
export async function parked(
  { terminal, isJson }: Context,
  service: string | undefined,
  filter: ParkedFilter,
): Promise<ExitCode> {
  const stack = openStack(terminal.env);
  const found: (Parked & { readonly service: string })[] = [];
  for (const name of service ? [service] : SERVICES)
    for (const row of await parkedAt(stack, name, filter)) found.push({ service: name, ...row });
  if (isJson) for (const row of found) terminal.out(JSON.stringify(row));
  else if (found.length === 0)
    terminal.out(`${service ?? 'No service'} has parked ${service ? 'nothing' : 'anything'}.`);
  else
    terminal.out(
      table([['service', '', 'code', 'topic/partition/offset', 'key', 'since', 'reason'], ...found.map(line)]),
    );
  return EXIT.done;
}

function line(p: Parked & { readonly service: string }): string[] {
  const since = new Date(Number(p.parked_at)).toISOString();
  const place = `${p.topic}/${p.partition}/${p.offset}`;
  return [p.service, p.kind, p.code, place, shownInLine(p.key), since, shownInLine(p.reason)];
}

/** Shows a stopped message, or those of a key in their order: why, who said it, and its value. */
export async function showParked(
  { terminal, isJson }: Context,
  service: string,
  what: { readonly place: string | undefined; readonly topic: string | undefined; readonly key: string | undefined },
): Promise<ExitCode> {
  const query = what.place === undefined ? keyQuery(what) : { ...placeOf(what.place, service) };
  const api = new ServiceApi(openStack(terminal.env), service);
  const { parked: rows } = await api.get<{ parked: readonly Shown[] }>(`/parked/show?${new URLSearchParams(query)}`);
  for (const row of rows) terminal.out(isJson ? JSON.stringify(row) : text(row));
  return EXIT.done;
}

function keyQuery({ topic, key }: { readonly topic: string | undefined; readonly key: string | undefined }) {
  if (topic && key) return { topic, key };
  throw new CliRefusal(EXIT.usage, 'NO_PLACE', 'Name a place (topic/partition/offset), or --topic and --key.');
}

function text(row: Shown): string {
  const { said } = row;
  const rows = [
    ['Place', `${row.topic}/${row.partition}/${row.offset}`],
    ['Key', row.key],
    [row.kind === 'PARKED' ? 'Parked' : 'Set aside', `${row.parked_at}, ${row.code}: ${row.reason}`],
    ['Said', said ? `${said.message} ${said.says} by ${said.writer} at ${said.at}` : 'its link cannot be read'],
  ];
  const value = row.value === null ? 'Its value cannot be read.' : JSON.stringify(row.value, null, 2);
  return `${table(rows.map(([name, cell]) => [name ?? '', shownInLine(cell ?? '')]))}\n${shown(value)}\n`;
}

/** Takes a parked key through the same check and handler again, in order; recorded with who and why. */
export async function redrive(
  { terminal, isJson }: Context,
  service: string,
  order: { readonly topic: string; readonly key: string; readonly reason: string },
): Promise<ExitCode> {
  const api = new ServiceApi(openStack(terminal.env), service);
  interface Redriven {
    readonly redriven: number;
    readonly left: number;
    readonly why?: string;
  }
  const answer = await api.lines<Redriven, Redriven>('/parked/redrive', order, (now) =>
    isJson
      ? terminal.out(JSON.stringify({ progress: now }))
      : terminal.err(`${now.redriven} handled, ${now.left} to go`),
  );
  if (isJson) terminal.out(JSON.stringify(answer));
  else {
    const why = answer.why ? `: ${shownInLine(answer.why)}` : '';
    terminal.out(`${answer.redriven} handled, ${answer.left} still parked${why}.`);
  }
  return answer.left === 0 ? EXIT.done : EXIT.refused;
}

/** Gives one message up, for good; recorded with who and why. What waited behind it can be re-driven then. */
export async function discard(
  { terminal, isJson }: Context,
  service: string,
  place: string,
  reason: string,
): Promise<ExitCode> {
  const { topic, partition, offset } = placeOf(place, service);
  const api = new ServiceApi(openStack(terminal.env), service);
  const order = { topic, partition: Number(partition), offset, reason };
  const answer = await api.post<{ discarded: number; left: number }>('/parked/discard', order);
  if (isJson) terminal.out(JSON.stringify(answer));
  else terminal.out(`Discarded. ${answer.left} of its key still parked${answer.left > 0 ? ': re-drive them' : ''}.`);
  return EXIT.done;
}

function placeOf(place: string, service: string): { topic: string; partition: string; offset: string } {
  const [, topic, partition, offset] = /^(.+)\/(\d+)\/(\d+)$/.exec(place) ?? [];
  if (topic && partition && offset) return { topic, partition, offset };
  const sentence = `"${place}" is no place: say topic/partition/offset, as \`parked list ${service}\` prints it.`;
  throw new CliRefusal(EXIT.usage, 'NO_PLACE', sentence);
}
