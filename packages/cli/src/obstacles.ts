import { SERVICES, type Service } from '@mandate/contracts';
import { parkedAt } from './commands/parked';
import { statusOf } from './commands/status';
import { CliRefusal } from './refusal';
import type { Stack } from './stack';
import type { Standing } from './standing';
import { shownInLine } from './terminal';

/** What keeps an issue where it stands. Each a sentence, with what can be done. */
export async function obstaclesOf(
  stack: Stack,
  { turn, since, patienceMs }: Standing,
  keys: readonly string[],
  now: number,
): Promise<string[]> {
  const service = SERVICES.find((s) => s === turn);
  const found = service ? await atService(stack, service, keys) : [];
  const isLate = patienceMs !== null && now - since > patienceMs;
  if (isLate && found.length === 0)
    found.push(
      service
        ? `${service} has not said anything yet, and nothing of it is parked: see its log`
        : 'somebody has to do it',
    );
  return found;
}

async function atService(stack: Stack, service: Service, keys: readonly string[]): Promise<string[]> {
  const status = await statusOf(service, stack.urls[service]);
  const found: string[] = [];
  if (!status.isReady) found.push(`${service} is not ready: ${status.reason}`);
  if (status.paused.length > 0)
    found.push(`${service} is paused on ${status.paused.join(', ')}: mandate resume ${service} --reason …`);
  try {
    for (const key of keys) found.push(...(await parkedOf(stack, service, key)));
  } catch (error) {
    if (!(error instanceof CliRefusal)) throw error;
    if (status.isReady) found.push(`what ${service} parked cannot be asked: ${error.message}`);
  }
  return found;
}

async function parkedOf(stack: Stack, service: Service, key: string): Promise<string[]> {
  const rows = await parkedAt(stack, service, { key });
  const first = rows.filter((r) => r.kind === 'PARKED').at(-1); // newest first: the one that holds the others
  const held = first
    ? [
        `${service} parked ${first.topic}/${first.partition}/${first.offset}, ${first.code}: ${shownInLine(first.reason)}. ` +
          `Look: mandate parked show ${service} --topic ${first.topic} --key ${key}; mended: mandate parked redrive with the same`,
      ]
    : [];
  const aside = rows.filter((r) => r.kind === 'SET_ASIDE');
  return [
    ...held,
    ...aside.map(
      (r) => `${service} set ${r.topic}/${r.partition}/${r.offset} aside, ${r.code}: ${shownInLine(r.reason)}`,
    ),
  ];
}
