import { planDigest, type RefusalCode, sha256 } from '@mandate/contracts';
import type { ModifyScope } from './action';
import type { ReviewedContract } from './contract';
import { modificationObstacle } from './decide-modification';
import { explicitChanges, type RequestedChange } from './modification';
import { capability, circumstances, codeOf, contract, dossierDigest, ID, NOON } from './testing/fixtures';

const depth = (value: number, name = 'search'): RequestedChange => ({
  kind: 'configuration_update',
  capability: name,
  key: 'depth',
  value,
});
const modify = (changes: readonly RequestedChange[] = [depth(5)], but: Partial<ModifyScope> = {}): ModifyScope => ({
  ...{ kind: 'MODIFY_SCOPE', contractId: ID, actor: 'fay', dossierSeen: dossierDigest, changes },
  ...{ capabilities: null, reason: 'smaller steps' },
  ...but,
});

describe('a modification', () => {
  it('REVIEW-005: is accepted with explicit changes within the scope', () => {
    expect(codeOf(modify())).toBeUndefined();
    expect(codeOf(modify([depth(5)], { capabilities: ['search'] }))).toBeUndefined();
  });

  it.each<[RefusalCode, Partial<ReviewedContract>]>([
    ['NOT_ELIGIBLE', { status: 'VALIDATED' }],
    ['ALREADY_DECIDED', { status: 'ACTIVE' }],
    ['ALREADY_TERMINAL', { status: 'SUPERSEDED' }],
    ['ALREADY_EXPIRED', { expiresAt: NOON }],
    ['REVISION_LIMIT', { revision: 5 }],
  ])('AM-21: is refused with %s for %j, and then not offered', (code, but) => {
    expect(codeOf(modify(), contract(but))).toBe(code);
    expect(modificationObstacle(contract(but), NOON)?.code).toBe(code);
  });

  it('is refused if another dossier was shown, or none is named', () => {
    expect(codeOf(modify([depth(5)], { dossierSeen: sha256('older') }))).toBe('DOSSIER_CHANGED');
    expect(codeOf(modify([depth(5)], { dossierSeen: null }))).toBe('DOSSIER_CHANGED');
  });

  it('is refused without an explicit change', () => {
    expect(codeOf(modify([]))).toBe('NOTHING_MODIFIED');
  });

  it('is refused where nothing differs, from what is proposed or from what is there', () => {
    const changes = explicitChanges([depth(5)], new Map([['search', capability('search')]]));
    const same = planDigest({ changes, affected_capabilities: ['search'] });
    expect(codeOf(modify(), contract({ planDigest: same }))).toBe('NOTHING_MODIFIED');
    expect(codeOf(modify([depth(3)]))).toBe('NOTHING_MODIFIED');
  });

  it('AM-21: is refused outside the capabilities that the issue or the original named', () => {
    expect(codeOf(modify([depth(5, 'billing')]))).toBe('OUT_OF_SCOPE');
    expect(
      codeOf(modify([depth(5, 'billing')]), contract({ scopeCapabilities: ['billing', 'search'] })),
    ).toBeUndefined();
  });

  it.each<[string, RequestedChange[]]>([
    ['a value that the schema forbids', [depth(10)]],
    ['a key that there is not', [{ kind: 'configuration_update', capability: 'search', key: 'width', value: 1 }]],
    ['two changes of one place', [depth(4), depth(5)]],
    ['a disable without a reason', [{ kind: 'capability_disable', capability: 'search', reason: ' ' }]],
  ])('CONTRACT-006: is refused with CHANGES_INVALID for %s', (_, changes) => {
    expect(codeOf(modify(changes))).toBe('CHANGES_INVALID');
  });

  it('is refused if it names other capabilities than it changes', () => {
    expect(codeOf(modify([depth(5)], { capabilities: ['search', 'billing'] }))).toBe('CHANGES_INVALID');
  });

  it('is refused for a capability that the registry does not have', () => {
    const at = circumstances({ capabilities: new Map() });
    expect(codeOf(modify(), contract(), at)).toBe('CHANGES_INVALID');
  });
});

describe('explicit changes', () => {
  const present = new Map([['search', capability('search')]]);

  it('carry the whole prior state of what they touch, as the registry has it', () => {
    const requested: RequestedChange[] = [
      depth(5),
      { kind: 'parameter_change', capability: 'search', settings: [{ key: 'depth', value: 4 }] },
      { kind: 'capability_disable', capability: 'search', reason: 'slow' },
      { kind: 'capability_enable', capability: 'search', lifecycle: 'LAUNCHED' },
    ];
    const prior = { enabled: true, lifecycle: 'LAUNCHED' };
    expect(explicitChanges(requested, present)).toEqual([
      { kind: 'configuration_update', capability: 'search', setting: { key: 'depth', old: 3, new: 5 } },
      { kind: 'parameter_change', capability: 'search', settings: [{ key: 'depth', old: 3, new: 4 }] },
      { kind: 'capability_disable', capability: 'search', reason: 'slow', prior },
      { kind: 'capability_enable', capability: 'search', lifecycle: 'LAUNCHED', prior },
    ]);
  });
});
