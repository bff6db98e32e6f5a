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
  /** What belongs to the program that `demo`, `mandate` or `bench` runs. */
  readonly rest: readonly string[];
}

/** Commands that run another program, which gets every argument but --data. */
const passing: readonly string[] = ['demo', 'mandate', 'bench'];

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
    } else if (isPassing) rest.push(word);
    else if (['--detach', '--empty', '--json', '--yes'].includes(word)) flags.add(word);
    else
      throw new StackRefusal(
        `"${word}" is not understood: --data, --port-base, --partitions, --detach, --empty, --json and --yes are.`,
      );
  }
  return {
    command: command as StackCommand,
    dataDir: resolve(workingDir, values.get('--data') ?? resolve(cacheDir, 'stack')),
    portBase: wholeNumber('--port-base', values.get('--port-base'), 1_024, 65_500),
    partitions: wholeNumber('--partitions', values.get('--partitions'), 1, 64),
    isDetached: flags.has('--detach'),
    isEmpty: flags.has('--empty'),
    isJson: flags.has('--json'),
    isYes: flags.has('--yes'),
    rest,
  };
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new StackRefusal(`${name} is "${text}"; it wants a whole number from ${min} to ${max}.`);
  }
  return value;
}
