import { nextTry } from './delivery';

describe('a delivery that failed', () => {
  it('is tried again later each time, at least once an hour', () => {
    expect([1, 2, 3, 4].map((failures) => nextTry(failures, 0, 0))).toEqual([10_000, 20_000, 40_000, 80_000]);
    expect(nextTry(40, 0, 0)).toBe(3_600_000);
  });

  it('is given up after two days: the page’s attention list still has it', () => {
    expect(nextTry(50, 0, 172_799_999)).not.toBeNull();
    expect(nextTry(50, 0, 172_800_000)).toBeNull();
  });
});
