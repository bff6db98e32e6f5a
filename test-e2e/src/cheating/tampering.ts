import {
  type Authorised,
  AuthorityViolation,
  checkAuthority,
  type LinkedName,
  type Says,
  type Topic,
  topicOf,
} from '@mandate/contracts';
import type { Arena } from './arena';

interface Genuine {
  readonly topic: Topic;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly mandate: Buffer;
  readonly digest: Buffer;
}
const TYPES = ['EligibilityJudged', 'ContractChanged', 'ReviewDecided', 'JobChanged', 'HealthChanged'] as const;

/** Flips a bit of a genuine record, so many times; returns what was taken for another message than the one that was said. */
export async function tampering(arena: Arena, times: number): Promise<string[]> {
  const keyring = arena.world.keyring('contract');
  const place = { topic: '', partition: 0, offset: '0' };
  const check = async ({ topic, key, value, mandate }: Omit<Genuine, 'digest'>): Promise<Authorised | null> => {
    try {
      const authorised = checkAuthority(topic, key, value, mandate);
      await keyring.verify(authorised, place);
      return authorised;
    } catch (error) {
      if (error instanceof AuthorityViolation) return null;
      throw error;
    }
  };
  const genuine: Genuine[] = [];
  for (const type of TYPES) {
    for (const { key, bytes, mandate } of arena.world.all(type).slice(0, 20)) {
      const record = { topic: topicOf(type), key: Buffer.from(key), value: bytes, mandate };
      const authorised = await check(record);
      if (authorised) genuine.push({ ...record, digest: authorised.digest });
    }
  }
  if (genuine.length < TYPES.length) throw new Error(`only ${genuine.length} genuine records were heard`);
  const taken: string[] = [];
  for (let i = 0; i < times; i++) {
    const one = genuine[i % genuine.length] as Genuine;
    const part = (['mandate', 'value', 'key'] as const)[i % 3] as 'mandate' | 'value' | 'key';
    const bytes = Buffer.from(one[part]);
    const bit = (i * 7_919 + 13) % (bytes.length * 8);
    bytes.writeUInt8((bytes[bit >> 3] as number) ^ (1 << (bit & 7)), bit >> 3);
    const authorised = await check({ ...one, [part]: bytes });
    // A bit that means nothing may change; the message is the same then.
    const isSame =
      authorised?.digest.equals(one.digest) && part === 'mandate' && wordsOf(authorised) === wordsOf(await check(one));
    if (authorised && !isSame) taken.push(`${one.topic.name}: bit ${bit} of its ${part}`);
  }
  return taken;
}

const wordsOf = (a: Authorised | null): string =>
  [a?.link, a?.cause, a?.may, a?.approve]
    .map((l) => `${l?.type as LinkedName} ${l?.says as Says} ${l?.messageId}`)
    .join();
