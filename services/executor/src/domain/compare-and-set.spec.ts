import { writesOf } from '@mandate/judgement';
import { aCapability, setTo } from '../../test/fixtures';
import { compareAndSet, presentAt } from './compare-and-set';

describe('compare-and-set', () => {
  const size = aCapability('size');

  it('writes what still is as it was', () => {
    expect(compareAndSet(size, writesOf(setTo('size', 5)))).toMatchObject({
      state: { values: { size: 5, depth: 3 }, version: 1 },
    });
  });

  it('JOB-001: writes nothing over a value that the contract does not know', () => {
    expect(compareAndSet(size, writesOf(setTo('size', 5, 4)))).toEqual({
      refusal: 'VALUE_CHANGED',
      detail: 'size#size is 3, not 4',
    });
  });

  it('writes all of several keys or none', () => {
    const both = writesOf({
      kind: 'parameter_change',
      capability: 'size',
      settings: [
        { key: 'size', old: 3, new: 5 },
        { key: 'depth', old: 1, new: 2 },
      ],
    });
    expect(compareAndSet(size, both)).toMatchObject({ refusal: 'VALUE_CHANGED' });
  });

  it('PART2-005: refuses a value that its schema refuses, and a key that there is not', () => {
    expect(compareAndSet(size, writesOf(setTo('size', 10)))).toMatchObject({ refusal: 'VALUE_REFUSED_BY_SCHEMA' });
    expect(compareAndSet(size, writesOf(setTo('size', 1, null, 'other')))).toMatchObject({ refusal: 'KEY_UNKNOWN' });
    expect(compareAndSet(size, writesOf(setTo('size', 1, null, '__proto__')))).toMatchObject({
      refusal: 'KEY_UNKNOWN',
    });
  });

  it('JOB-006: an undo takes what already is back as undone, and removes a value that was not there', () => {
    const { state } = compareAndSet(size, writesOf(setTo('size', 3, 5)), true) as { state: typeof size };
    expect(state).toEqual(size);
    const had = aCapability('size', { values: { size: 4 } });
    const back = compareAndSet(had, writesOf(setTo('size', null, 4)), true);
    expect(back).toMatchObject({ state: { values: {} } });
    expect(presentAt((back as { state: typeof size }).state, 'size#size')).toBeNull();
  });

  it('an undo does not touch what somebody else has changed', () => {
    expect(compareAndSet(size, writesOf(setTo('size', 2, 5)), true)).toMatchObject({ refusal: 'VALUE_CHANGED' });
  });
});
