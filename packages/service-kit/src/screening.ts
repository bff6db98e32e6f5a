import {
  type Authorised,
  AuthorityViolation,
  checkAuthority,
  checkValue,
  decodeLink,
  decodeMandate,
  edgeOfValue,
  linkDigest,
  MANDATE_HEADER,
  type Reader,
  type Topic,
} from '@mandate/contracts';
import { decode, type MessageName, messageNameOf, UndecodableError } from '@mandate/schemas';
import type { Logger } from 'pino';
import type { Message, RawMessage } from './hop';
import type { Keyring } from './keyring';
import type { Metrics } from './metrics';
import type { Stopped } from './parking';

export interface ScreeningOptions {
  readonly topic: Topic;
  readonly reader: Reader;
  readonly keyring: Keyring;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Off only in `bench/`. */
  readonly checks: boolean;
}

/** What happens to a record before a handler sees it: size gate, authority check, decoding (CHAIN-002, CHAIN-003). */
export class Screening {
  private readonly isRaw: boolean;

  constructor(private readonly o: ScreeningOptions) {
    this.isRaw = o.topic.messages[0] === 'CrmIssue';
  }

  /** What becomes of a message that can never work: it holds its key where each message counts, nothing elsewhere. */
  stop(message: RawMessage, code: string, reason: string): Stopped {
    return { kind: this.o.reader.mode === 'decide' && !this.isRaw ? 'PARKED' : 'SET_ASIDE', message, code, reason };
  }

  /** Size gate, authority check, decoding. */
  async screen(records: readonly RawMessage[]): Promise<{ accepted: RawMessage[]; stopped: Stopped[] }> {
    if (this.isRaw) return { accepted: [...records], stopped: [] };
    const accepted: RawMessage[] = [];
    const stopped: Stopped[] = [];
    await Promise.all(records.map((r) => this.screenOne(r))).then((results) => {
      for (const result of results) {
        if (!result) continue;
        if ('code' in result) stopped.push(result);
        else accepted.push(result);
      }
    });
    return { accepted, stopped };
  }

  private async screenOne(record: RawMessage): Promise<Message<unknown> | Stopped | null> {
    const { topic, reader } = this.o;
    try {
      if (record.bytes.length > topic.valueBytesMax)
        return { ...this.stop(record, 'TOO_LARGE', `${record.bytes.length} bytes`), kind: 'SET_ASIDE' };
      const name = messageNameOf(record.bytes);
      const authorised = this.o.checks
        ? checkAuthority(topic, record.key, record.bytes, record.headers[MANDATE_HEADER])
        : unchecked(record);
      if (this.o.checks) await this.o.keyring.verify(authorised, record);
      if (name && name !== authorised.link.type)
        throw new UndecodableError(`says ${authorised.link.type} but holds a ${name}`);
      if (reader.messages && !reader.messages.includes(authorised.link.type)) return null;
      const value = decode(authorised.link.type as MessageName, record.bytes);
      if (this.o.checks) checkValue(authorised.link, record.key, value as object);
      const { link, cause, may, approve, digest } = authorised;
      return {
        ...record,
        value,
        link,
        edge: edgeOfValue(authorised.edge, cause?.says ?? null, link.says, value),
        cause,
        may,
        approve,
        digest,
        mandate: record.headers[MANDATE_HEADER] as Buffer,
      };
    } catch (error) {
      if (error instanceof AuthorityViolation) {
        this.o.metrics.violations.inc({ code: error.code });
        this.o.logger.error(
          { topic: record.topic, partition: record.partition, offset: record.offset, code: error.code },
          `authority violation (${error.code}): ${error.message}`,
        );
        return { kind: 'SET_ASIDE', message: record, code: error.code, reason: error.message };
      }
      if (error instanceof UndecodableError) return this.stop(record, error.code, error.message);
      throw error;
    }
  }
}

/** The bench's mandate-off path: the link is read, nothing is checked. */
function unchecked(record: RawMessage): Authorised {
  const mandate = decodeMandate(record.headers[MANDATE_HEADER] ?? Buffer.alloc(0));
  const link = mandate && decodeLink(mandate.own.link);
  if (!mandate || !link) throw new UndecodableError('has no readable link');
  const read = (c: typeof mandate.cause) => (c ? decodeLink(c.link) : null);
  return {
    mandate,
    link,
    digest: linkDigest(mandate.own.link),
    cause: read(mandate.cause),
    may: read(mandate.may),
    approve: read(mandate.approve),
    edge: { cause: 'NOTHING', causeSays: [], type: link.type, says: [link.says], effect: true },
    cited: [],
  };
}
