import { freePorts, portOffsets, portsFrom, refuseUsedPorts } from './ports';

describe('the port table', () => {
  it('gives every part a port of its own', () => {
    const offsets = Object.values(portOffsets);
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(portsFrom(17_400)).toMatchObject({ broker: 17_400, review: 17_414 });
  });

  it('keeps two stacks apart whose bases are 100 apart', () => {
    expect(Math.max(...Object.values(portOffsets))).toBeLessThan(100);
  });

  it('finds free ports and takes them for free', async () => {
    const [one, two] = (await freePorts(2)) as [number, number];
    expect(one).not.toBe(two);
    await expect(refuseUsedPorts({ one, two })).resolves.toBeUndefined();
  });

  it('gives no port to two who ask before either listens', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => freePorts(20)));
    expect(new Set(asked.flat()).size).toBe(400);
  });
});
