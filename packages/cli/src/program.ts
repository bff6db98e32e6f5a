import { Command, CommanderError } from 'commander';
import { acknowledge, answerQuestion, attest, clarify, modify, note, resolve } from './commands/act';
import { audit } from './commands/audit';
import { checkpoint } from './commands/checkpoint';
import { contracts } from './commands/contracts';
import { approve, reject } from './commands/decide';
import { replay, whatIf } from './commands/eligibility';
import { enrolFounder } from './commands/keys';
import { prove } from './commands/prove';
import { publish } from './commands/publish';
import { revoke, rotate } from './commands/service-keys';
import { show } from './commands/show';
import { duration } from './durations';
import { addKeysInit } from './key-commands';
import { operatorCommands } from './operator-commands';
import { CliRefusal, EXIT, EXIT_HELP, type ExitCode } from './refusal';
import type { Context, Terminal } from './terminal';

const AUDIT_HELP = `
Here 1 means that something was found, and 2 that it could not be looked.`;

/** Runs one command line. @returns the exit code; nothing is thrown for what a person can do something about */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const isJson = argv.includes('--json');
  let code: ExitCode = EXIT.done;
  const program = programOf(terminal, { terminal, isJson }, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (!(error instanceof CliRefusal)) throw error;
    if (isJson) terminal.out(JSON.stringify({ error: { code: error.code, sentence: error.message } }));
    terminal.err(error.message);
    return error.exitCode;
  }
}

function programOf(terminal: Terminal, context: Context, ended: (code: ExitCode) => void): Command {
  const program = new Command('mandate')
    .description('Publish an issue, follow it through every hop, decide as the founder, look into what is stuck.')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  const command = (usage: string, description: string): Command =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'one JSON object a line')
      .addHelpText('after', EXIT_HELP);

  command('publish', 'publish an issue as a CRM would')
    .option('--file <path>', 'a JSON object with the fields of a CrmIssue; - reads standard input')
    .option('--subject <text>', 'what it is about')
    .option('--body <text>', 'what is wanted')
    .option('--source <source>', 'crm_feedback, support_ticket or ops_alert (default support_ticket)')
    .option('--source-system <name>', 'who publishes (default mandate-cli)')
    .option('--reference <text>', "the CRM's own name for it (default made up)")
    .option('--idempotency-key <text>', 'the same key is the same issue (default the reference)')
    .option('--submitter <text>', 'who asks')
    .option('--severity <level>', 'a hint; decides nothing')
    .option('--capabilities <names>', 'a hint, with commas between; decides nothing')
    .option('--follow', 'print what the CRM is told until the issue has ended')
    .option('--dry-run', 'say what would become of it as of now; nothing is stored or published')
    .action(async (options) => ended(await publish(context, options)));

  command('contracts', 'list the review queue, soonest to expire first')
    .option('--status <states>', 'with commas between (default all that have not ended)')
    .option('--capability <name>')
    .option('--risk <level>')
    .option('--source <source>')
    .option('--q <words>', 'words of title, source system or reference')
    .action(async ({ json: _, ...filter }) => ended(await contracts(context, filter)));

  command('show <contract>', 'show a contract as the founder sees it').action(async (contract: string) =>
    ended(await show(context, contract)),
  );

  command('approve <contract>', "approve as the founder, with the founder's own key")
    .addOption(duration('--in <duration>', 'when the activation window starts, from now on', 0, 'at once'))
    .addOption(duration('--for <duration>', 'how long it lasts', 86_400_000, '24h'))
    .option('--idempotency-key <text>', 'the same key is the same decision (default made up)')
    .option('--yes', 'do not ask', false)
    .action(async (contract: string, { in: inMs, for: forMs, yes, idempotencyKey }) =>
      ended(await approve(context, contract, { inMs, forMs, yes, idempotencyKey })),
    );

  command('reject <contract>', 'reject as the founder, for good')
    .requiredOption('--reason <text>', 'more than 10 characters; the requestor reads it')
    .option('--idempotency-key <text>', 'the same key is the same decision (default made up)')
    .action(async (contract: string, { reason, idempotencyKey }) =>
      ended(await reject(context, contract, reason, idempotencyKey)),
    );

  founderCommands(command, context, ended);

  command('prove <contract>', "write a contract's proof file, which anyone can check with verify/verify.py")
    .option('--out <path>', 'where to; - is standard output (default mandate-proof-<contract>.json)')
    .action(async (contract: string, { out }) => ended(await prove(context, contract, out)));

  command('checkpoint', 'print how far the evidence goes, as the auditor signed it in the last minute')
    .option('--out <path>', 'keep it, outside of this machine at best')
    .option('--against <path>', 'hold a kept one against the history as it is now: was it cut or rewritten?')
    .action(async ({ out, against }) => ended(await checkpoint(context, { out, against })));

  command('audit', 'hold every table against what was said: what did an administrator of a database change by hand?')
    .addOption(duration('--settle <duration>', 'how long a difference must last to count', 10_000, '10s'))
    .addHelpText('after', AUDIT_HELP)
    .action(async ({ settle: settleMs }) => ended(await audit(context, { settleMs })));

  addEligibility(command('eligibility', 'judge past proposals again; nothing is changed'), context, ended);
  const keys = program.command('keys').description('keys of founders and of services: whose signature counts');
  keys
    .command('enrol-founder')
    .description('sign a manifest with one more founder’s key; for the holder of the root key')
    .requiredOption('--root-key <path>', "the root's private key (PEM)")
    .requiredOption('--manifest <path>', 'authority.json as it is now')
    .option('--pending <id>', 'the key that waits in the review service')
    .option('--review <url>', 'where the review service is')
    .option('--operator-token <path>', "the file with an operator's bearer token")
    .option('--entry <path>', 'instead: what /api/v1/founder-keys/pending says of the key, as a file')
    .option('--out <path>', 'where the new manifest goes (default: over the present one)')
    .option('--yes', 'do not ask', false)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXIT_HELP)
    .action(async (options) => ended(await enrolFounder(context, options)));
  addKeysInit(keys, context, ended);
  addServiceKeys(keys, context, ended);
  operatorCommands(program, context, ended);
  return program;
}

function addServiceKeys(keys: Command, context: Context, ended: (code: ExitCode) => void): void {
  const located = (command: Command): Command =>
    command
      .option('--root-key <path>', "the root's private key, PEM (default the local stack's)")
      .option('--manifest <path>', "authority.json (default the local stack's)")
      .option('--json', 'one JSON object a line')
      .addHelpText('after', EXIT_HELP);
  located(keys.command('rotate <service>').description('give a service its next key, without a restart'))
    .option('--key-file <path>', "the service's key file (default the local stack's)")
    .addOption(duration('--in <duration>', 'when it begins: all must have read the manifest', 300_000, '5m'))
    .action(async (service: string, { in: inMs, ...options }) =>
      ended(await rotate(context, service, { ...options, inMs, nowMs: Date.now() })),
    );
  located(
    keys.command('revoke <key>').description('a key in the wrong hands: only what was recorded of it before counts'),
  )
    .requiredOption('--at <time>', 'when it was lost, ISO 8601; rotate first')
    .action(async (key: string, options) => ended(await revoke(context, key, options)));
}

function addEligibility(eligibility: Command, context: Context, ended: (code: ExitCode) => void): void {
  eligibility
    .command('replay [what]')
    .description('judge again from the recorded facts and compare the bytes: an issue, a contract, a reference, or all')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXIT_HELP)
    .action(async (what: string | undefined) => ended(await replay(context, what)));

  eligibility
    .command('what-if')
    .description('judge every past proposal by draft parameters and list who would flip')
    .requiredOption('--parameters <path>', 'a YAML file such as docs/eligibility.md shows; - reads standard input')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXIT_HELP)
    .action(async ({ parameters }: { parameters: string }) => ended(await whatIf(context, parameters)));
}

const SAME_KEY = ['--idempotency-key <text>', 'the same key is the same decision (default made up)'] as const;
const collected = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** What a founder may do besides approving and rejecting. */
function founderCommands(
  command: (usage: string, description: string) => Command,
  context: Context,
  ended: (code: ExitCode) => void,
): void {
  command('clarify <contract>', 'ask the requestor; the time to live stands still')
    .requiredOption('--question <text>', 'the requestor reads it')
    .option(...SAME_KEY)
    .action(async (contract, { question, ...options }) => ended(await clarify(context, contract, question, options)));

  command('answer <contract>', 'record what the requestor answered')
    .requiredOption('--answer <text>')
    .option(...SAME_KEY)
    .action(async (contract, { answer, ...options }) =>
      ended(await answerQuestion(context, contract, answer, options)),
    );

  command('modify <contract>', 'replace a contract by a revision with other changes')
    .option('--set <capability#key=value>', 'a value to set, as JSON; can be repeated', collected, [])
    .option('--changes <path>', 'a JSON list of changes of any kind')
    .option('--reason <text>', 'why', '')
    .option(...SAME_KEY)
    .action(async (contract, options) => ended(await modify(context, contract, options)));

  command('note <contract>', 'add a note')
    .requiredOption('--note <text>')
    .option(...SAME_KEY)
    .action(async (contract, { note: text, ...options }) => ended(await note(context, contract, text, options)));

  command('attest <audit>', "sign, with the founder's own key, for checks that an audit could not tell")
    .requiredOption('--check <id>', 'can be repeated', collected)
    .requiredOption('--reason <text>', 'more than 10 characters')
    .option(...SAME_KEY)
    .action(async (audit, { check, ...options }) => ended(await attest(context, audit, { ...options, checks: check })));

  command('resolve <incident>', "close an incident, signed with the founder's own key")
    .requiredOption('--reason <text>', 'more than 10 characters')
    .option(...SAME_KEY)
    .action(async (incident, options) => ended(await resolve(context, incident, options)));

  command('acknowledge <what>', 'say that somebody looks into an incident, or settle an escalated issue')
    .option('--issue', 'it is an issue', false)
    .option('--note <text>', 'what was made of it; an issue needs one', '')
    .option(...SAME_KEY)
    .action(async (what, { issue, note: text, ...options }) =>
      ended(await acknowledge(context, what, text, { ...options, isIssue: issue })),
    );
}
