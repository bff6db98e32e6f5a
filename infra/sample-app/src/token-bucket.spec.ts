import { TokenBuckets } from './token-bucket';

describe('token buckets', () => {
  const rate = { perMinute: 60, burst: 3 };

  it('allow a burst, then what comes back at the rate', () => {
    const buckets = new TokenBuckets();
    expect([0, 0, 0].map((now) => buckets.take('a', rate, now))).toEqual([{ left: 2 }, { left: 1 }, { left: 0 }]);
    expect(buckets.take('a', rate, 0)).toEqual({ retryAfterMs: 1_000 });
    expect(buckets.take('a', rate, 1_000)).toEqual({ left: 0 });
  });

  it('follow a rate that is changed meanwhile', () => {
    const buckets = new TokenBuckets();
    for (let i = 0; i < 3; i++) buckets.take('a', rate, 0);
    expect(buckets.take('a', { perMinute: 600, burst: 3 }, 100)).toEqual({ left: 0 });
  });

  it('are one per customer, and are not kept for ever', () => {
    const buckets = new TokenBuckets();
    for (let i = 0; i < 3; i++) buckets.take('a', rate, 0);
    expect(buckets.take('b', rate, 0)).toEqual({ left: 2 });
    for (let i = 0; i < 1_000; i++) buckets.take(`c${i}`, rate, 0);
    expect(buckets.take('a', rate, 0)).toEqual({ left: 2 });
  });
});
