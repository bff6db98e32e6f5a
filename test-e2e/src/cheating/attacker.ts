import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Cited,
  decodeLink,
  decodeMandate,
  encodeLink,
  encodeMandate,
  keyIdOf,
  type Link,
  type LinkedName,
  MANDATE_HEADER,
  type Mandate,
  merkleTree,
  signedBytes,
} from '@mandate/contracts';
import { type Saying, say } from '@mandate/service-kit';
import type { World } from '../../../infra/local/src/testing/world';

/** A record as it goes to the broker. */
export interface Forged {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly mandate: Buffer;
}

/** What a forger bends in a message that would otherwise be an honest one. */
export interface Bend {
  readonly link?: Partial<Link>;
  readonly mandate?: Partial<Mandate>;
  readonly value?: Buffer;
  readonly key?: string;
  readonly topic?: string;
}

/**
 * Holds what one principal holds and nothing else: its broker user and, if it has one, its signing key. Speaks to the
 * broker with a plain client, lays out and signs what it likes.
 */
export class Attacker {
  private readonly key: KeyObject;

  /** @param keyName the file of the signing key; without one the forger makes a key that nobody knows */
  constructor(
    private readonly world: World,
    readonly user: string,
    keyName = user,
  ) {
    const file = join(world.keysDir, `${keyName}.pem`);
    this.key = existsSync(file)
      ? createPrivateKey(readFileSync(file, 'utf8'))
      : generateKeyPairSync('ed25519').privateKey;
  }

  /** Makes a message: as the kit would lay it out, then bent, then signed with the own key wherever no proof is given. */
  make<N extends LinkedName>(saying: Saying<N>, bend: Bend = {}): Forged {
    const honest = say(saying);
    const mandate = decodeMandate(honest.mandate) as Mandate;
    const link = decodeLink(mandate.own.link) as Link;
    const own: Cited = { link: encodeLink({ ...link, ...bend.link }), proof: null };
    return {
      topic: bend.topic ?? honest.topic,
      key: bend.key ?? saying.key,
      value: bend.value ?? honest.value,
      mandate: this.signed({ ...mandate, own, ...bend.mandate }),
    };
  }

  /** The header with the own signature over every link that has no proof. */
  signed(mandate: Mandate): Buffer {
    const prove = (c: Cited | null): Cited | null => (c && !c.proof ? this.sign(c.link) : c);
    return encodeMandate({
      own: prove(mandate.own) as Cited,
      cause: prove(mandate.cause),
      may: prove(mandate.may),
      approve: prove(mandate.approve),
    });
  }

  /** A link with a proof by the own key. */
  sign(link: Buffer): Cited {
    const { root } = merkleTree([link]);
    const signature = sign(null, signedBytes(root), this.key);
    return { link, proof: { keyId: keyIdOf(this.key), index: 0, count: 1, path: [], signature } };
  }

  /** A founder's statement, signed with the own key instead. */
  signStatement(statement: Buffer): { signature: Buffer; key_id: string } {
    return { signature: sign(null, statement, this.key), key_id: keyIdOf(this.key) };
  }

  /** Publishes as the own broker user. @returns what the broker answered where it refuses, else null */
  async publish({ topic, key, value, mandate }: Forged): Promise<string | null> {
    // A client of its own each time: kafkajs asks about all topics it has met, so that one it may not see spoils the others.
    const kafka = this.world.servers.kafka(this.user);
    const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    await producer.connect();
    try {
      const headers = mandate.length > 0 ? { [MANDATE_HEADER]: mandate } : {};
      await producer.send({ topic, acks: -1, messages: [{ key, value, headers }] });
      return null;
    } catch (error) {
      const { message } = error as Error;
      return /authoriz/i.test(message) ? 'TOPIC_AUTHORIZATION_FAILED' : message;
    } finally {
      await producer.disconnect();
    }
  }
}
