import type { Change } from '@mandate/contracts';
import fc from 'fast-check';
import { anyChange } from '../testing/changes';
import { update } from '../testing/proposals';
import { capability, registry, registryOf } from '../testing/registry';
import { undoOf } from './undo';

const raise = update('search_depth', 'max_hops', 3, 5);
const raiseAgain = update('search_depth', 'max_hops', 5, 7);
const launch: Change = {
  kind: 'capability_enable',
  capability: 'bulk_export',
  lifecycle: 'LAUNCHED',
  prior: { enabled: false, lifecycle: 'PREVIEW' },
};

describe('what undo would do', () => {
  it('JOB-006: names per step its inverse, and that it leads back to the same values', () => {
    expect(undoOf([raise, launch], registry)).toMatchObject([
      {
        step: 0,
        inverse: update('search_depth', 'max_hops', 5, 3),
        is_one_way: false,
        targets: [{ target: 'search_depth#max_hops', before: 3, after: 5, undone: 3 }],
        leads_back: true,
        driver: 'registry',
      },
      {
        step: 1,
        inverse: { kind: 'capability_disable', lifecycle: 'PREVIEW' },
        targets: [{ target: 'bulk_export', undone: { enabled: false, lifecycle: 'PREVIEW' } }],
        leads_back: true,
      },
    ]);
  });

  it('JOB-006: goes backwards, so that two steps on one target end where they began', () => {
    const steps = undoOf([raise, raiseAgain], registry);
    expect(steps.map((s) => s.targets[0])).toMatchObject([
      { before: 3, after: 5, undone: 3 },
      { before: 5, after: 7, undone: 5 },
    ]);
    expect(steps.every((s) => s.leads_back)).toBe(true);
  });

  it('A-005: says which step is one-way, and why', () => {
    const once = registryOf(
      capability('x', [], [['k', [], { type: 'integer', maximum: 5 }, 9]]),
      capability('y', [], [['k', [], {}, 1]], { irreversible_allowed: ['configuration_update'] }),
    );
    const steps = undoOf([update('x', 'k', 9, 4), update('y', 'k', 1, 2), update('z', 'k', 1, 2)], once);
    expect(steps.map((s) => [s.is_one_way, s.inverse, s.leads_back, s.reason])).toEqual([
      [true, null, false, 'the value before is not one that the schema allows'],
      [true, null, false, 'the catalogue says that a configuration_update of y cannot be undone'],
      [true, null, false, 'z is not in the registry'],
    ]);
  });

  it('does not promise what a one-way step in between prevents', () => {
    const mixed = registryOf(
      capability('x', [], [['k', [], {}, 1]], { irreversible_allowed: ['configuration_update'] }),
    );
    const both: Change = { kind: 'parameter_change', capability: 'x', settings: [{ key: 'k', old: 1, new: 2 }] };
    const [first, second] = undoOf([both, update('x', 'k', 2, 3)], mixed);
    expect(second?.is_one_way).toBe(true);
    expect(first).toMatchObject({ is_one_way: false, leads_back: false, targets: [{ before: 1, undone: 3 }] });
  });

  it('JOB-006: leads back for any single change that is not one-way, and never throws', () => {
    const open = registryOf(
      ...['x', 'y'].map((name) =>
        capability(
          name,
          [],
          ['a', 'b', 'c'].map((k) => [k, [], {}, null] as const),
        ),
      ),
    );
    fc.assert(
      fc.property(anyChange, (change) => {
        expect(undoOf([change], open)[0]).toMatchObject({ is_one_way: false, leads_back: true });
      }),
    );
    fc.assert(fc.property(fc.array(anyChange), (changes) => void undoOf(changes, open)));
  });
});
