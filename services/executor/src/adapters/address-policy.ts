import { BlockList, isIP } from 'node:net';

/** An address of a host, as the resolver gives it. */
export interface Address {
  readonly address: string;
  readonly family: number;
}
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

/** Not public: private, loopback, link-local (with the clouds' metadata), shared, documentation, benchmarks, multicast. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

/** The addresses that a target may have although they are not public. @throws Error naming what is no range */
export function rangesOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    const family = isIP(address);
    const size = Number(bits);
    const isRange = family !== 0 && /^\d+$/.test(bits) && size <= (family === 4 ? 32 : 128);
    if (!isRange) throw new Error(`${range} is no address range such as 10.1.0.0/16`);
    list.addSubnet(address, size, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

const notPublic = rangesOf(NOT_PUBLIC);

/** Whether a webhook may be sent to an address. An IPv4 address inside an IPv6 one counts as what it is. */
export function mayCall(address: string, allowed: BlockList): boolean {
  const plain = v4Inside(address) ?? address;
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
  return isIP(plain) !== 0 && (!notPublic.check(plain, family) || allowed.check(plain, family));
}

/** The IPv4 address that `::ffff:a.b.c.d` stands for, however it is written. */
function v4Inside(address: string): string | null {
  const [, tail] = /^(?:0*:)*?:?ffff:([0-9a-f.:]+)$/i.exec(address) ?? [];
  if (tail === undefined) return null;
  if (isIP(tail) === 4) return tail;
  const [, high, low] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(tail) ?? [];
  if (high === undefined || low === undefined) return null;
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

/** A host that resolves to an address which may not be called. Nothing was sent. */
export class AddressRefused extends Error {}

/**
 * The one address that a host is called at: resolved here once, checked, and then used as it is, so that a second answer of
 * a name server cannot lead elsewhere. A name with one address that may not be called is refused as a whole.
 *
 * @throws AddressRefused; or what the resolver throws
 */
export async function pinnedAddress(url: URL, allowed: BlockList, resolve: Resolve): Promise<Address> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const found = family ? [{ address: host, family }] : await resolve(host);
  const refused = found.find((a) => !mayCall(a.address, allowed));
  if (refused) throw new AddressRefused(`${host} is at ${refused.address}, which may not be called`);
  const [first] = found;
  if (!first) throw new AddressRefused(`${host} has no address`);
  return first;
}
