import { mayCall, pinnedAddress, rangesOf } from './address-policy';

const none = rangesOf([]);
const url = (host: string) => new URL(`https://${host}/hooks`);

describe('where a webhook may go', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '10.0.0.1',
    '172.16.3.4',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '::127.0.0.1',
    'not an address',
  ])('refuses %s, which is not public', (address) => {
    expect(mayCall(address, none)).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('allows %s, which is public', (address) => {
    expect(mayCall(address, none)).toBe(true);
  });

  it('allows what its operator lists, and nothing beside it', () => {
    const own = rangesOf(['10.1.0.0/16', '::1/128']);
    expect(['10.1.2.3', '::ffff:10.1.2.3', '::1', '10.2.0.1', '127.0.0.1'].map((a) => mayCall(a, own))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(() => rangesOf(['10.1.0.0'])).toThrow('10.1.0.0 is no address range');
  });

  it('resolves a name once and refuses it if one of its addresses may not be called', async () => {
    const mixed = () =>
      Promise.resolve([
        { address: '8.8.8.8', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    await expect(pinnedAddress(url('target.example'), none, mixed)).rejects.toThrow('target.example is at 10.0.0.1');
    await expect(pinnedAddress(url('gone.example'), none, () => Promise.resolve([]))).rejects.toThrow('no address');
    const good = () => Promise.resolve([{ address: '8.8.8.8', family: 4 }]);
    await expect(pinnedAddress(url('target.example'), none, good)).resolves.toEqual({ address: '8.8.8.8', family: 4 });
  });

  it.each(['0x7f000001', '2130706433', '127.1', '[::ffff:127.0.0.1]', '0177.0.0.1'])(
    'reads the address %s as what it is',
    async (host) => {
      const never = () => Promise.reject(new Error('asked a name server'));
      await expect(pinnedAddress(url(host), none, never)).rejects.toThrow('may not be called');
    },
  );
});
