import { durationMs, durationText } from './durations';

describe('durations', () => {
  it('are read', () => {
    expect([durationMs('30s'), durationMs('24h'), durationMs('7d')]).toEqual([30_000, 86_400_000, 604_800_000]);
    expect(() => durationMs('1')).toThrow('It is a duration');
  });

  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3_661_000, '1 h 1 min'],
    [90_000_000, '1 d 1 h'],
    [86_405_000, '1 d'],
  ])('%i ms are %s for people', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
