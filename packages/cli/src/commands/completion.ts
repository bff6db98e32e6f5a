import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../refusal';
import { type Completions, scriptOf } from '../shell-scripts';
import type { Context } from '../terminal';

/** Prints the completion script of a shell. */
export function completion({ terminal }: Context, program: Command, shell: string): ExitCode {
  terminal.out(scriptOf(shell, completionsOf(program)));
  return EXIT.done;
}

/** What can follow each command, read from the table of commands that the program itself runs by. */
export function completionsOf(program: Command): Completions {
  const found: Record<string, { words: string[]; values: Record<string, readonly string[]> }> = {};
  const visit = (command: Command, path: string): void => {
    const help = command.createHelp();
    const subcommands = help.visibleCommands(command).filter((c) => c.name() !== 'help');
    const options = help.visibleOptions(command);
    const choices = command.registeredArguments.flatMap((a) => a.argChoices ?? []);
    const names = subcommands.map((c) => c.name());
    found[path] = {
      words: [...new Set([...names, ...choices, ...options.map((o) => o.long ?? o.short ?? '')])],
      values: Object.fromEntries(options.flatMap((o) => (o.argChoices && o.long ? [[o.long, o.argChoices]] : []))),
    };
    for (const sub of subcommands) visit(sub, `${path} ${sub.name()}`.trim());
  };
  visit(program, '');
  return found;
}
