import { sha256 } from '@mandate/contracts';
import type { Contract } from './contract';
import { decideCreation, grantProblem } from './create-contract';
import { decideModification } from './decide-modification';
import { evolve } from './evolve';
import { CONSTRAINTS, decision, deepenSearch, eligible, facts, grant, NOW, raiseLimit } from './testing/fixtures';
import { codes, given, types } from './testing/specification';

describe('creating a contract', () => {
  it('PART2-001, AM-01: a MAY makes three recorded changes that end ELIGIBLE at version 3', () => {
    const events = decideCreation(grant(), facts(), NOW);
    expect(events.map((e) => e.type)).toEqual(['drafted', 'validated', 'eligible']);
    expect(eligible()).toMatchObject({
      status: 'ELIGIBLE',
      version: 3,
      terms: { riskLevel: 'medium', constraints: CONSTRAINTS },
    });
  });

  it('takes the tightest defaults and a step more risk for two capabilities', () => {
    const two = { changes: [raiseLimit, deepenSearch], affectedCapabilities: ['api_rate_limit', 'search_depth'] };
    expect(eligible(two).terms.riskLevel).toBe('high');
  });

  it('refuses a grant whose plan is not the one that was judged', () => {
    expect(grantProblem(grant({ planDigest: sha256('another plan') }))).toBe('PLAN_MISMATCH');
    expect(grantProblem(grant())).toBeNull();
  });

  it('CONTRACT-006: refuses a grant that names other capabilities than it changes, or changes nothing', () => {
    const other = grant({ affectedCapabilities: ['api_rate_limit', 'search_depth'] });
    expect(grantProblem(other)).toBe('PLAN_UNREADABLE');
    const none = grant({ changes: [], affectedCapabilities: [] });
    expect(grantProblem(none)).toBe('PLAN_UNREADABLE');
  });

  it('CONTRACT-007: refuses a confidence outside [0, 1]', () => {
    for (const confidence of [-0.01, 1.01, Number.NaN]) {
      expect(grantProblem(grant({ confidence }))).toBe('CONFIDENCE_OUT_OF_RANGE');
    }
  });

  it('estimates the health impact from present health and what happened before', () => {
    const seen = (completed: number, failed: number) => ({
      ...facts(),
      outcomes: new Map([['api_rate_limit#configuration_update', { completed, failed }]]),
    });
    const estimate = (f = facts()) => {
      const last = decideCreation(grant(), f, NOW).at(-1);
      return last?.type === 'eligible' ? last.terms.healthImpact : null;
    };
    expect(estimate()).toMatchObject({ estimate: 'unknown', completed: 0, failed: 0 });
    expect(estimate(seen(9, 0))).toMatchObject({ estimate: 'none', completed: 9 });
    expect(estimate(seen(1, 0))).toMatchObject({ estimate: 'low' });
    expect(estimate(seen(9, 1))).toMatchObject({ estimate: 'medium', failed: 1 });
    expect(estimate(seen(1, 1))).toMatchObject({ estimate: 'high' });
    expect(estimate(facts({ health: { api_rate_limit: 'DEGRADED' } }))).toMatchObject({ estimate: 'high' });
    expect(estimate(facts({ health: { SYSTEM: 'UNKNOWN' } }))).toMatchObject({ estimate: 'unknown' });
  });
});

describe('a revision', () => {
  const parent = eligible();
  const modify = {
    ...decision('m1', 'Only a little.'),
    type: 'modify-scope' as const,
    dossierDigest: parent.terms.dossierDigest,
    changes: [{ ...raiseLimit, setting: { ...raiseLimit.setting, new: 150 } }],
    affectedCapabilities: ['api_rate_limit'],
    successorContractId: '01900000-0000-7000-8000-0000000000c2',
  };
  const draft = (): Contract => {
    const [event] = decideModification(modify, parent, facts(), NOW);
    if (event?.type !== 'superseded') throw new Error('not modified');
    return evolve(null, { ...event, type: 'drafted', terms: event.successor });
  };
  const ownGrant = grant({ changes: modify.changes, revision: 1, verdict: Buffer.from('own verdict') });

  it('REVIEW-005: supersedes the original and starts at DRAFT without verdicts', () => {
    const then = given(parent).when(modify);
    expect(then.contract).toMatchObject({ status: 'SUPERSEDED', successorContractId: modify.successorContractId });
    expect(draft()).toMatchObject({
      status: 'DRAFT',
      version: 1,
      terms: { revision: 1, parentContractId: parent.terms.contractId, verdict: null, confidence: null },
    });
  });

  it('becomes ELIGIBLE on its own MAY, with a fresh time to live', () => {
    const then = given(draft()).when({ type: 'grant', grant: ownGrant }, NOW + 1_000);
    expect(types(then)).toEqual(['validated', 'eligible']);
    expect(then.contract).toMatchObject({
      status: 'ELIGIBLE',
      version: 3,
      ttl: { startedAt: NOW + 1_000 },
      terms: { contractId: modify.successorContractId, revision: 1, confidence: 0.9, createdAt: NOW },
    });
  });

  it('AM-17: is REJECTED on a MAY_NOT', () => {
    const then = given(draft()).when({ type: 'deny', firstFailingRule: 'E-003' });
    expect(then.contract).toMatchObject({ status: 'REJECTED' });
    expect(codes(then)).toEqual(['E-003']);
  });

  it('takes a verdict that comes too late as nothing', () => {
    expect(given(parent).when({ type: 'grant', grant: ownGrant }).events).toEqual([]);
    expect(given(parent).when({ type: 'deny', firstFailingRule: null }).events).toEqual([]);
  });

  it.each([
    ['NOTHING_MODIFIED', { changes: [] }],
    ['NOTHING_MODIFIED', { changes: [raiseLimit] }],
    ['CHANGES_INVALID', { changes: null }],
    ['CHANGES_INVALID', { changes: [{ ...raiseLimit, setting: { ...raiseLimit.setting, new: 'many' } }] }],
    ['CHANGES_INVALID', { changes: [{ ...raiseLimit, setting: { key: 'no such key', old: 1, new: 2 } }] }],
    ['CHANGES_INVALID', { affectedCapabilities: ['search_depth'] }],
    ['OUT_OF_SCOPE', { changes: [deepenSearch], affectedCapabilities: ['search_depth'] }],
    ['DOSSIER_CHANGED', { dossierDigest: sha256('another') }],
  ] as const)('AM-21: refuses a modification with %s', (code, more) => {
    const then = given(parent).when({ ...modify, ...more } as typeof modify);
    expect(codes(then)).toEqual([code]);
    expect(then.contract).toMatchObject({ status: 'ELIGIBLE', version: 4 });
  });

  it('AM-21: refuses the sixth modification', () => {
    const fifth = { ...parent, terms: { ...parent.terms, revision: 5 } };
    expect(codes(given(fifth).when(modify))).toEqual(['REVISION_LIMIT']);
  });
});
