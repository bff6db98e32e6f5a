import type { Capability, ChangeView } from '../../api/shapes';
import { draftOf, emptyDraft, fieldOf, typedValue, worded } from './draft-change';

const limit = {
  name: 'api_rate_limit',
  keys: [
    { key: 'requests_per_minute', schema: { type: 'integer', minimum: 10, maximum: 10_000 } },
    { key: 'burst', schema: { type: 'integer' } },
  ],
} as unknown as Capability;

describe('a modification', () => {
  it('of one value is a configuration update, of several a parameter change', () => {
    const draft = emptyDraft('api_rate_limit');
    expect(worded({ ...draft, values: { burst: '40', requests_per_minute: ' ' } }, limit)).toEqual({
      kind: 'configuration_update',
      capability: 'api_rate_limit',
      key: 'burst',
      value: 40,
    });
    expect(worded({ ...draft, values: { burst: '40', requests_per_minute: '120' } }, limit)).toMatchObject({
      kind: 'parameter_change',
    });
  });

  it('is not ready without a value, or where a capability is disabled without a reason', () => {
    expect(worded(emptyDraft('api_rate_limit'), limit)).toBeNull();
    expect(worded({ ...emptyDraft('x'), does: 'disable', reason: ' ' }, undefined)).toBeNull();
    expect(worded({ ...emptyDraft('x'), does: 'disable', reason: 'unused' }, undefined)).toMatchObject({
      reason: 'unused',
    });
  });

  it('starts from what is proposed', () => {
    const change = {
      kind: 'configuration_update',
      capability: 'api_rate_limit',
      reason: null,
      settings: [{ key: 'burst', old: 20, new: 40, present: 20, is_as_expected: true, description: null }],
      enablement: null,
    } as unknown as ChangeView;
    expect(worded(draftOf(change), limit)).toEqual({
      kind: 'configuration_update',
      capability: 'api_rate_limit',
      key: 'burst',
      value: 40,
    });
  });

  it('takes what is typed as the schema means it', () => {
    expect(typedValue('12', { type: 'string' })).toBe('12');
    expect(typedValue('12', { type: 'integer' })).toBe(12);
    expect(typedValue('twelve', { type: 'integer' })).toBe('twelve');
    expect(fieldOf({ type: 'integer', minimum: 1, maximum: 9 })).toEqual({
      type: 'number',
      choices: [],
      hint: '1 to 9',
    });
    expect(fieldOf({ enum: ['a', 'b'] }).choices).toEqual(['a', 'b']);
  });
});
