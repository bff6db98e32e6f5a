import { inOrder } from './chain';

const hop = (name: number, cause: number, at: number) => ({
  name,
  digest: Buffer.from([name]),
  cause_digest: Buffer.from([cause]),
  at,
});
const order = (...hops: ReturnType<typeof hop>[]) => inOrder(hops).map((h) => h.name);

describe('the order of a chain', () => {
  it('is that of time', () => expect(order(hop(2, 1, 20), hop(1, 0, 10))).toEqual([1, 2]));
  it('puts a cause first within one millisecond', () =>
    expect(order(hop(3, 2, 5), hop(2, 1, 5), hop(1, 0, 5))).toEqual([1, 2, 3]));
  it('puts a cause first though its writer’s clock is ahead', () =>
    expect(order(hop(2, 1, 5), hop(1, 0, 9))).toEqual([1, 2]));
  it('keeps a hop whose cause is not known', () => expect(order(hop(2, 9, 5))).toEqual([2]));
});
