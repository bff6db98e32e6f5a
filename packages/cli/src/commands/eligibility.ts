import { readFileSync } from 'node:fs';
import { parametersFromText } from '@mandate/judgement';
import { Broker } from '../broker';
import { findIssue } from '../find-issue';
import { CliRefusal, EXIT, type ExitCode } from '../refusal';
import { ServiceApi } from '../service-api';
import { openStack, type Stack } from '../stack';
import { type Context, shownInLine, table } from '../terminal';

interface Replayed {
  readonly issue_id: string;
  readonly revision: number;
  readonly verdict: string;
  readonly first_failing_rule: string | null;
  readonly rules_version: string;
  readonly recorded_digest: string;
  readonly is_same: boolean;
  readonly problem: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Has the verdicts on one issue, or all there are, judged again from what was recorded with them. */
export async function replay(context: Context, what: string | undefined): Promise<ExitCode> {
  const stack = openStack(context.terminal.env);
  const api = new ServiceApi(stack, 'eligibility');
  return what === undefined ? replayAll(context, api) : replayOne(context, api, await issueIdOf(context, stack, what));
}

async function issueIdOf({ terminal }: Context, stack: Stack, what: string): Promise<string> {
  if (UUID.test(what)) return what.toLowerCase();
  const found = await findIssue(new Broker(stack, 'observer'), what, terminal.interrupted);
  if (found?.issueId) return found.issueId;
  throw new CliRefusal(EXIT.notFound, 'NOT_FOUND', `There is no issue ${shownInLine(what)}.`);
}

async function replayOne({ terminal, isJson }: Context, api: ServiceApi, id: string): Promise<ExitCode> {
  const { verdicts } = await api.get<{ verdicts: readonly Replayed[] }>(`/verdicts/${id}/replay`);
  if (isJson) for (const verdict of verdicts) terminal.out(JSON.stringify(verdict));
  else terminal.out(table([HEAD, ...verdicts.map(line)]));
  return verdicts.every((v) => v.is_same) ? EXIT.done : EXIT.refused;
}

const HEAD = ['issue', 'revision', 'verdict', 'rule', 'rules', 'digest', 'judged again'];

function line(v: Replayed): string[] {
  const rule = v.first_failing_rule ?? '–';
  const outcome = v.is_same ? 'same bytes' : (v.problem ?? 'other bytes');
  return [v.issue_id, `${v.revision}`, v.verdict, rule, v.rules_version, v.recorded_digest.slice(0, 16), outcome];
}

interface ReplayPage {
  readonly replayed: number;
  readonly different: readonly Replayed[];
  readonly next: string | null;
}

async function replayAll({ terminal, isJson }: Context, api: ServiceApi): Promise<ExitCode> {
  const started = performance.now();
  const different: Replayed[] = [];
  let replayed = 0;
  for (let next: string | null = ''; next !== null; ) {
    const page: ReplayPage = await api.get(`/verdicts/replay${next && `?after=${encodeURIComponent(next)}`}`);
    replayed += page.replayed;
    different.push(...page.different);
    next = page.next;
  }
  const seconds = (performance.now() - started) / 1_000;
  if (isJson) {
    for (const verdict of different) terminal.out(JSON.stringify(verdict));
    terminal.out(JSON.stringify({ replayed, different: different.length, seconds, per_second: replayed / seconds }));
  } else {
    if (different.length > 0) terminal.out(table([HEAD, ...different.map(line)]));
    const others =
      different.length === 0 ? 'all gave the same bytes' : `${different.length} did not give the same bytes`;
    terminal.out(
      `${replayed} ${replayed === 1 ? 'verdict' : 'verdicts'} judged again, ${others} (${rate(replayed, seconds)}).`,
    );
  }
  return different.length === 0 ? EXIT.done : EXIT.refused;
}

const rate = (count: number, seconds: number): string =>
  `${seconds.toFixed(1)} s, ${Math.round(count / seconds).toLocaleString('en')} a second`;

interface Judged {
  readonly verdict: 'MAY' | 'MAY_NOT';
  readonly first_failing_rule: string | null;
}

interface Flip {
  readonly issue_id: string;
  readonly revision: number;
  readonly title: string;
  readonly reference: string;
  readonly was: Judged;
  readonly would_be: Judged;
  readonly why: readonly string[];
  readonly contract: { readonly contract_id: string; readonly status: string; readonly reason: string | null } | null;
}

interface TrialPage {
  readonly rules_version: string;
  readonly judged: number;
  readonly unreadable: number;
  readonly without_rivals: number;
  readonly flips: readonly Flip[];
  readonly next: string | null;
}

/** Judges every past proposal by draft parameters and lists whose verdict would turn, with how its contract ended. */
export async function whatIf({ terminal, isJson }: Context, path: string): Promise<ExitCode> {
  const parameters = readDraft(path);
  const api = new ServiceApi(openStack(terminal.env), 'eligibility');
  const started = performance.now();
  const flips: Flip[] = [];
  const sum = { judged: 0, unreadable: 0, without_rivals: 0 };
  let rules_version = '';
  for (let next: string | null | undefined; next !== null; ) {
    const page: TrialPage = await api.post('/verdicts/what-if', next ? { parameters, after: next } : { parameters });
    flips.push(...page.flips);
    for (const name of ['judged', 'unreadable', 'without_rivals'] as const) sum[name] += page[name];
    ({ rules_version, next } = page);
  }
  const seconds = (performance.now() - started) / 1_000;
  if (isJson) {
    for (const flip of flips) terminal.out(JSON.stringify(flip));
    const totals = { rules_version, ...sum, flips: flips.length, ended: endings(flips) };
    terminal.out(JSON.stringify({ ...totals, seconds, per_second: sum.judged / seconds }));
    return EXIT.done;
  }
  if (flips.length > 0) terminal.out(table([FLIP_HEAD, ...flips.map(flipLine)]));
  for (const sentence of summary(flips, sum)) terminal.out(sentence);
  terminal.out(`Judged by the rules ${rules_version} (${rate(sum.judged, seconds)}); nothing was changed.`);
  return EXIT.done;
}

const FLIP_HEAD = ['reference', 'issue', 'revision', 'was', 'would be', 'its contract', 'title', 'why'];

function flipLine(f: Flip): string[] {
  const said = ({ verdict, first_failing_rule: rule }: Judged): string => (rule ? `${verdict} ${rule}` : verdict);
  return [
    shownInLine(f.reference),
    f.issue_id,
    `${f.revision}`,
    said(f.was),
    said(f.would_be),
    f.contract?.status ?? 'none',
    shownInLine(f.title).slice(0, 40),
    shownInLine(f.why.join('; ')),
  ];
}

/** How the contracts of those that may not any more ended: what a stricter rule would have spared, or cost. */
function endings(flips: readonly Flip[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { would_be, contract } of flips) {
    if (would_be.verdict === 'MAY') continue;
    const status = contract?.status ?? 'none';
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function summary(flips: readonly Flip[], sum: Pick<TrialPage, 'judged' | 'unreadable' | 'without_rivals'>): string[] {
  const stricter = flips.filter((f) => f.would_be.verdict === 'MAY_NOT').length;
  const ended = Object.entries(endings(flips)).map(([status, count]) => `${count} ${status}`);
  const how = ended.length > 0 ? ` (their contracts: ${ended.join(', ')})` : '';
  return [
    `${flips.length} of ${sum.judged} past proposals would flip: ${stricter} to MAY_NOT${how}, ${flips.length - stricter} to MAY.`,
    ...(sum.unreadable > 0 ? [`${sum.unreadable} could not be read and were left out.`] : []),
    ...(sum.without_rivals > 0
      ? [`${sum.without_rivals} were judged while E-006 was off: what was taken then is not recorded.`]
      : []),
  ];
}

/** The draft's text, known to be one: mistakes are told before anything is asked. */
function readDraft(path: string): string {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new CliRefusal(EXIT.usage, 'FILE_UNREADABLE', `${path} cannot be read: ${(cause as Error).message}.`, {
      cause,
    });
  }
  const { problems } = parametersFromText(text);
  if (!problems) return text;
  throw new CliRefusal(
    EXIT.usage,
    'PARAMETERS_UNFIT',
    `${path} holds no parameters of the rules. ${problems.join(' ')}`,
  );
}
