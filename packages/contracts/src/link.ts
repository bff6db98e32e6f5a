import { LINKED, type LinkedName, SAYS, type Says, SERVICES, type Service } from './authority';
import { sha256 } from './plan';

/** What a message means, in the fixed layout that is hashed and signed (spec 4-mandate "Link"). */
export interface Link {
  readonly writer: Service;
  readonly type: LinkedName;
  readonly says: Says;
  readonly messageId: string;
  /** Zeros for HealthChanged and DEFINED capabilities. */
  readonly issueId: string;
  /** SHA-256 of the record key; 32 bytes. */
  readonly subject: Buffer;
  readonly version: number;
  /** Epoch milliseconds, the writer's clock. */
  readonly time: number;
  /** SHA-256 of the value bytes; 32 bytes. */
  readonly valueDigest: Buffer;
  /** 32 bytes; zeros before the proposal. */
  readonly planDigest: Buffer;
  /** SHA-256 of the cause's link, of the CRM's bytes, or of the catalogue; zeros where nothing is cited. */
  readonly causeDigest: Buffer;
}

export const LINK_BYTES = 180;
export const ZERO_DIGEST = Buffer.alloc(32);
export const NIL_ID = '00000000-0000-0000-0000-000000000000';
const LINK_FORMAT = 1;

/** Bytes of a uuid. @throws TypeError if it is not one */
export function uuidBytes(id: string): Buffer {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16 || id.length !== 36) throw new TypeError(`not a uuid, but ${id.length} characters`);
  return bytes;
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Lays a link out as 180 bytes. @throws RangeError or TypeError if a part does not fit */
export function encodeLink(link: Link): Buffer {
  const bytes = Buffer.alloc(LINK_BYTES);
  bytes.writeUInt8(LINK_FORMAT, 0);
  bytes.writeUInt8(SERVICES.indexOf(link.writer), 1);
  bytes.writeUInt8(LINKED.indexOf(link.type), 2);
  bytes.writeUInt8(SAYS.indexOf(link.says), 3);
  uuidBytes(link.messageId).copy(bytes, 4);
  uuidBytes(link.issueId).copy(bytes, 20);
  copyDigest(link.subject, bytes, 36);
  bytes.writeBigUInt64BE(BigInt(link.version), 68);
  bytes.writeBigUInt64BE(BigInt(link.time), 76);
  copyDigest(link.valueDigest, bytes, 84);
  copyDigest(link.planDigest, bytes, 116);
  copyDigest(link.causeDigest, bytes, 148);
  return bytes;
}

function copyDigest(digest: Buffer, into: Buffer, at: number): void {
  if (digest.length !== 32) throw new RangeError(`a digest has 32 bytes, not ${digest.length}`);
  digest.copy(into, at);
}

/** Reads a link, or null if the bytes are none. */
export function decodeLink(bytes: Buffer): Link | null {
  if (bytes.length !== LINK_BYTES || bytes[0] !== LINK_FORMAT) return null;
  const writer = SERVICES[bytes[1] as number];
  const type = LINKED[bytes[2] as number];
  const says = SAYS[bytes[3] as number];
  const version = bytes.readBigUInt64BE(68);
  const time = bytes.readBigUInt64BE(76);
  if (!writer || !type || !says || version > MAX_SAFE || time > MAX_SAFE) return null;
  return {
    writer,
    type,
    says,
    messageId: uuidText(bytes.subarray(4, 20)),
    issueId: uuidText(bytes.subarray(20, 36)),
    subject: bytes.subarray(36, 68),
    version: Number(version),
    time: Number(time),
    valueDigest: bytes.subarray(84, 116),
    planDigest: bytes.subarray(116, 148),
    causeDigest: bytes.subarray(148, 180),
  };
}

/** A link's time alone, for who signs many; epoch milliseconds. */
export function linkTime(bytes: Buffer): number {
  return Number(bytes.readBigUInt64BE(76));
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** A message's identity: SHA-256 of its link. */
export function linkDigest(link: Buffer): Buffer {
  return sha256(link);
}
