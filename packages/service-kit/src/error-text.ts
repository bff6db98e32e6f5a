import { types } from 'node:util';

/**
 * What of an error may stand in a log. Texts of our own code, of the system, of the broker's client and of the database tell
 * places and names; other libraries quote what they were given (a parser its text, an encoder its value), so of theirs only
 * the kind is told. Nobody has to remember this where an error is logged: there is no other way to.
 */
interface Fault extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly severity?: unknown;
  readonly driverError?: unknown;
}

const CHAIN_MAX = 6;
const FRAMES_MAX = 12;
const LIBRARY_TEXT =
  /^(fetch failed|Connection (terminated|ended)[a-z ]*|Connection is not established|server closed the connection[a-z ]*|timeout exceeded when trying to connect|Client has encountered a connection error and is not queryable|Driver not Connected|Cannot use a pool after calling end on the pool)\.?$/i;

/** The whole chain of an error in one line. */
export function describeError(error: unknown): string {
  return chainOf(error).map(textOf).join(' <- ');
}

/** An error as it is logged: what it is and where it comes from, and no property that a library hung on it. */
export function loggedError(error: unknown): object {
  const [first] = chainOf(error);
  if (!isError(first)) return { type: typeof error, message: describeError(error) };
  const code = codeOf(first);
  return {
    type: kindOf(first),
    ...(code === null ? {} : { code }),
    message: describeError(error),
    stack: framesOf(first).slice(0, FRAMES_MAX).join('\n'),
  };
}

/** Of any realm: a library may run in one of its own. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let e = error; e !== undefined && e !== null && chain.length < CHAIN_MAX; e = (e as Error).cause) chain.push(e);
  return chain;
}

function textOf(error: unknown): string {
  if (!isError(error)) return 'something that is no error was thrown';
  // Every address of a host was tried, each in vain for a reason of its own.
  const { errors } = error as Partial<AggregateError>;
  if (error.name === 'AggregateError' && errors?.length) return textOf(errors[0]);
  const { message } = error;
  const sql = sqlStateOf(error);
  if (sql !== null) return sql.startsWith('22') ? `a value does not fit its column (SQLSTATE ${sql})` : message;
  const isSystem = typeof (error as Fault).syscall === 'string' || error.name.startsWith('KafkaJS');
  if (isSystem || isOurs(error) || LIBRARY_TEXT.test(message)) return message;
  const code = codeOf(error);
  return `${kindOf(error)}${code === null ? '' : ` ${code}`} (its text is not logged)`;
}

/** A class of ours does not repeat its name in every error. */
function kindOf(error: Error): string {
  return error.name === 'Error' ? error.constructor.name : error.name;
}

/** Five characters that PostgreSQL gives, through the driver and through TypeORM. */
function sqlStateOf(error: Fault): string | null {
  const of = (error.driverError ?? error) as Fault;
  return typeof of.severity === 'string' && typeof of.code === 'string' ? of.code : null;
}

function codeOf(error: Fault): string | null {
  return typeof error.code === 'string' && /^[A-Z0-9_]{2,60}$/.test(error.code) ? error.code : null;
}

/** It was made by our code, not by a library or a built-in function such as JSON.parse that our code called. */
function isOurs(error: Error): boolean {
  const file = /(?:\(|at (?:async )?)((?:file:\/\/)?(?:\/|[A-Z]:\\).*)$/.exec(framesOf(error)[0] ?? '')?.[1];
  return file !== undefined && !/[\\/]node_modules[\\/](?!(\.pnpm[\\/])?@mandate)/.test(file);
}

function framesOf(error: Error): string[] {
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}
