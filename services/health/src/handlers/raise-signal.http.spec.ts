import { readRaising } from './raise-signal.http';

const signal = { scope: 'SYSTEM', kind: 'freeze', reason: 'stop', expires_at: '2026-11-24T13:00:00+01:00' };

describe('a request to raise a signal', () => {
  it('is taken as it should be', () => {
    expect(readRaising(signal)).toEqual({ ...signal, expires_at: Date.UTC(2026, 10, 24, 12) });
  });

  it.each([
    ['scope', 7],
    ['scope', ''],
    ['kind', 'stop'],
    ['kind', undefined],
    ['reason', ' '],
    ['reason', 'x'.repeat(1_001)],
    ['expires_at', 'tomorrow'],
    ['expires_at', -1],
    ['expires_at', undefined],
  ])('is refused in a sentence that says what %s wants', (field, value) => {
    const sentence = expect.stringMatching(new RegExp(`^${field} must [^:]+\\.$`));
    const problem = expect.objectContaining({ code: 'INVALID', field, detail: sentence });
    expect(() => readRaising({ ...signal, [field]: value })).toThrow(problem);
  });

  it.each([undefined, null, [], 'freeze'])('is refused where it is no object: %p', (body) => {
    const problem = expect.objectContaining({ code: 'INVALID', field: undefined });
    expect(() => readRaising(body)).toThrow(problem);
  });
});
