import type { Change } from '@mandate/contracts';
import { read } from '../testing/issues';
import { factsOf, proposal, update } from '../testing/proposals';
import { capability, registryOf } from '../testing/registry';
import type { JudgedProposal } from './facts';
import { judge } from './judge';

const proposing = (...changes: readonly Change[]): JudgedProposal =>
  proposal({
    affected_capabilities: [...new Set(changes.map((c) => c.capability))].sort(),
    suggested_changes: changes,
  });
const needOf = (judged: JudgedProposal, registry?: ReturnType<typeof registryOf>) =>
  judge(judged, factsOf(judged, registry === undefined ? {} : { registry })).rules.find((r) => r.id === 'E-007')?.need;

const enable: Change = {
  kind: 'capability_enable',
  capability: 'bulk_export',
  lifecycle: 'PREVIEW',
  prior: { enabled: false, lifecycle: 'PREVIEW' },
};

describe('E-007', () => {
  it('passes a change that the schema allows and that starts from the present value', () => {
    expect(needOf(proposing(update('search_depth', 'max_hops', 3, 12)))).toBeNull();
    expect(needOf(proposing(enable))).toBeNull();
  });

  it('refuses when nothing concrete is proposed', () => {
    const text = (reason: string) => needOf(proposal({ suggested_changes: [], reason }))?.text;
    expect(text('')).toBe('no concrete change is proposed');
    expect(text('it does not say which value')).toBe('no concrete change is proposed: it does not say which value');
    expect(text('x'.repeat(1_000))?.length).toBeLessThan(400);
    expect(text(`x${'𝒳'.repeat(400)}`)).toMatch(/𝒳…$/u);
    const empty: Change = { kind: 'parameter_change', capability: 'search_depth', settings: [] };
    expect(needOf(proposing(empty))?.text).toContain('sets no key');
  });

  it.each(['Please set the session timeout to 8.', 'Please turn on teleport mode.', 'Thanks for everything.'])(
    'says first why the validator proposes nothing: %s',
    (body) => {
      const judged = proposal(read(body));
      expect(judged.reason).not.toBe('');
      expect(needOf(judged)?.text).toBe(`no concrete change is proposed: ${judged.reason}`);
    },
  );

  it.each([13, 0, 2.5, '5', null, true])('refuses the value %p, and says what the schema allows', (value) => {
    const need = needOf(proposing(update('search_depth', 'max_hops', 3, value)));
    expect(need).toMatchObject({
      conditions: [
        {
          fact: 'new_value',
          of: 'search_depth#max_hops',
          have: value,
          want: { schema: { type: 'integer', minimum: 1, maximum: 12 }, other_than: 3 },
        },
      ],
      retry_helps: false,
    });
  });

  it('refuses a key and a capability that the registry lacks', () => {
    expect(needOf(proposing(update('search_depth', 'colour', null, 1)))?.text).toContain('is not a key');
    expect(needOf(proposing(update('teleport', 'speed', 1, 2)))?.text).toContain('is not in the registry');
  });

  it('refuses an old value that is not the present one; the same may pass when the state comes back', () => {
    expect(needOf(proposing(update('search_depth', 'max_hops', 4, 5)))).toMatchObject({
      conditions: [{ fact: 'value', of: 'search_depth#max_hops', have: 3, want: { equals: 4 } }],
      retry_helps: true,
    });
    const stale: Change = { ...enable, prior: { enabled: false, lifecycle: 'LAUNCHED' } };
    expect(needOf(proposing(stale))?.retry_helps).toBe(true);
  });

  it('refuses a change that changes nothing', () => {
    expect(needOf(proposing(update('search_depth', 'max_hops', 3, 3)))?.text).toContain('already 3');
    const again: Change = {
      kind: 'capability_enable',
      capability: 'search_depth',
      lifecycle: 'LAUNCHED',
      prior: { enabled: true, lifecycle: 'LAUNCHED' },
    };
    expect(needOf(proposing(again))?.text).toContain('already enabled');
  });

  it('refuses two changes of one target', () => {
    const twice = proposing(update('search_depth', 'max_hops', 3, 5), update('search_depth', 'max_hops', 3, 6));
    expect(needOf(twice)?.text).toContain('more than one change of search_depth#max_hops');
  });

  it('refuses changes that act on other capabilities than the proposal names', () => {
    const wider = proposal({ affected_capabilities: ['bulk_export', 'search_depth'] });
    expect(needOf(wider)).toMatchObject({
      conditions: [
        {
          fact: 'affected_capabilities',
          have: ['bulk_export', 'search_depth'],
          want: { equals: ['search_depth'] },
        },
      ],
    });
  });

  it('refuses an irreversible change unless the catalogue allows its kind', () => {
    const narrow = capability('x', [], [['k', [], { type: 'integer', maximum: 5 }, 9]]);
    const judged = proposing(update('x', 'k', 9, 4));
    expect(needOf(judged, registryOf(narrow))?.text).toContain('could not be undone');
    const definition = { ...narrow.definition, irreversible_allowed: ['configuration_update'] as const };
    expect(needOf(judged, registryOf({ ...narrow, definition }))).toBeNull();
  });

  it('takes a schema that cannot be compiled as a rule that cannot be evaluated', () => {
    const broken = capability('x', [], [['k', [], { $ref: '#/nowhere' }, 9]]);
    expect(needOf(proposing(update('x', 'k', 9, 4)), registryOf(broken))?.text).toBe(
      'rule E-007 could not be evaluated on these facts: the schema of x#k cannot be read',
    );
  });
});
