import { duration, fieldInstant, fieldValue, local, relative, span, utc } from './moment';

const AT = Date.UTC(2026, 10, 25, 1, 18, 55);

describe('times', () => {
  it('are told in at most two units', () => {
    expect([0, 59_999, 60_000, 3_600_000, 3_660_000, 90_000_000, 604_800_000].map(span)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '1 h',
      '1 h 1 min',
      '1 d 1 h',
      '7 d',
    ]);
    expect(duration(500)).toBe('500 ms');
  });

  it('are told from now, before and after', () => {
    expect(relative(AT + 61_000, AT)).toBe('in 1 min');
    expect(relative(AT - 7_200_000, AT)).toBe('2 h ago');
    expect(relative(AT, AT)).toBe('now');
  });

  it('are told in the reader’s zone, with the year where it is another', () => {
    expect(local(AT, AT, 'Europe/Berlin')).toBe('25 Nov, 02:18:55');
    expect(local(AT, AT + 366 * 86_400_000, 'UTC')).toBe('25 Nov 2026, 01:18:55');
    expect(utc(AT)).toBe('2026-11-25 01:18:55 UTC');
  });

  it('go into a field and come back, to the minute', () => {
    expect(fieldInstant(fieldValue(AT))).toBe(AT - 55_000);
    expect(fieldInstant('')).toBeNull();
  });
});
