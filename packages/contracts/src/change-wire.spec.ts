import { decode, encode, type Change as WireChange } from '@mandate/schemas';
import fc from 'fast-check';
import { changeFromWire, changeToWire } from './change-wire';
import type { Change, Json, Lifecycle } from './plan';
import { planDigest } from './plan';

const name = fc.string({ minLength: 1, maxLength: 30 });
// As JSON text says it: it knows no negative zero.
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
const lifecycle = fc.constantFrom<Lifecycle>('PREVIEW', 'LAUNCHED', 'DEPRECATED');
const prior = fc.record({ enabled: fc.boolean(), lifecycle });
const setting = fc.record({ key: name, old: json, new: json });

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('capability_enable' as const), capability: name, lifecycle, prior }),
  fc.record(
    { kind: fc.constant('capability_disable' as const), capability: name, reason: fc.string(), lifecycle, prior },
    { requiredKeys: ['kind', 'capability', 'reason', 'prior'] },
  ),
  fc.record({ kind: fc.constant('configuration_update' as const), capability: name, setting }),
  fc.record({
    kind: fc.constant('parameter_change' as const),
    capability: name,
    settings: fc.array(setting, { maxLength: 5 }),
  }),
);
const planOf = (change: Change) => ({ changes: [change], affected_capabilities: [change.capability] });

describe('a change on the wire', () => {
  it('reads back as the same change, so that its plan digest is the one that was approved', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        const read = changeFromWire(changeToWire(change));
        expect(read).toEqual(change);
        expect(planDigest(planOf(read))).toEqual(planDigest(planOf(change)));
      }),
    );
  });

  it('reads back as the same change through a whole message', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 4 }), (changes) => {
        const bytes = encode('ProposalMade', proposalWith(changes.map(changeToWire)));
        expect(decode('ProposalMade', bytes).suggested_changes.map(changeFromWire)).toEqual(changes);
      }),
    );
  });

  it.each<[string, Partial<WireChange>]>([
    ['of a kind from a later version', { kind: 'unknown' }],
    ['that updates no setting', { kind: 'configuration_update', settings: [] }],
    ['that updates two settings', { kind: 'configuration_update', settings: [wireSetting('1'), wireSetting('2')] }],
    ['whose value is no JSON', { kind: 'parameter_change', settings: [wireSetting('{')] }],
  ])('is an error %s', (_what, wrong) => {
    const whole = changeToWire({ kind: 'parameter_change', capability: 'search', settings: [] });
    expect(() => changeFromWire({ ...whole, ...wrong })).toThrow();
  });
});

function wireSetting(value: string): WireChange['settings'][number] {
  return { key: 'page_size', old_value: 'null', new_value: value };
}

function proposalWith(suggested_changes: readonly WireChange[]): Parameters<typeof encode<'ProposalMade'>>[1] {
  return {
    issue_id: '019a0000-0000-7000-8000-000000000001',
    contract_id: null,
    revision: 0,
    origin: {
      source: 'support_ticket',
      source_system: 'zendesk',
      reference: '4711',
      submitter: null,
      tenant: null,
      received_at: 1_790_000_000_000,
    },
    title: 'A proposal',
    payload_digest: Buffer.alloc(32),
    issue_type: 'configuration_change',
    severity: 'low',
    affected_capabilities: [],
    unknown_capabilities: [],
    recommended_action: 'create_contract',
    confidence_score: 0.9,
    reason: 'says so',
    evidence: [],
    suggestions: [],
    suggested_changes,
    validator_version: '1',
    registry_version: 1,
  };
}
