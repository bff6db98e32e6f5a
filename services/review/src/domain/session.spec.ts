import { endsOf, isLive, isWorthNoting } from './session';

const limits = { idleMs: 30_000, lifetimeMs: 100_000 };

describe('a session', () => {
  it('ends when it has not been used for the idle time, and not a millisecond before', () => {
    expect(isLive({ startedAt: 0, seenAt: 10_000 }, limits, 39_999)).toBe(true);
    expect(isLive({ startedAt: 0, seenAt: 10_000 }, limits, 40_000)).toBe(false);
  });

  it('ends at its absolute time however often it is used', () => {
    expect(isLive({ startedAt: 0, seenAt: 99_999 }, limits, 100_000)).toBe(false);
    expect(endsOf({ startedAt: 0, seenAt: 99_999 }, limits)).toEqual({ idleAt: 100_000, absoluteAt: 100_000 });
  });

  it('has its use noted from time to time, not at each request', () => {
    expect(isWorthNoting({ startedAt: 0, seenAt: 10_000 }, limits, 10_999)).toBe(false);
    expect(isWorthNoting({ startedAt: 0, seenAt: 10_000 }, limits, 11_000)).toBe(true);
  });
});
