import {
  EACH,
  EDGES,
  kafkaAcls,
  LINKED,
  type LinkedName,
  SERVICES,
  TOPICS,
  type Topic,
  WORDS,
} from '@mandate/contracts';
import ts from 'typescript';
import { findIn, type Source } from './source';

const TABLE = 'packages/contracts/src/topics.ts';
const HANDLER = /^services\/[^/]+\/src\/.*\bon-[a-z-]+\.handler\.ts$/;
const kebab = (name: string) => name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

interface Row {
  readonly path: string;
  /** What the file's handler is marked with. */
  readonly hop: string;
  readonly says: string;
}

/** The handler files that the topic table asks for. */
function rows(topics: readonly Topic[]): Row[] {
  return topics.flatMap((topic) =>
    topic.readers.flatMap(({ service, mode, messages }) => {
      const folder = `services/${service}/src/handlers`;
      if (mode === 'evidence') {
        const says = `${topic.name} has the reader ${service} for evidence`;
        return [{ path: `${folder}/on-any-message.handler.ts`, hop: 'EVIDENCE', says }];
      }
      return (messages ?? topic.messages).map((message) => ({
        path: `${folder}/on-${kebab(message)}.handler.ts`,
        hop: message,
        says: `${topic.name} has the reader ${service} for ${message}`,
      }));
    }),
  );
}

/** The messages that a file's `@Hop` decorators name. */
function hopsIn(source: Source): string[] {
  const found = findIn(source, (node) => {
    if (!ts.isDecorator(node) || !ts.isCallExpression(node.expression)) return undefined;
    const { expression, arguments: given } = node.expression;
    const [message] = given;
    return expression.getText() === 'Hop' && message && ts.isStringLiteral(message) ? message.text : undefined;
  });
  return found.map(({ what }) => what);
}

/**
 * Compares the topic table with the handler files, both ways, and each file with the message its `@Hop` names.
 * @returns what differs, a sentence each
 */
export function layoutBreaches(sources: readonly Source[], topics: readonly Topic[] = TOPICS): string[] {
  const wanted = new Map(rows(topics).map((row) => [row.path, row]));
  const files = new Map(sources.filter(({ path }) => HANDLER.test(path)).map((source) => [source.path, source]));
  const missing = [...wanted.values()]
    .filter(({ path }) => !files.has(path))
    .map(({ path, says }) => `${says}, but ${path} does not exist: write it, or take the row out of ${TABLE}.`);
  const unasked = [...files.keys()]
    .filter((path) => !wanted.has(path))
    .map(
      (path) => `${path} handles what no row of ${TABLE} gives its service: add the reader there, or delete the file.`,
    );
  const mistaken = [...wanted.values()].flatMap(({ path, hop }) => {
    const source = files.get(path);
    const hops = source ? hopsIn(source) : [hop];
    const isRight = hops.length === 1 && hops[0] === hop;
    return isRight
      ? []
      : [`${path} must have one @Hop('${hop}'), and has ${hops.map((h) => `@Hop('${h}')`).join(', ') || 'none'}.`];
  });
  return [...missing, ...unasked, ...mistaken];
}

/**
 * Compares the tables with each other: topics, words, edges and broker permissions.
 * @returns what differs, a sentence each
 */
export function tableBreaches(topics: readonly Topic[] = TOPICS, edges = EDGES, acls = kafkaAcls()): string[] {
  const topicsOf = (message: string) => topics.filter((t) => (t.messages as readonly string[]).includes(message));
  const writers = LINKED.flatMap((message) => {
    const [topic, ...more] = topicsOf(message);
    if (WORDS[message].writer === EACH) return eachBreaches(message, topicsOf(message));
    if (!topic || more.length > 0) return [`${message} must be on exactly one topic of ${TABLE}.`];
    const { writer } = WORDS[message];
    return topic.writer === writer
      ? []
      : [`${topic.name} is written by ${topic.writer}, but ${message} is ${writer}'s word.`];
  });
  const deaf = edges.flatMap(({ cause, type }) => {
    if (!(LINKED as readonly string[]).includes(cause)) return [];
    const { writer } = WORDS[type];
    const hears = topicsOf(cause).some((t) => t.writer === writer || t.readers.some((r) => r.service === writer));
    return hears ? [] : [`${writer} may say ${type} on ${cause as LinkedName}, but reads no topic that carries it.`];
  });
  const allowed = (service: string, operation: string, topic: string) =>
    acls.some(
      (a) => a.principal === service && a.operation === operation && a.resourceType === 'TOPIC' && a.name === topic,
    );
  const permissions = topics.flatMap((topic) =>
    SERVICES.flatMap((service) => {
      const should = { WRITE: topic.writer === service, READ: topic.readers.some((r) => r.service === service) };
      return (['WRITE', 'READ'] as const)
        .filter((operation) => allowed(service, operation, topic.name) !== should[operation])
        .map(
          (operation) => `${service} ${should[operation] ? 'needs' : 'must not have'} ${operation} on ${topic.name}.`,
        );
    }),
  );
  return [...writers, ...new Set(deaf), ...permissions];
}

/** Of what each service says of itself there is one topic for each. */
function eachBreaches(message: LinkedName, topics: readonly Topic[]): string[] {
  return SERVICES.filter((service) => topics.filter((t) => t.writer === service).length !== 1).map(
    (service) => `${message} must be on exactly one topic of ${TABLE} that ${service} writes.`,
  );
}
