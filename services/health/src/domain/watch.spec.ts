import { watched, worseOf } from './watch';

const seconds = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => (from + i) * 1_000);
const record = {
  scope: 'SYSTEM',
  before: 'HEALTHY' as const,
  said: [] as { state: 'HEALTHY' | 'UNHEALTHY' | 'DEGRADED'; basis: 'own'; at: number }[],
  observedAt: seconds(70, 110),
};

describe('a scope that is watched', () => {
  it('stays as it was before when nothing else was said', () => {
    expect(watched(record, 100_000, 110_000)).toEqual({
      scope: 'SYSTEM',
      before: 'HEALTHY',
      after: 'HEALTHY',
      worst: 'HEALTHY',
      samples: 10,
    });
  });

  it('remembers the worst although it recovered', () => {
    const said = [
      { state: 'UNHEALTHY', basis: 'own', at: 102_000 },
      { state: 'HEALTHY', basis: 'own', at: 106_000 },
    ] as const;
    expect(watched({ ...record, said }, 100_000, 110_000)).toMatchObject({ after: 'HEALTHY', worst: 'UNHEALTHY' });
  });

  it('is as bad as it was before the job, if that was worse', () => {
    const said = [{ state: 'HEALTHY', basis: 'own', at: 101_000 }] as const;
    expect(watched({ ...record, before: 'DEGRADED', said }, 100_000, 110_000)).toMatchObject({
      worst: 'DEGRADED',
      after: 'HEALTHY',
    });
  });

  it('is UNKNOWN when nothing was observed for more than 30 s', () => {
    const gap = { ...record, observedAt: [...seconds(70, 100), 131_000] };
    expect(watched(gap, 100_000, 131_000)).toMatchObject({ after: 'HEALTHY', worst: 'UNKNOWN' });
    expect(watched({ ...record, observedAt: seconds(70, 99) }, 100_000, 130_000)).toMatchObject({
      after: 'UNKNOWN',
      worst: 'UNKNOWN',
    });
    expect(watched({ ...record, observedAt: [] }, 100_000, 110_000)).toMatchObject({ after: 'UNKNOWN', samples: 0 });
  });

  it('does not let not knowing hide that something was ill', () => {
    expect(worseOf('UNHEALTHY', 'UNKNOWN')).toBe('UNHEALTHY');
    expect(worseOf('UNKNOWN', 'DEGRADED')).toBe('DEGRADED');
    expect(worseOf('HEALTHY', 'UNKNOWN')).toBe('UNKNOWN');
  });
});
