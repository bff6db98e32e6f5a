import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type CheckpointHead, checkpointProblem, readManifest, type SignedCheckpoint } from '@mandate/contracts';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack, type Stack } from '../stack';
import { type Context, shownInLine } from '../terminal';

/** A stretch of a log's chain as the auditor computes it again. */
interface Stretch {
  readonly rows: number;
  readonly seq: number;
  readonly hash: string;
  readonly broken: { readonly seq: number; readonly offset: number; readonly why: string } | null;
  readonly isAtEnd: boolean;
}

/** What became of one log since a checkpoint was kept. */
interface LogAnswer {
  readonly log: string;
  readonly rows: number;
  readonly state: 'HOLDS' | 'CUT' | 'REWRITTEN';
  readonly detail: string | null;
}

export interface CheckpointOptions {
  readonly out?: string;
  readonly against?: string;
}

/** Prints the newest checkpoint of the evidence, keeps it, or holds a kept one against the history as it is now (EVID-001). */
export async function checkpoint({ terminal, isJson }: Context, options: CheckpointOptions): Promise<ExitCode> {
  const stack = openStack(terminal.env);
  const api = new ServiceApi(stack, 'auditor');
  if (options.against !== undefined) {
    const kept = readKept(options.against);
    mustHold(kept, stack, options.against);
    const answers: LogAnswer[] = [];
    for (const head of kept.checkpoint.heads) answers.push(await compare(api, head));
    for (const answer of answers) if (isJson) terminal.out(JSON.stringify(answer));
    if (!isJson) for (const line of verdict(kept, answers)) terminal.out(line);
    return answers.every((a) => a.state === 'HOLDS') ? EXIT.done : EXIT.refused;
  }
  const newest = await api.get<SignedCheckpoint>('/checkpoints');
  mustHold(newest, stack, 'the newest checkpoint');
  if (options.out !== undefined) keep(options.out, newest);
  if (isJson) terminal.out(JSON.stringify(newest));
  else for (const line of told(newest, await api.get<Growth>('/evidence/growth'))) terminal.out(line);
  return EXIT.done;
}

function readKept(file: string): SignedCheckpoint {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as SignedCheckpoint;
    if (!Array.isArray(kept.checkpoint?.heads)) throw new TypeError('has no heads');
    return kept;
  } catch (cause) {
    const sentence = `${file} is no checkpoint: keep one with \`mandate checkpoint --out FILE\`.`;
    throw new CliRefusal(EXIT.usage, 'NO_CHECKPOINT', sentence, { cause });
  }
}

function keep(file: string, signed: SignedCheckpoint): void {
  try {
    writeFileSync(file, `${JSON.stringify(signed, null, 2)}\n`);
  } catch (cause) {
    throw new CliRefusal(EXIT.usage, 'NOT_WRITABLE', `${file} cannot be written: name another place with --out.`, {
      cause,
    });
  }
}

function mustHold(signed: SignedCheckpoint, stack: Stack, what: string): void {
  const root = createPublicKey(readFileSync(stack.rootPublicKeyFile));
  const problem = checkpointProblem(signed, readManifest(readFileSync(stack.manifestFile, 'utf8'), root));
  if (problem) throw new CliRefusal(EXIT.refused, 'CHECKPOINT_UNSOUND', `${what} proves nothing: ${problem}.`);
}

/** Has the chain computed again up to where the kept head stood, a stretch at a time. */
async function compare(api: ServiceApi, head: CheckpointHead): Promise<LogAnswer> {
  const log = `${head.topic}/${head.partition}`;
  let [seq, hash, rows] = [0, '', 0];
  let broken: Stretch['broken'] = null;
  for (let isAtEnd = false; !isAtEnd; ) {
    const asked = {
      topic: head.topic,
      partition: String(head.partition),
      after: String(seq),
      hash,
      until: String(head.rows),
    };
    const stretch = await api.get<Stretch>(`/evidence/chain?${new URLSearchParams(asked)}`);
    ({ seq, hash, isAtEnd } = stretch);
    rows += stretch.rows;
    broken ??= stretch.broken;
  }
  const detail = broken && `from offset ${broken.offset} on: ${shownInLine(broken.why)}`;
  if (rows < head.rows) return { log, rows, state: 'CUT', detail: detail ?? goneText(head.rows - rows) };
  if (hash !== head.hash || broken)
    return {
      log,
      rows,
      state: 'REWRITTEN',
      detail: detail ?? 'every row fits the one before it, but not this checkpoint',
    };
  return { log, rows, state: 'HOLDS', detail: null };
}

const goneText = (count: number): string =>
  count === 1 ? 'the last message is gone' : `the last ${count} messages are gone`;

function verdict(kept: SignedCheckpoint, answers: readonly LogAnswer[]): string[] {
  const { number, at } = kept.checkpoint;
  const since = `checkpoint ${number} of ${new Date(at).toISOString()}`;
  const broken = answers.filter((a) => a.state !== 'HOLDS');
  const messages = answers.reduce((sum, a) => sum + a.rows, 0);
  if (broken.length === 0)
    return [`History holds: all ${messages} messages that ${since} covers are there, as they were.`];
  return [
    `HISTORY WAS CHANGED since ${since}:`,
    ...broken.map((a) => `  ${a.log} was ${a.state === 'CUT' ? 'cut' : 'rewritten'}, ${a.detail}`),
  ];
}

interface Growth {
  readonly messages: number;
  readonly topic_bytes: number;
  readonly evidence_bytes: number;
}

function told({ checkpoint: c, key_id, signature }: SignedCheckpoint, growth: Growth): string[] {
  const mb = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
  const times = growth.topic_bytes ? (growth.evidence_bytes / growth.topic_bytes).toFixed(2) : '0';
  return [
    `Checkpoint ${c.number} of ${new Date(c.at).toISOString()}, after ${c.previous.slice(0, 16)}`,
    ...c.heads.map((h) => `  ${`${h.topic}/${h.partition}`.padEnd(30)} ${String(h.rows).padStart(9)}  ${h.hash}`),
    `Signed with key ${key_id}: ${signature}`,
    `Evidence: ${growth.messages} messages, ${mb(growth.evidence_bytes)} for ${mb(growth.topic_bytes)} on the topics, ${times} times`,
  ];
}
