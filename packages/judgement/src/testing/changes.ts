import type { Change, Json, Lifecycle } from '@mandate/contracts';
import fc from 'fast-check';

const lifecycle = fc.constantFrom<Lifecycle>('PREVIEW', 'LAUNCHED', 'DEPRECATED');
const prior = fc.record({ enabled: fc.boolean(), lifecycle });
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const setting = fc.record({ key: fc.constantFrom('a', 'b', 'c'), old: json, new: json });
const capability = fc.constantFrom('x', 'y');

/** Any change: nothing here asks whether it makes sense. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('capability_enable' as const), capability, lifecycle, prior }),
  fc.record({ kind: fc.constant('capability_disable' as const), capability, reason: fc.string(), prior }),
  fc.record({ kind: fc.constant('configuration_update' as const), capability, setting }),
  fc.record({
    kind: fc.constant('parameter_change' as const),
    capability,
    settings: fc.uniqueArray(setting, { minLength: 1, selector: (s) => s.key }),
  }),
);
