import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const TOLERANCE_S = 300;

/**
 * Why a message is not genuine (Standard Webhooks); null if it is.
 * @param nowS the present time in epoch seconds: what is older or newer by five minutes is refused
 */
export function whyNotGenuine(headers: IncomingHttpHeaders, body: Buffer, secret: Buffer, nowS: number): string | null {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return 'webhook-id, webhook-timestamp and webhook-signature are wanted';
  if (!/^\d+$/.test(timestamp) || Math.abs(nowS - Number(timestamp)) > TOLERANCE_S)
    return 'webhook-timestamp is too far from now';
  const wanted = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
  const isSigned = signatures
    .split(' ')
    .filter((s) => s.startsWith('v1,'))
    .map((s) => Buffer.from(s.slice('v1,'.length), 'base64'))
    .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted));
  return isSigned ? null : 'no signature fits';
}
