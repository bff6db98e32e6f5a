import { type Bend, capability, FIRST, GOOD, result, without } from '../testing';

describe('A-007: no value changed without a job of an ACTIVE contract', () => {
  const also = (more: Parameters<typeof capability>[0], previous = FIRST): Bend => {
    const change = capability({ registryVersion: 9, version: 2, capability: 'export', ...more });
    return {
      registry: {
        changes: [capability(), change],
        missing: [],
        states: new Map([...GOOD.registry.states, ['export@1', { ...previous, capability: 'export' }]]),
      },
    };
  };
  const cited = { contractId: 'c2', says: 'ACTIVE', capabilities: ['export'] };
  it.each<[string, Bend, string]>([
    ["another contract's own change", also({ contractId: 'c2', jobId: 'j2', cited }), 'PASS'],
    ['a change without a contract', also({ contractId: null, cited: null }), 'FAIL'],
    ['a change without a job', also({ contractId: 'c2', jobId: null, cited }), 'FAIL'],
    ['a contract that is not ACTIVE', also({ contractId: 'c2', cited: { ...cited, says: 'APPROVED' } }), 'FAIL'],
    ['another contract than it cites', also({ contractId: 'c3', cited }), 'FAIL'],
    [
      'outside the contract it cites',
      also({ contractId: 'c2', cited: { ...cited, capabilities: ['search'] } }),
      'FAIL',
    ],
    ['a cause that is none', also({ contractId: 'c2', cited, cause: 'UNKNOWN' }), 'FAIL'],
    [
      'a catalogue that the manifest does not allow',
      also({ ...FIRST, registryVersion: 9, version: 2, capability: 'export', isCatalogueAllowed: false }),
      'FAIL',
    ],
    ['AM-20 a catalogue that changes a value', also({ cause: 'DEFINITION', contractId: null, cited: null }), 'FAIL'],
    [
      'AM-20 a catalogue that adds a key',
      also({
        ...FIRST,
        cause: 'DEFINITION',
        registryVersion: 9,
        version: 2,
        capability: 'export',
        values: { ...FIRST.values, fresh: 1 },
      }),
      'PASS',
    ],
    [
      'made final with another value',
      also({ cause: 'FINAL', contractId: 'c2', cited: { ...cited, says: 'COMPLETED' } }),
      'FAIL',
    ],
    [
      'made final unchanged',
      also({
        ...FIRST,
        cause: 'FINAL',
        registryVersion: 9,
        version: 2,
        capability: 'export',
        contractId: 'c2',
        cited: { ...cited, says: 'COMPLETED' },
      }),
      'PASS',
    ],
    ['a job nobody has heard of', also({ contractId: 'c2', cited, isJobKnown: false }), 'INCONCLUSIVE'],
    ['a contract nobody has heard of', also({ contractId: 'c2', cited: null }), 'INCONCLUSIVE'],
    ['a gap in the history', { registry: { ...GOOD.registry, missing: [6] } }, 'INCONCLUSIVE'],
    ['what was before is missing', without('search@1'), 'INCONCLUSIVE'],
    ['no job', { job: null }, 'INCONCLUSIVE'],
  ])('%s', (_, bend, expected) => {
    expect(result('A-007', bend)).toBe(expected);
  });
});
