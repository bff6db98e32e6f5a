import './src/cheating/install';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Arena } from './src/cheating/arena';
import { type Attack, type Deed, PRINCIPALS, ROWS, type Stop } from './src/cheating/attack';
import { CONTRACT_ATTACKS } from './src/cheating/attacks-contract';
import { EVIDENCE_ATTACKS } from './src/cheating/attacks-evidence';
import { EXECUTOR_ATTACKS } from './src/cheating/attacks-execution';
import { BROKER_ATTACKS, CRM_ATTACKS, KEY_ATTACKS } from './src/cheating/attacks-outside';
import { REVIEW_ATTACKS, SESSION_ATTACKS } from './src/cheating/attacks-review';
import { ELIGIBILITY_ATTACKS, INGESTION_ATTACKS, VALIDATOR_ATTACKS } from './src/cheating/attacks-upstream';
import { AUDITOR_ATTACKS, HEALTH_ATTACKS } from './src/cheating/attacks-verdicts';
import { HONEST_OTHERWISE } from './src/cheating/odd-records';
import { RISKS } from './src/cheating/residual-risks';
import { tampering } from './src/cheating/tampering';

jest.setTimeout(300_000);

const ATTACKS: readonly Attack[] = [
  ...[...INGESTION_ATTACKS, ...VALIDATOR_ATTACKS, ...ELIGIBILITY_ATTACKS, ...CONTRACT_ATTACKS, ...REVIEW_ATTACKS],
  ...[...EXECUTOR_ATTACKS, ...HEALTH_ATTACKS, ...AUDITOR_ATTACKS, ...CRM_ATTACKS, ...SESSION_ATTACKS],
  ...[...BROKER_ATTACKS, ...KEY_ATTACKS, ...EVIDENCE_ATTACKS],
];
/** What "found within a minute" allows; a refusal takes milliseconds. */
const FOUND_MS = 60_000;

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.open();
});
afterAll(() => arena?.close());

describe('cheating is stopped', () => {
  const refused: { readonly title: string; readonly deed: Deed }[] = [];

  const succeeds = async (attack: Attack) => {
    await arena.withoutAll(attack.without, attack.by, async () => {
      const deed = await attack.commit(arena);
      await arena.until(
        'it succeeds unchecked',
        () => deed.happened(),
        () => deed.reasons(),
      );
    });
    await attack.after?.(arena);
  };
  const isRefused = async (attack: Attack, off: readonly Stop[], reason: string) => {
    await arena.withoutAll(off, attack.by, async () => {
      const deed = await attack.commit(arena);
      const isGiven = async () => (await deed.reasons()).includes(reason);
      await arena.until(`it is refused with ${reason}`, isGiven, () => deed.reasons(), FOUND_MS);
      expect(await deed.happened()).toBe(false);
      if (!attack.isPutOff) refused.push({ title: `${attack.by}: ${attack.title} (${reason})`, deed });
    });
    await attack.after?.(arena);
  };

  it.each(ATTACKS.map((attack) => [attack.by, attack.title, attack] as const))(
    '%s: %s',
    async (_by, _title, attack) => {
      await succeeds(attack);
      for (const [stop, reason] of Object.entries(attack.alone ?? {})) {
        const others = attack.without.filter((s) => s !== stop);
        await isRefused(attack, others, reason as string);
      }
      await isRefused(attack, [], attack.refused);
    },
  );

  it('PART2-002, CHAIN-003: of all that was refused nothing has taken effect since', async () => {
    const late: string[] = [];
    for (const { title, deed } of refused) if (await deed.happened()) late.push(title);
    expect(late).toEqual([]);
    expect(refused.length).toBeGreaterThan(ATTACKS.length);
  });

  it('CHAIN-002: a message in which the broker changes any bit is another message, or none', async () => {
    expect(await tampering(arena, 1_000)).toEqual([]);
  });

  it.each(HONEST_OTHERWISE.map((odd) => [odd.title, odd] as const))('%s', async (_title, odd) => {
    await odd.holds(arena);
  });
});

describe('the attacks', () => {
  it.each(PRINCIPALS)('are at least three by %s', (principal) => {
    expect(ATTACKS.filter((attack) => attack.by === principal).length).toBeGreaterThanOrEqual(3);
  });

  it.each(ROWS)('are at least one on: %s', (row) => {
    expect(ATTACKS.map((attack) => attack.row)).toContain(row);
  });
});

describe('what is not stopped, said openly', () => {
  const page = readFileSync(join(__dirname, '..', 'docs', 'residual-risks.md'), 'utf8');

  it.each(RISKS.map((risk) => [risk.by, risk.title, risk] as const))('%s %s', async (_by, _title, risk) => {
    expect(page).toContain(`## ${risk.heading}\n`);
    const happens = await risk.commit(arena);
    await arena.until('it happens', happens, () => null);
  });
});
