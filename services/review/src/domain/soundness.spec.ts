import { dossierDigest, type Plan, planDigest } from '@mandate/contracts';
import { type Claimed, isSound } from './soundness';

const planOf = (value: number): Plan => ({
  changes: [{ kind: 'configuration_update', capability: 'search', setting: { key: 'depth', old: 3, new: value } }],
  affected_capabilities: ['search'],
});
const plan = planOf(4);
const constraints = { max_duration_ms: 1, step_timeout_ms: 1, steps_per_minute: 1, allowed_targets: [] };
const dossier: Claimed['dossier'] = {
  ...{
    contract_id: 'c',
    revision: 0,
    title: 't',
    origin: { source: 'ops_alert' },
    payload_digest: '00',
    verdict_digest: '01',
  },
  ...{ changes: plan.changes, affected_capabilities: ['search'], constraints, risk_level: 'low' },
};
const claimed: Claimed = {
  plan,
  judgedPlan: plan,
  isMay: true,
  planDigest: planDigest(plan),
  dossier,
  dossierDigest: dossierDigest(dossier),
};

describe('what is shown', () => {
  it('is sound if it is what was judged', () => expect(isSound(claimed)).toBe(true));
  it.each<[string, Partial<Claimed>]>([
    ['the contract holds another plan', { plan: planOf(12) }],
    ['another plan was judged', { judgedPlan: planOf(12) }],
    ['the digest is of another plan', { planDigest: planDigest(planOf(12)) }],
    ['the title was changed', { dossier: { ...dossier, title: 'harmless' } }],
    ['the verdict is no MAY', { isMay: false }],
  ])('is not if %s', (_, but) => expect(isSound({ ...claimed, ...but })).toBe(false));
});
