import { createHash } from 'node:crypto';
import { decodeLink, type Link, linkDigest, type Mandate, NIL_ID, readingsOf, type Service } from '@mandate/contracts';

/** W3C Trace Context; only on messages of sampled traces, and never part of what is signed. */
export const TRACEPARENT_HEADER = 'traceparent';

/** An issue is a trace, whoever speaks of it and however much later: its id is the trace's. */
export function traceIdOf(issueId: string): string {
  return issueId.replaceAll('-', '');
}

/** Of the message with this link digest: its being said, from the decision to the broker having it. */
export function sendSpanId(digest: Buffer): string {
  return digest.toString('hex', 0, 8);
}

/** What is told to the next reader of a sampled message. */
export function traceparentOf(traceId: string, digest: Buffer): string {
  return `00-${traceId}-${sendSpanId(digest)}-01`;
}

const RANDOM_DIGITS = 12;
const RANDOM_RANGE = 16 ** RANDOM_DIGITS;

/**
 * Whether a trace is in a ratio of all, by the bits of its id that are random in every version of UUID: every service with
 * the same ratio, or a larger one, says the same.
 */
export function isInRatio(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) >= (1 - ratio) * RANDOM_RANGE;
}

/**
 * Names the spans of one service. All ids follow from links, which every message carries and whoever cites stores: a
 * decision after a week, a timer and a restarted process find their parents without anything being kept for it.
 */
export class SpanIds {
  private readonly masks: Readonly<Record<'hop' | 'evidence', Buffer>>;
  /** Message types by how this service reads them. */
  private readonly reads: ReadonlyMap<string, 'hop' | 'evidence'>;

  constructor(private readonly service: Service) {
    this.masks = { hop: maskOf(`${service}/hop`), evidence: maskOf(`${service}/evidence`) };
    const reads = new Map<string, 'hop' | 'evidence'>();
    for (const { topic, reader } of readingsOf(service)) {
      for (const message of reader.messages ?? topic.messages)
        if (reader.mode !== 'evidence') reads.set(message, 'hop');
        else if (!reads.has(message)) reads.set(message, 'evidence');
    }
    this.reads = reads;
  }

  /** Of this service taking in the message (or the bytes from outside) with this digest. */
  ofProcessing(digest: Buffer, reading: 'hop' | 'evidence' = 'hop'): string {
    const id = Buffer.from(digest.subarray(8, 16));
    const mask = this.masks[reading];
    for (let i = 0; i < id.length; i++) id[i] = (id[i] as number) ^ (mask[i] as number);
    return id.toString('hex');
  }

  /**
   * The span under which this service said a message: its own taking in of what the message cites. Where that was about
   * another issue, a permit of this one; null where nothing of this trace led to it.
   */
  parentOf(own: Link, mandate: Mandate): string | null {
    for (const cited of [mandate.cause, mandate.approve, mandate.may]) {
      const link = cited && decodeLink(cited.link);
      if (cited && link?.issueId === own.issueId) return this.ofCited(link, linkDigest(cited.link));
    }
    return this.isFromOutside(own, mandate) ? this.ofProcessing(own.causeDigest) : null;
  }

  /** The message cites bytes from outside the chain. */
  isFromOutside(own: Link, mandate: Mandate): boolean {
    return mandate.cause === null && own.causeDigest.some((byte) => byte !== 0);
  }

  private ofCited(link: Link, digest: Buffer): string {
    const reading = link.writer === this.service ? undefined : this.reads.get(link.type);
    return reading ? this.ofProcessing(digest, reading) : sendSpanId(digest);
  }
}

function maskOf(name: string): Buffer {
  return createHash('sha256').update(name).digest().subarray(0, 8);
}

/** False for what is about no issue: health, definitions. */
export function isOfIssue(link: Link): boolean {
  return link.issueId !== NIL_ID;
}
