import type { Change, Json } from '@mandate/contracts';
import fc from 'fast-check';
import { anyChange } from '../testing/changes';
import { registry } from '../testing/registry';
import { inverseOf, isReversible, undoWritesOf, type Write, writesOf } from './inverse';

const startOf = (change: Change): Map<string, Json> => new Map(writesOf(change).map((w) => [w.target, w.from]));

/** Compare-and-set, as a step does it. */
function apply(state: ReadonlyMap<string, Json>, writes: readonly Write[]): Map<string, Json> {
  const next = new Map(state);
  for (const { target, from, to } of writes) {
    expect(next.get(target)).toEqual(from);
    next.set(target, to);
  }
  return next;
}

describe('the undo of a change', () => {
  it('JOB-006: restores exactly what was before, for every change', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const before = startOf(change);
        const after = apply(before, writesOf(change));
        expect(apply(after, writesOf(inverseOf(change)))).toEqual(before);
        expect(apply(after, undoWritesOf(change))).toEqual(before);
      }),
    );
  });

  it('has the writes of the change as its own undo: the inverse of the inverse is the change', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        expect(writesOf(inverseOf(inverseOf(change)))).toEqual(writesOf(change));
      }),
    );
  });

  it('is, for keys, undone to the very same change', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        fc.pre(change.kind === 'configuration_update' || change.kind === 'parameter_change');
        expect(inverseOf(inverseOf(change))).toEqual(change);
      }),
    );
  });

  it('acts on the same targets as the change', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const targets = (c: Change): readonly string[] =>
          writesOf(c)
            .map((w) => w.target)
            .sort();
        expect(targets(inverseOf(change))).toEqual(targets(change));
      }),
    );
  });

  it('puts a launched preview back to a disabled preview, not to a disabled launch', () => {
    const launch: Change = {
      kind: 'capability_enable',
      capability: 'bulk_export',
      lifecycle: 'LAUNCHED',
      prior: { enabled: false, lifecycle: 'PREVIEW' },
    };
    expect(writesOf(inverseOf(launch))[0]?.to).toEqual({ enabled: false, lifecycle: 'PREVIEW' });
  });
});

describe('whether a change can be undone', () => {
  const definition = registry.capabilities.get('search_depth')?.definition;
  if (definition === undefined) throw new Error('the registry of the specs lacks search_depth');
  const update = (old: Json): Change => ({
    kind: 'configuration_update',
    capability: 'search_depth',
    setting: { key: 'max_hops', old, new: 5 },
  });

  it('is yes when every old value passes its schema', () => {
    expect(isReversible(update(3), definition)).toBe(true);
  });

  it('INV-4: is no when the old value would not be valid any more', () => {
    expect(isReversible(update(99), definition)).toBe(false);
    expect(isReversible(update(null), definition)).toBe(false);
  });

  it('is no when the catalogue lists the kind as one that cannot be undone', () => {
    expect(isReversible(update(3), { ...definition, irreversible_allowed: ['configuration_update'] })).toBe(false);
  });
});
