import { areConstraints, areTightened } from './constraints';

const offered = { max_duration_ms: 60_000, step_timeout_ms: 5_000, steps_per_minute: 60, allowed_targets: ['a', 'b'] };
const open = { ...offered, allowed_targets: [] };

describe('AM-21: constraints', () => {
  it.each([{ max_duration_ms: 1 }, { allowed_targets: ['a'] }, {}])('may be tightened to %j', (but) => {
    expect(areTightened({ ...offered, ...but }, offered)).toBe(true);
  });
  it.each([
    { max_duration_ms: 60_001 },
    { step_timeout_ms: 5_001 },
    { steps_per_minute: 61 },
    { allowed_targets: ['c'] },
    { allowed_targets: [] },
  ])('may not be widened to %j', (but) => {
    expect(areTightened({ ...offered, ...but }, offered)).toBe(false);
  });
  it('an empty list of targets is the widest', () =>
    expect(areTightened({ ...open, allowed_targets: ['c'] }, open)).toBe(true));
  it.each([
    null,
    {},
    [],
    { ...offered, max_duration_ms: 0 },
    { ...offered, steps_per_minute: '60' },
    { ...offered, allowed_targets: [1] },
  ])('%j are none', (value) => expect(areConstraints(value)).toBe(false));
});
