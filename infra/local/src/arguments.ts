import { resolve } from 'node:path';
import { cacheDir } from './paths';
import { StackRefusal } from './refusal';

const commands = ['start', 'stop', 'status', 'reset', 'demo', 'mandate', 'bench'] as const;

/** A command of `mandate-stack.mjs`. */
export type StackCommand = (typeof commands)[number];

/** The command line of `mandate-stack.mjs`, understood. */
export interface StackArguments {
  readonly command: StackCommand;
  /** Absolute. */
  readonly dataDir: string;
  readonly portBase: number | undefined;
  readonly partitions: number | undefined;
  readonly isDetached: boolean;
  readonly isEmpty: boolean;
  readonly isJson: boolean;
  readonly isYes: boolean;
  /** Print `usage` and do nothing. */
  readonly isHelp: boolean;
  /** What belongs to the program that `demo`, `mandate` or `bench` runs. */
  readonly rest: readonly string[];
}

/** Commands that run another program, which gets every argument but --data. */
const passing: readonly string[] = ['demo', 'mandate', 'bench'];

const optionTexts = {
  '--data DIR': "the stack's folder (default .mandate/stack)",
  '--port-base N': 'the first of its ports, 1024 to 65500 (default 17400); fixed by the first start',
  '--partitions N': 'partitions of each topic, 1 to 64 (default 3); a later start may only add some',
  '--empty': 'publish no sample issues on the first start',
  '--detach': 'leave it running in the background; `npm stop` ends it',
  '--yes': 'do not ask',
  '--json': 'for programs',
} as const;

interface Usage {
  readonly npm: string;
  readonly does: string;
  readonly options: readonly (keyof typeof optionTexts)[];
}

/** What `--help` prints; `mandate` has a help of its own. */
const usages: Readonly<Record<Exclude<StackCommand, 'mandate'>, Usage>> = {
  start: {
    npm: 'npm start',
    does: 'Starts a stack, and keeps it running until Ctrl-C.',
    options: ['--data DIR', '--port-base N', '--partitions N', '--empty', '--detach'],
  },
  stop: { npm: 'npm stop', does: 'Stops a stack; its data stays.', options: ['--data DIR'] },
  status: {
    npm: 'npm run status',
    does: 'Says how each part of a stack is; exit code 1 if it does not run.',
    options: ['--data DIR', '--json'],
  },
  reset: {
    npm: 'npm run reset',
    does: 'Stops a stack and removes all its messages, tables and keys.',
    options: ['--data DIR', '--yes'],
  },
  demo: {
    npm: 'npm run demo',
    does: 'Plays four stories on a running stack; exit code 1 if one does not end as it should.',
    options: ['--data DIR', '--json'],
  },
  bench: {
    npm: 'npm run bench',
    does: 'Measures on a broker and a database of its own; a number is how many issues (default 20000).',
    options: ['--json'],
  },
};

/** The help of a command. */
export function usage(command: Exclude<StackCommand, 'mandate'>): string {
  const { npm, does, options } = usages[command];
  const lines = options.map((option) => `  ${option.padEnd(15)} ${optionTexts[option]}`);
  const number = command === 'bench' ? ' [N]' : '';
  return [
    `Usage: ${npm} [-- [options]${number}]`,
    '',
    does,
    '',
    ...lines,
    `  ${'-h, --help'.padEnd(15)} this text`,
    '',
    'npm hands on only what stands behind `--`.',
  ].join('\n');
}

/**
 * Understands a command line.
 *
 * @param workingDir  what a relative --data is relative to
 * @throws StackRefusal naming what is not understood
 */
export function parseArguments(argv: readonly string[], workingDir: string): StackArguments {
  const [command, ...words] = argv;
  if (!commands.includes(command as StackCommand)) {
    throw new StackRefusal(`"${command ?? ''}" is not a command: use one of ${commands.join(', ')}.`);
  }
  const isPassing = passing.includes(command as string);
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    const [name, inline] = word.split(/=(.*)/s) as [string, string | undefined];
    if (name === '--data' || (!isPassing && (name === '--port-base' || name === '--partitions'))) {
      const value = inline ?? waiting.shift();
      if (value === undefined || value === '') throw new StackRefusal(`${name} needs a value.`);
      values.set(name, value);
    } else if (command !== 'mandate' && (word === '--help' || word === '-h')) flags.add('--help');
    else if (isPassing) rest.push(word);
    else if (['--detach', '--empty', '--json', '--yes'].includes(word)) flags.add(word);
    else throw notUnderstood(word, '--data, --port-base, --partitions, --detach, --empty, --json and --yes are');
  }
  const strange = command === 'demo' ? rest.find((word) => word !== '--json' && word !== '--') : undefined;
  if (strange !== undefined && !flags.has('--help')) throw notUnderstood(strange, '--data and --json are');
  return {
    command: command as StackCommand,
    dataDir: resolve(workingDir, values.get('--data') ?? resolve(cacheDir, 'stack')),
    portBase: wholeNumber('--port-base', values.get('--port-base'), 1_024, 65_500),
    partitions: wholeNumber('--partitions', values.get('--partitions'), 1, 64),
    isDetached: flags.has('--detach'),
    isEmpty: flags.has('--empty'),
    isJson: flags.has('--json'),
    isYes: flags.has('--yes'),
    isHelp: flags.has('--help'),
    rest,
  };
}

/** npm takes an option that stands before `--` for its own and hands on its value alone: a path, a number. */
function notUnderstood(word: string, understood: string): StackRefusal {
  const hint = word.startsWith('-') ? '' : ' Options go behind `--`, as in `npm start -- --data x`.';
  return new StackRefusal(`"${word}" is not understood: ${understood}.${hint}`);
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new StackRefusal(`${name} is "${text}"; it wants a whole number from ${min} to ${max}.`);
  }
  return value;
}
