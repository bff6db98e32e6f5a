import './src/cheating/install';
import { Arena } from './src/cheating/arena';
import type { Attack, Stop } from './src/cheating/attack';
import { CONTRACT_ATTACKS } from './src/cheating/attacks-contract';
import { EXECUTOR_ATTACKS } from './src/cheating/attacks-execution';
import { BROKER_ATTACKS, CRM_ATTACKS, KEY_ATTACKS } from './src/cheating/attacks-outside';
import { REVIEW_ATTACKS, SESSION_ATTACKS } from './src/cheating/attacks-review';
import { ELIGIBILITY_ATTACKS, INGESTION_ATTACKS, VALIDATOR_ATTACKS } from './src/cheating/attacks-upstream';
import { AUDITOR_ATTACKS, HEALTH_ATTACKS } from './src/cheating/attacks-verdicts';

jest.setTimeout(300_000);

const ATTACKS: readonly Attack[] = [
  ...[...INGESTION_ATTACKS, ...VALIDATOR_ATTACKS, ...ELIGIBILITY_ATTACKS, ...CONTRACT_ATTACKS, ...REVIEW_ATTACKS],
  ...[...EXECUTOR_ATTACKS, ...HEALTH_ATTACKS, ...AUDITOR_ATTACKS, ...CRM_ATTACKS, ...SESSION_ATTACKS],
  ...[...BROKER_ATTACKS, ...KEY_ATTACKS],
];

describe('cheating is stopped', () => {
  let arena: Arena;

  beforeAll(async () => {
    arena = await Arena.open();
  });
  afterAll(() => arena?.close());

  const succeeds = async (attack: Attack) => {
    await arena.withoutAll(attack.without, attack.by, async () => {
      const deed = await attack.commit(arena);
      await arena.until(
        'it succeeds unchecked',
        () => deed.happened(),
        () => deed.reasons(),
      );
    });
  };
  const isRefused = async (attack: Attack, off: readonly Stop[], reason: string) => {
    await arena.withoutAll(off, attack.by, async () => {
      const deed = await attack.commit(arena);
      const isGiven = async () => (await deed.reasons()).includes(reason);
      await arena.until(`it is refused with ${reason}`, isGiven, () => deed.reasons());
      expect(await deed.happened()).toBe(false);
    });
    await attack.after?.(arena);
  };

  it.each(ATTACKS.map((attack) => [attack.by, attack.title, attack] as const))(
    '%s: %s',
    async (_by, _title, attack) => {
      await succeeds(attack);
      for (const [stop, reason] of Object.entries(attack.alone ?? {}))
        await isRefused(
          attack,
          attack.without.filter((s) => s !== stop),
          reason as string,
        );
      await isRefused(attack, [], attack.refused);
    },
  );
});
