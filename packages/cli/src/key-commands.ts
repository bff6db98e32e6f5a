import { type Command, Option } from 'commander';
import { initKeys } from './commands/keys-init';
import { EXIT_HELP, type ExitCode } from './refusal';
import type { Context } from './terminal';

const collected = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `keys init`: what a new installation's authority begins with. */
export function addKeysInit(keys: Command, context: Context, ended: (code: ExitCode) => void): void {
  keys
    .command('init <folder>')
    .description('make a root key, a key for each service and the first manifest in an empty folder')
    .requiredOption('--catalogue <path>', 'a catalogue that may be applied; can be repeated', collected)
    .addOption(new Option('--environment <name>').choices(['production', 'local']).default('production'))
    .option('--root-dir <path>', 'where the root key goes (default: the folder root in it)')
    .option('--founder <path>', "a founder's key as a file; can be repeated", collected, [])
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXIT_HELP)
    .action((folder: string, options) => ended(initKeys(context, folder, { ...options, nowMs: Date.now() })));
}
