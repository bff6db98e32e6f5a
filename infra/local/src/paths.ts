import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout; the same from `src` (tests) and from `dist`. */
export const repositoryDir = resolve(__dirname, '../../..');

/** What the local stack fetches and derives once per checkout: tools, jars, archives. */
export const cacheDir = join(repositoryDir, '.mandate');

/** Kafka's version, as `kafka/pom.xml` names it. */
export function kafkaVersion(): string {
  const pom = readFileSync(join(repositoryDir, 'infra/local/kafka/pom.xml'), 'utf8');
  const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) throw new Error('infra/local/kafka/pom.xml does not name kafka.version.');
  return version;
}

/** The folder of one Kafka version's jars and archives. */
export function kafkaDir(): string {
  return join(cacheDir, `kafka-${kafkaVersion()}`);
}
