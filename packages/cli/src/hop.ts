import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type Authorised,
  AuthorityViolation,
  type Cited,
  checkAuthority,
  decodeLink,
  decodeMandate,
  publicKeyOf,
  readManifest,
  rootOf,
  sha256,
  signedBytes,
  TOPICS,
} from '@mandate/contracts';
import { decode, type MessageName, messageNameOf } from '@mandate/schemas';
import type { Received } from './broker';
import { sentenceOf } from './sentences';
import type { Stack } from './stack';
import { shownInLine } from './terminal';

/** One hop as it is printed; with `--json` one object a line. */
export interface Hop {
  /** RFC 3339. */
  readonly time: string;
  readonly writer: string;
  readonly message: string;
  readonly says: string;
  readonly key: string;
  readonly version: number | null;
  readonly digest: string;
  readonly cites: { readonly message: string; readonly says: string | null; readonly digest: string } | null;
  /** Whether link, citations and signatures hold; `violation` says what does not. */
  readonly verified: boolean;
  readonly violation: string | null;
  readonly sentence: string;
}

/** The issue a record is about, read from its link alone; null where it has none. */
export function issueOf({ mandate }: Received): string | null {
  const read = mandate ? decodeMandate(mandate) : null;
  return (read && decodeLink(read.own.link)?.issueId) ?? null;
}

/** Reads records as hops and checks each as a consumer would, against the stack's signed manifest. */
export class HopReader {
  private readonly keys: ReadonlyMap<
    string,
    {
      readonly service: string;
      readonly key: ReturnType<typeof publicKeyOf>;
      readonly from: number;
      readonly to: number | null;
    }
  >;

  constructor(stack: Stack) {
    const root = createPublicKey(readFileSync(stack.rootPublicKeyFile));
    const manifest = readManifest(readFileSync(stack.manifestFile, 'utf8'), root);
    this.keys = new Map(
      manifest.services.map((k) => [
        k.key_id,
        {
          service: k.service,
          key: publicKeyOf(Buffer.from(k.public_key, 'base64')),
          from: k.valid_from,
          to: k.valid_to,
        },
      ]),
    );
  }

  /** A record of a CRM, who proves nothing. */
  ofCrm(record: Received): Hop {
    const digest = sha256(record.value).toString('hex');
    const { sentence } = this.contentOf('CrmIssue', record.value);
    const time = new Date(record.brokerTime).toISOString();
    const said = { writer: 'CRM', message: 'CrmIssue', says: 'ASKED', key: record.key.toString(), version: null };
    return { time, ...said, digest, cites: null, verified: true, violation: null, sentence };
  }

  /** A record of a service; null if it is no message at all. */
  of(record: Received): Hop | null {
    const mandate = record.mandate ? decodeMandate(record.mandate) : null;
    const link = mandate && decodeLink(mandate.own.link);
    if (!mandate || !link) return null;
    const cause = mandate.cause && decodeLink(mandate.cause.link);
    const violation = this.violationOf(record);
    return {
      time: new Date(link.time).toISOString(),
      ...{
        writer: link.writer,
        message: link.type,
        says: link.says,
        key: record.key.toString(),
        version: link.version,
      },
      digest: sha256(mandate.own.link).toString('hex'),
      cites: {
        message: cause?.type ?? 'CrmIssue',
        says: cause?.says ?? null,
        digest: link.causeDigest.toString('hex'),
      },
      ...{ verified: violation === null, violation },
      sentence: this.contentOf(link.type, record.value).sentence,
    };
  }

  private contentOf(name: MessageName, bytes: Buffer): { readonly sentence: string } {
    if (messageNameOf(bytes) !== name) return { sentence: 'cannot be read' };
    return { sentence: shownInLine(sentenceOf(name, decode(name, bytes))) };
  }

  private violationOf(record: Received): string | null {
    const topic = TOPICS.find((t) => t.name === record.topic);
    if (!topic) return 'WRONG_TOPIC';
    try {
      return this.signatureProblem(checkAuthority(topic, record.key, record.value, record.mandate));
    } catch (error) {
      if (error instanceof AuthorityViolation) return error.code;
      throw error;
    }
  }

  private signatureProblem({ cited }: Authorised): string | null {
    return cited.every((c) => this.holds(c.cited)) ? null : 'BAD_SIGNATURE';
  }

  private holds({ link: bytes, proof }: Cited): boolean {
    const link = decodeLink(bytes);
    const key = proof && this.keys.get(proof.keyId);
    const root = proof && rootOf(bytes, proof);
    if (!link || !key || !root || key.service !== link.writer) return false;
    if (link.time < key.from || (key.to !== null && link.time >= key.to)) return false;
    return verify(null, signedBytes(root), key.key, proof.signature);
  }
}

/** A hop on one line: time, writer, message, what it says and on what, and the sentence. */
export function hopLine(hop: Hop): string {
  const cites = hop.cites ? `on ${hop.cites.message}${hop.cites.says ? ` ${hop.cites.says}` : ''}` : '';
  const said = `${hop.message} ${hop.says}`;
  const flag = hop.verified ? '' : `NOT VERIFIED (${hop.violation}): `;
  return `${hop.time.slice(11, 23)}  ${hop.writer.padEnd(11)}  ${said.padEnd(34)}  ${cites.padEnd(37)}  ${flag}${hop.sentence}`.trimEnd();
}
