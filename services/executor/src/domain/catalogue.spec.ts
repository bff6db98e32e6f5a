import { aCapability, aDefinition } from '../../test/fixtures';
import { type Catalogue, type CatalogueFacts, decideCatalogue } from './catalogue';

const DIGEST = 'd'.repeat(64);
const catalogue = (more: Partial<Catalogue> = {}): Catalogue => ({
  version: 2,
  digest: DIGEST,
  capabilities: [aDefinition('size')],
  ...more,
});
const facts = (more: Partial<CatalogueFacts> = {}): CatalogueFacts => ({
  allowedDigests: [DIGEST],
  applied: { version: 1, digest: 'older' },
  states: new Map([['size', aCapability('size', { values: { size: 5, depth: 3 }, enabled: false, version: 4 })]]),
  drivers: new Map([
    ['registry', true],
    ['printer', false],
  ]),
  ...more,
});
const key = (schema: object, first_value: number, name = 'size') => ({
  key: name,
  aliases: [],
  description: '',
  schema: schema as never,
  first_value,
});

describe('a catalogue', () => {
  it('defines what is new, in name order', () => {
    const decision = decideCatalogue(
      catalogue({ capabilities: [aDefinition('b'), aDefinition('a', { enabled: false })] }),
      facts({ applied: null, states: new Map() }),
    );
    expect(decision).toMatchObject({
      kind: 'define',
      states: [{ capability: 'a', enabled: false, version: 0, values: { size: 3, depth: 3 } }, { capability: 'b' }],
    });
  });

  it('AM-20: never changes a value, an enablement or a lifecycle that exists', () => {
    const keys = [
      key({ type: 'integer' }, 1),
      key({ type: 'integer' }, 1, 'depth'),
      key({ type: 'integer' }, 7, 'width'),
    ];
    const decision = decideCatalogue(
      catalogue({ capabilities: [aDefinition('size', { enabled: true, lifecycle: 'PREVIEW', keys })] }),
      facts(),
    );
    expect(decision).toMatchObject({
      kind: 'define',
      states: [{ values: { size: 5, depth: 3, width: 7 }, enabled: false, lifecycle: 'LAUNCHED', version: 4 }],
    });
  });

  it('does nothing again, and nothing when a newer one was applied', () => {
    expect(decideCatalogue(catalogue(), facts({ applied: { version: 2, digest: DIGEST } }))).toMatchObject({
      kind: 'nothing',
    });
    expect(decideCatalogue(catalogue(), facts({ applied: { version: 3, digest: 'newer' } }))).toMatchObject({
      kind: 'nothing',
    });
  });

  it.each([
    ['is not allowed by the manifest', catalogue({ digest: 'e'.repeat(64) }), {}, 'authority.json'],
    [
      'was edited without a higher version',
      catalogue(),
      { applied: { version: 2, digest: 'other' } },
      'without a higher version',
    ],
    ['defines a name twice', catalogue({ capabilities: [aDefinition('size'), aDefinition('size')] }), {}, 'size twice'],
    [
      'leaves out a capability in use',
      catalogue({ capabilities: [aDefinition('b')] }),
      {},
      'size is missing but in use',
    ],
    [
      'leaves out a key in use',
      catalogue({ capabilities: [aDefinition('size', { keys: [] })] }),
      {},
      'size.size is missing but in use',
    ],
    [
      'has a first value outside its schema',
      catalogue({ capabilities: [aDefinition('b', { keys: [key({ type: 'string' }, 1)] })] }),
      {},
      'first value of b.size',
    ],
    [
      'has a schema that cannot be used',
      catalogue({ capabilities: [aDefinition('b', { keys: [key({ type: 'nonsense' }, 1)] })] }),
      {},
      'schema of b.size cannot be used',
    ],
    [
      'has a driver that cannot undo, and does not say that nothing can be undone',
      catalogue({ capabilities: [aDefinition('size', { driver: 'printer' as never, irreversible_allowed: [] })] }),
      {},
      'its driver printer cannot undo',
    ],
    [
      'has a driver that there is not',
      catalogue({ capabilities: [aDefinition('size', { driver: 'webhook' })] }),
      {},
      'driver webhook',
    ],
    [
      'has a schema that a present value fails',
      catalogue({
        capabilities: [
          aDefinition('size', {
            keys: [key({ type: 'integer', maximum: 4 }, 1), key({ type: 'integer' }, 1, 'depth')],
          }),
        ],
      }),
      {},
      'present value of size.size (5) fails',
    ],
  ])('refuses the start when it %s', (_, given, more, words) => {
    const decision = decideCatalogue(given, facts(more));
    expect(decision).toMatchObject({ kind: 'refuse', sentence: expect.stringContaining(words) });
  });

  it('may leave out a capability that is disabled and deprecated', () => {
    const old = aCapability('old', { enabled: false, lifecycle: 'DEPRECATED' });
    const decision = decideCatalogue(catalogue(), facts({ states: new Map([['old', old]]) }));
    expect(decision).toMatchObject({ kind: 'define', states: [{ capability: 'size' }] });
  });
});
