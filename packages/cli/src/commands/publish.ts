import { readFileSync } from 'node:fs';
import { newId, topicOf } from '@mandate/contracts';
import { type CrmIssue, type CrmUpdate, decode, encode } from '@mandate/schemas';
import { Broker, type Ends } from '../broker';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { openStack } from '../stack';
import { type Context, shownInLine } from '../terminal';
import { dryRun } from './dry-run';
import { LAST_STATES } from './follow';

/** Flags of `publish`; a flag wins over the same field of the file. */
export interface PublishOptions {
  readonly file?: string;
  readonly subject?: string;
  readonly body?: string;
  readonly source?: string;
  readonly sourceSystem?: string;
  readonly reference?: string;
  readonly idempotencyKey?: string;
  readonly submitter?: string;
  readonly severity?: string;
  readonly capabilities?: string;
  readonly follow?: boolean;
  readonly dryRun?: boolean;
}

/** Publishes an issue as a CRM would, on its topic and as its broker user. */
export async function publish({ terminal, isJson }: Context, options: PublishOptions): Promise<ExitCode> {
  const issue = issueOf(options, Date.now());
  const value = encoded(issue);
  if (options.dryRun) return dryRun({ terminal, isJson }, issue);
  const topic = topicOf('CrmIssue').name;
  const key = `${issue.source_system}/${issue.reference}`;
  const broker = new Broker(openStack(terminal.env), 'crm');
  const before = options.follow ? await broker.ends([topicOf('CrmUpdate').name]) : null;
  const where = await broker.publish(topic, key, value);
  const { source_system, reference, idempotency_key } = issue;
  if (isJson)
    terminal.out(JSON.stringify({ published: { source_system, reference, idempotency_key, topic, ...where } }));
  else terminal.out(`Published ${shownInLine(key)}: ${topic}/${where.partition}/${where.offset}.`);
  if (!isJson && !before) terminal.out(followHint(reference));
  return before ? untilLastWord({ terminal, isJson }, broker, key, before) : EXIT.done;
}

/** How to see what becomes of it; a reference that a shell would take apart stands in quotes. */
export function followHint(reference: string): string {
  const word = /^[\w.:/-]+$/.test(reference) ? reference : `'${shownInLine(reference).replaceAll("'", "'\\''")}'`;
  return `See what becomes of it: \`mandate follow ${word} --watch\` (\`npm run mandate -- follow ${word} --watch\`).`;
}

async function untilLastWord(
  { terminal, isJson }: Context,
  broker: Broker,
  key: string,
  after: Ends,
): Promise<ExitCode> {
  let last: CrmUpdate | null = null;
  await broker.read({
    ...{ topics: [topicOf('CrmUpdate').name], after, stopped: terminal.interrupted },
    onRecord: (record) => {
      if (record.key.toString() !== key) return undefined;
      last = decode('CrmUpdate', record.value);
      terminal.out(isJson ? JSON.stringify(toJson(last)) : updateLine(last));
      return LAST_STATES.includes(last.state) ? 'stop' : undefined;
    },
    onCaughtUp: () => undefined,
  });
  const state = (last as CrmUpdate | null)?.state;
  if (state === 'COMPLETED') return EXIT.done;
  return state && LAST_STATES.includes(state) ? EXIT.refused : EXIT.noAnswer;
}

function updateLine({ at, state, code, sentence }: CrmUpdate): string {
  return `${new Date(at).toISOString().slice(11, 23)}  ${state.padEnd(19)}  ${shownInLine(sentence)}${code ? ` [${code}]` : ''}`;
}

function toJson(u: CrmUpdate): object {
  return {
    time: new Date(u.at).toISOString(),
    state: u.state,
    code: u.code,
    field: u.field,
    sentence: u.sentence,
    issue_id: u.issue_id,
    contract_id: u.contract_id,
  };
}

/** The issue that flags and file make together. @throws CliRefusal naming what is missing or wrong */
export function issueOf(options: PublishOptions, now: number): CrmIssue {
  const file = options.file === undefined ? {} : readIssue(options.file);
  const reference = options.reference ?? file.reference ?? `CLI-${newId(now).slice(-8)}`;
  const issue: CrmIssue = {
    ...{ kind: 'ISSUE', tenant: null, hint_change: null, clarification_request_id: null, occurred_at: now },
    ...file,
    source: options.source ?? file.source ?? 'support_ticket',
    source_system: options.sourceSystem ?? file.source_system ?? 'mandate-cli',
    reference,
    idempotency_key: options.idempotencyKey ?? file.idempotency_key ?? reference,
    submitter: options.submitter ?? file.submitter ?? null,
    subject: options.subject ?? file.subject ?? '',
    body: options.body ?? file.body ?? '',
    hint_severity: options.severity ?? file.hint_severity ?? null,
    hint_capabilities: options.capabilities ?? file.hint_capabilities ?? null,
    raw_payload: null,
  };
  if (!issue.subject && !issue.body) {
    throw new CliRefusal(
      EXIT.usage,
      'NOTHING_TO_PUBLISH',
      'An issue needs --subject or --body, or a --file that has them.',
    );
  }
  return issue;
}

const FIELDS: Readonly<Record<keyof CrmIssue, true>> = {
  ...{ kind: true, source: true, source_system: true, reference: true, idempotency_key: true, submitter: true },
  ...{ tenant: true, subject: true, body: true, occurred_at: true, hint_severity: true, hint_capabilities: true },
  ...{ hint_change: true, clarification_request_id: true, raw_payload: true },
};

function readIssue(path: string): Partial<CrmIssue> {
  const issue = readObject(path);
  const unknown = Object.keys(issue).filter((field) => !Object.hasOwn(FIELDS, field));
  if (unknown.length === 0) return issue;
  // A field that is dropped in silence would be a wish that nobody hears.
  const names = unknown.map((field) => `"${shownInLine(field)}"`).join(', ');
  throw new CliRefusal(
    EXIT.usage,
    'UNKNOWN_FIELD',
    `${path} cannot be published: an issue has no field ${names}; it has ${Object.keys(FIELDS).join(', ')}.`,
  );
}

function readObject(path: string): Partial<CrmIssue> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw new TypeError('it is no JSON object');
    return parsed as Partial<CrmIssue>;
  } catch (cause) {
    throw new CliRefusal(
      EXIT.usage,
      'FILE_UNREADABLE',
      `${path} cannot be read as an issue: ${(cause as Error).message}.`,
      { cause },
    );
  }
}

function encoded(issue: CrmIssue): Buffer {
  try {
    return encode('CrmIssue', issue);
  } catch (cause) {
    throw new CliRefusal(EXIT.usage, 'ISSUE_UNFIT', `This is no issue: ${(cause as Error).message}.`, { cause });
  }
}
