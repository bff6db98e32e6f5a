import { runInNewContext } from 'node:vm';
import { newId, topicOf } from '@mandate/contracts';
import { encode } from '@mandate/schemas';
import { describeError } from './error-text';
import { PermanentFault } from './faults';
import { FrameworkLog, idsOf, makeLogger } from './logger';

const PRIVATE = [
  'Erika Mustermann',
  'erika@example.com',
  '+49 170 1234567',
  'hunter2-Secret!',
  'eyJhbGciOi.eyJzdWIi.c2ln',
];

function log(): { logger: ReturnType<typeof makeLogger>; lines: () => Record<string, unknown>[]; text: () => string } {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  const logger = makeLogger('contract', 'info', { write });
  return {
    logger,
    text: () => text,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l) as never),
  };
}

const thrownBy = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new TypeError('nothing was thrown');
};

/** What TypeORM throws: the driver's error with the statement and all its parameters hung on it. */
function queryFailed(code: string, message: string): Error {
  const driverError = Object.assign(new Error(message), {
    code,
    severity: 'ERROR',
    detail: `Key (body)=(${PRIVATE[0]})`,
  });
  return Object.assign(new Error(message), { query: 'INSERT …', parameters: PRIVATE, driverError });
}

describe('the log', () => {
  it('is a JSON object a line, with the ids of trace, issue and contract', () => {
    const { logger, lines } = log();
    const [issueId, contractId] = [newId(1), newId(2)];
    const message = { topic: topicOf('JobChanged').name, key: Buffer.from(contractId), link: { issueId }, value: {} };
    logger.warn({ ...idsOf(message as never) }, 'something about it');
    expect(lines()).toMatchObject([
      { name: 'contract', issue_id: issueId, contract_id: contractId, trace_id: issueId.replaceAll('-', '') },
    ]);
  });

  it('believes nothing that a message says which failed the authority check', () => {
    expect(idsOf({ topic: 'mandate.jobs.v1', key: Buffer.from(newId(1)) } as never)).toEqual({});
  });

  it('tells no person: a sign that is the same for the same one, and the network of an address', () => {
    const { logger, lines, text } = log();
    logger.warn({ subject: 'founder@local', ip: '192.168.7.23' }, 'access is refused');
    logger.warn({ founder: 'founder@local', ip: '2001:db8:1:2::7' }, 'a key is asked for');
    const [first, second] = lines() as [Record<string, unknown>, Record<string, unknown>];
    expect(first['subject']).toMatch(/^#[0-9a-f]{12}$/);
    expect(second['founder']).toBe(first['subject']);
    expect([first['ip'], second['ip']]).toEqual(['192.168.7.0/24', '2001:db8:1::/48']);
    expect(text()).not.toContain('founder@local');
  });

  it.each([
    [
      'a failed statement, with its parameters',
      () => queryFailed('23505', 'duplicate key value violates unique constraint "x"'),
    ],
    [
      'a value that the database quotes',
      () => queryFailed('22P02', `invalid input syntax for type uuid: "${PRIVATE[0]}"`),
    ],
    ['a parser that quotes its text', () => thrownBy(() => JSON.parse(`${PRIVATE.join()}`))],
    ['an encoder that quotes its value', () => thrownBy(() => encode('CrmIssue', { subject: PRIVATE } as never))],
    ['a number that is none', () => thrownBy(() => BigInt(PRIVATE[0] as string))],
    ['a library', () => runInNewContext('new Error(text)', { text: PRIVATE.join() }) as Error],
    [
      'a fault on the fault of another',
      () => new PermanentFault('X', 'it cannot be read', { cause: queryFailed('22001', PRIVATE.join()) }),
    ],
    ['a string that was thrown', () => PRIVATE.join() as never],
  ])('of %s it tells the kind, not the content', (_, make) => {
    const { logger, text } = log();
    const error = make();
    logger.error({ err: error }, describeError(error));
    if (error instanceof Error) new FrameworkLog(logger).error(error);
    for (const secret of PRIVATE) expect(text()).not.toContain(secret);
    expect(text().length).toBeGreaterThan(100);
  });

  it('tells why a system is not reached, and that a connection has gone', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    expect(describeError(new AggregateError([refused]))).toBe('connect ECONNREFUSED 127.0.0.1:1');
    expect(describeError(runInNewContext("new Error('Connection terminated unexpectedly')"))).toMatch(
      /^Connection term/,
    );
  });

  it('tells our own texts, of the database what it names, and where an error comes from', () => {
    const { logger, lines } = log();
    const error = new PermanentFault('NOT_FOUND', 'there is no contract 7', {
      cause: queryFailed('23505', 'duplicate key value violates unique constraint "x"'),
    });
    logger.error({ err: error }, describeError(error));
    const [line] = lines() as [{ msg: string; err: { code: string; stack: string } }];
    expect(line.msg).toBe('there is no contract 7 <- duplicate key value violates unique constraint "x"');
    expect(line.err.code).toBe('NOT_FOUND');
    expect(line.err.stack).toMatch(/^\s+at .*logger\.spec/);
  });

  it.each([
    ['an address', 'told erika@example.com', 'told (address)'],
    ['a bearer token', 'sent Bearer abc.def-ghi', 'sent Bearer (secret)'],
    ['a token', `has ${PRIVATE[4]}`, 'has (token)'],
    ['a password in a URL', 'cannot reach postgres://user:pass@host/db', 'cannot reach postgres://(secret)@host/db'],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----', '(private key)'],
  ])('lets %s into no line, even if it is written there', (_, text, told) => {
    const { logger, lines } = log();
    logger.warn(text);
    expect(lines()[0]?.['msg']).toBe(told);
  });
});
