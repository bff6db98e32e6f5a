/** What the exit codes mean; `--help` prints it. */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  notFound: 4,
  noAnswer: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes
  0  done as asked
  1  refused: a decision, an issue, an order; an issue published with --follow ended without its change; what was looked at
     needs somebody (status: not ready, parked or paused; follow: stuck; redrive: some are left)
  2  the command line is not understood
  3  the stack cannot be reached, or there is none
  4  there is no such service, contract, issue, reference, projection or parked message
  5  no answer in time

The stack is the one in MANDATE_STACK; \`npm run mandate -- …\` sets it, \`--data DIR\` names another.`;

/** A sentence for the person at the terminal, and the code to end with. */
export class CliRefusal extends Error {
  /** @param code  stable, for `--json` */
  constructor(
    readonly exitCode: ExitCode,
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
