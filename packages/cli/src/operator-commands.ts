import { SERVICES } from '@mandate/contracts';
import { Argument, type Command, Option } from 'commander';
import { actions } from './commands/actions';
import { completion } from './commands/completion';
import { pause, resume } from './commands/consumers';
import { follow } from './commands/follow';
import { discard, parked, redrive, showParked } from './commands/parked';
import { rebuild } from './commands/rebuild';
import { retryRollback } from './commands/rollback';
import { liftSignal, listSignals, raiseSignal } from './commands/signal';
import { status } from './commands/status';
import { duration, durationMs } from './durations';
import { EXIT_HELP, type ExitCode } from './refusal';
import { SHELLS } from './shell-scripts';
import type { Context } from './terminal';

type Ended = (code: ExitCode) => void;
type Adds = (usage: string, description: string) => Command;

const WHY = ['--reason <text>', 'why; it is recorded, and told to the auditor'] as const;

/** An argument that names a service; what else is given is refused where the stack is known. */
export function serviceArgument(name = '<service>'): Argument {
  const argument = new Argument(name, `one of ${SERVICES.join(', ')}`);
  argument.argChoices = [...SERVICES];
  return argument;
}

/** What an SRE does at a terminal: each of these asks a service over HTTP, with the operator's token, and is recorded there. */
export function operatorCommands(program: Command, context: Context, ended: Ended): void {
  const adds =
    (parent: Command): Adds =>
    (usage, description) =>
      parent
        .command(usage)
        .description(description)
        .option('--json', 'one JSON object a line')
        .addHelpText('after', EXIT_HELP);
  const command = adds(program);

  command('status', 'how each service is: ready, behind, parked, paused; exit code 1 if one needs somebody')
    .option('--watch', 'again every two seconds', false)
    .action(async ({ watch }) => ended(await status(context, { watch })));

  command(
    'follow <what>',
    'every hop of an issue, and where it stands or is stuck; an issue, a contract or a reference',
  )
    .option('--watch', 'go on until it has ended', false)
    .addOption(new Option('--once', 'print what is there and stop').hideHelp())
    .action(async (what: string, { watch }) => ended(await follow(context, what, { watch })));

  addParked(command('parked', 'what services stopped: look into it, take it again, give it up'), adds, context, ended);
  addConsumers(command, context, ended);
  addSignals(adds(command('signal', 'freeze a capability or the system, and lift that again')), context, ended);

  adds(command('rollback', 'the undoing of a failed change'))(
    'retry <contract>',
    'have a rollback that failed run once more',
  )
    .requiredOption(...WHY)
    .action(async (contract: string, { reason }) => ended(await retryRollback(context, contract, reason)));

  command('rebuild', "fill a service's projections again from their topics, while it serves")
    .addArgument(serviceArgument())
    .addArgument(new Argument('[projection]', 'which').choices(['all', 'reference', 'own']).default('all'))
    .requiredOption(...WHY)
    .option('--accept-loss', 'although a topic no longer has its oldest messages', false)
    .action(async (service: string, projection: string, { reason, acceptLoss }) =>
      ended(await rebuild(context, service, projection, { reason, acceptLoss })),
    );

  command('actions', 'who operated what, when, why, and what came of it; newest last')
    .addArgument(serviceArgument('[service]'))
    .option('--all', 'looks as well', false)
    .action(async (service: string | undefined, { all }) => ended(await actions(context, service, { all })));

  command('completion', 'the script that lets a shell complete these commands')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: string) => ended(completion(context, program, shell)));
}

function addParked(parked_: Command, adds: (parent: Command) => Adds, context: Context, ended: Ended): void {
  const sub = adds(parked_);
  sub('list', 'newest first; of all services if none is named')
    .addArgument(serviceArgument('[service]'))
    .option('--topic <topic>', 'of this topic only')
    .option('--key <key>', 'of this record key only')
    .addOption(new Option('--kind <kind>').choices(['PARKED', 'SET_ASIDE']))
    .action(async (service: string | undefined, { topic, key, kind }) =>
      ended(await parked(context, service, { topic, key, kind })),
    );
  // `parked` and `parked <service>` list; options stand with the subcommands alone, which would lose them to this one.
  parked_
    .addArgument(serviceArgument('[service]'))
    .action(async (service: string | undefined) => ended(await parked(context, service, {})));

  sub('show', 'what a stopped message says: by its place, or all of a key in their order')
    .addArgument(serviceArgument())
    .argument('[place]', 'topic/partition/offset')
    .option('--topic <topic>', 'with --key')
    .option('--key <key>', 'the record key')
    .action(async (service: string, place: string | undefined, { topic, key }) =>
      ended(await showParked(context, service, { place, topic, key })),
    );

  sub('redrive', 'take a key through the same check and handler again, in order')
    .addArgument(serviceArgument())
    .requiredOption('--topic <topic>', 'where its messages came from')
    .requiredOption('--key <key>', 'the record key')
    .requiredOption(...WHY)
    .action(async (service: string, { topic, key, reason }) =>
      ended(await redrive(context, service, { topic, key, reason })),
    );

  sub('discard', 'give one message up, for good')
    .addArgument(serviceArgument())
    .argument('<place>', 'topic/partition/offset')
    .requiredOption('--reason <text>', 'why, in at least 10 characters; it is recorded, and told to the auditor')
    .action(async (service: string, place: string, { reason }) =>
      ended(await discard(context, service, place, reason)),
    );
}

const collected = (value: string, before: readonly string[] = []): string[] => [...before, value];

function addConsumers(command: Adds, context: Context, ended: Ended): void {
  const TOPIC = ['--topic <topic>', 'only this one; can be repeated (default all that it decides on)'] as const;
  command('pause', 'have a service decide on nothing more for now; it stays in its consumer group')
    .addArgument(serviceArgument())
    .option(...TOPIC, collected)
    .addOption(
      new Option('--for <duration>', 'when it ends by itself (default: when it is resumed)').argParser(durationMs),
    )
    .requiredOption(...WHY)
    .action(async (service: string, { topic, for: forMs, reason }) =>
      ended(await pause(context, service, { topics: topic, forMs, reason })),
    );
  command('resume', 'have it go on where it stopped')
    .addArgument(serviceArgument())
    .option(...TOPIC, collected)
    .requiredOption(...WHY)
    .action(async (service: string, { topic, reason }) =>
      ended(await resume(context, service, { topics: topic, reason })),
    );
}

function addSignals(sub: Adds, context: Context, ended: Ended): void {
  sub('list', 'what is blocked, by whom, why and until when')
    .option('--all', 'what is over as well', false)
    .action(async ({ all }) => ended(await listSignals(context, { all })));
  sub('raise <scope>', 'block SYSTEM or a capability: approvals and activations wait')
    .requiredOption('--reason <text>', 'why; everybody reads it')
    .addOption(new Option('--kind <kind>').choices(['freeze', 'maintenance']).default('freeze'))
    .addOption(duration('--for <duration>', 'how long it lasts', 86_400_000, '24h'))
    .action(async (scope: string, { kind, reason, for: forMs }) =>
      ended(await raiseSignal(context, scope, { kind, reason, forMs, nowMs: Date.now() })),
    );
  sub('lift <signal>', 'end it before its time')
    .requiredOption(...WHY)
    .action(async (id: string, { reason }) => ended(await liftSignal(context, id, { reason })));
}
