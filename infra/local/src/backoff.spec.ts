import { restartDelayMs } from './backoff';

describe('the delay before a restart', () => {
  it('doubles from 0.5 s to 30 s while the process keeps ending', () => {
    const delays: number[] = [];
    for (let count = 0; count < 9; count += 1) delays.push(restartDelayMs(delays.at(-1), 1_000));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('begins again after a minute up', () => {
    expect(restartDelayMs(30_000, 60_000)).toBe(500);
    expect(restartDelayMs(8_000, 59_999)).toBe(16_000);
  });
});
