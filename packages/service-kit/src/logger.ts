import { createHash } from 'node:crypto';
import { TOPICS } from '@mandate/contracts';
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError, loggedError } from './error-text';
import type { Message, RawMessage } from './hop';
import { isOfIssue, traceIdOf } from './trace-ids';

/** Fields that name a person. The log has a sign that is the same for the same person. */
const PERSONS = ['subject', 'founder', 'actor', 'submitter'] as const;

/** Whatever else was meant to keep them out: what looks like an address or a secret does not get into a line. */
const NEVER: readonly [RegExp, string][] = [
  [/[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}\b/gi, '(address)'],
  [/\b(Bearer|Basic) +[\w.~+/=-]{4,}/gi, '$1 (secret)'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '(token)'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|(?="))/gs, '(private key)'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"@]+@/gi, '$1(secret)@'],
];

/**
 * The log of a service: a JSON object a line. A line about one issue has `issue_id` and `trace_id`, and `contract_id` where there
 * is one; of errors it has what may be told of them (`loggedError`).
 */
export function makeLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name: service,
    level,
    serializers: { err: loggedError },
    formatters: { log: toldFields },
    hooks: { streamWrite: withoutSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface Ids {
  readonly issue_id?: string;
  readonly contract_id?: string;
}

/** The ids of what a message is about, for its line. Of a message that failed the authority check nothing is believed. */
export function idsOf(message: RawMessage): Ids {
  if (!('link' in message)) return {};
  const { link, value } = message as Message<{ contract_id?: unknown } | null>;
  return {
    ...idsOfKey(message),
    ...(isOfIssue(link) ? { issue_id: link.issueId } : {}),
    ...(typeof value?.contract_id === 'string' ? { contract_id: value.contract_id } : {}),
  };
}

/** What a record's key alone tells. */
export function idsOfKey({ topic, key }: { readonly topic: string; readonly key: Buffer | null }): Ids {
  if (!key) return {};
  const keyedBy = TOPICS.find((t) => t.name === topic)?.key;
  if (keyedBy === 'contract') return { contract_id: key.toString() };
  return keyedBy === 'issue' ? { issue_id: key.toString() } : {};
}

function toldFields(fields: Record<string, unknown>): Record<string, unknown> {
  const told = { ...fields };
  const { issue_id: issueId, ip } = told;
  if (typeof issueId === 'string') told['trace_id'] = traceIdOf(issueId);
  for (const name of PERSONS) if (typeof told[name] === 'string') told[name] = signOf(told[name] as string);
  if (typeof ip === 'string') told['ip'] = networkOf(ip);
  return told;
}

/** Twelve digits of SHA-256: whoever knows a name finds its lines, the lines tell no name. */
function signOf(person: string): string {
  return `#${createHash('sha256').update(person).digest('hex').slice(0, 12)}`;
}

/** Enough to see from where somebody tries doors; the last part of an address is a person's. */
function networkOf(ip: string): string {
  const v4 = /(\d+\.\d+\.\d+)\.\d+$/.exec(ip)?.[1];
  return v4 ? `${v4}.0/24` : `${ip.split(':').slice(0, 3).join(':')}::/48`;
}

function withoutSecrets(line: string): string {
  return NEVER.reduce((text, [found, instead]) => text.replace(found, instead), line);
}

/** Nest's own lines, in the form of all others: only what went wrong. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(): void {}

  warn(message: unknown): void {
    this.logger.warn(textOf(message));
  }

  error(message: unknown): void {
    this.logger.error(message instanceof Error ? { err: message } : {}, textOf(message));
  }

  fatal(message: unknown): void {
    this.logger.fatal(message instanceof Error ? { err: message } : {}, textOf(message));
  }
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : describeError(message);
}

/** For a process of its own: what Node would write by itself becomes a line, too. */
export function logProcess(logger: Logger): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn({ err: warning }, `a warning of Node: ${describeError(warning)}`));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, `the process ends on an error that nothing caught: ${describeError(error)}`);
    process.exit(1);
  });
}
