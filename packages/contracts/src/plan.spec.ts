import { dossierDigest } from './dossier';
import { type Change, canonicalJson, capabilitiesOf, type Plan, planDigest, sha256, targetsOf } from './plan';

const raise: Change = {
  kind: 'configuration_update',
  capability: 'api_gateway',
  setting: { key: 'rate_limit_per_minute', old: 100, new: 200 },
};
const tune: Change = {
  kind: 'parameter_change',
  capability: 'search',
  settings: [
    { key: 'page_size', old: null, new: 50 },
    { key: 'ranking', old: { b: 1, a: [true] }, new: { a: [false], b: 2 } },
  ],
};
const enable: Change = {
  kind: 'capability_enable',
  capability: 'bulk_export',
  lifecycle: 'LAUNCHED',
  prior: { enabled: false, lifecycle: 'PREVIEW' },
};
const plan: Plan = {
  changes: [raise, tune, enable],
  affected_capabilities: ['api_gateway', 'bulk_export', 'search'],
};

describe('the plan digest', () => {
  it('is the same for ever: a fixed plan has a fixed text and digest', () => {
    const small: Plan = { changes: [raise], affected_capabilities: ['api_gateway'] };
    const text =
      '{"affected_capabilities":["api_gateway"],"changes":[{"capability":"api_gateway","kind":"configuration_update",' +
      '"setting":{"key":"rate_limit_per_minute","new":200,"old":100}}]}';
    expect(canonicalJson(small)).toBe(text);
    expect(planDigest(small).toString('hex')).toBe('2c23305f6259fcfb8ecb77ecd727e5fee653968954f530969ef101a9ae3979d7');
    expect(planDigest(plan).toString('hex')).toBe('84bc2ee453dc602e9769c9aaab946f61aa5a16a5b6595cc9910aa8e6007c3f30');
  });

  it('does not depend on the order of fields, nor on anything beside the plan', () => {
    const { kind, capability, setting } = raise;
    const { old, new: wanted, key } = setting;
    const turned = { setting: { new: wanted, key, old }, capability, kind } as Change;
    const changes = [turned, tune, enable];
    const beside = { title: 'x', affected_capabilities: plan.affected_capabilities, changes } as Plan;
    expect(planDigest(beside)).toEqual(planDigest(plan));
  });

  it.each<[string, Plan]>([
    ['the order of its changes', { ...plan, changes: [tune, raise, enable] }],
    ['a new value', { ...plan, changes: [{ ...raise, setting: { ...raise.setting, new: 201 } }, tune, enable] }],
    ['an old value', { ...plan, changes: [{ ...raise, setting: { ...raise.setting, old: 99 } }, tune, enable] }],
    [
      'the type of a value',
      { ...plan, changes: [{ ...raise, setting: { ...raise.setting, new: '200' } }, tune, enable] },
    ],
    ['what it affects', { ...plan, affected_capabilities: ['api_gateway', 'search'] }],
  ])('is another once %s is another', (_what, other) => {
    expect(planDigest(other)).not.toEqual(planDigest(plan));
  });

  it('has no form for what JSON cannot hold', () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson({ value: Number.NaN })).toThrow();
    expect(() => canonicalJson({ value: Number.POSITIVE_INFINITY })).toThrow();
  });
});

describe('a plan', () => {
  it('names what it acts on, each once and in order', () => {
    expect(capabilitiesOf([tune, raise, tune, enable])).toEqual(['api_gateway', 'bulk_export', 'search']);
    expect(plan.changes.flatMap(targetsOf)).toEqual([
      'api_gateway#rate_limit_per_minute',
      'search#page_size',
      'search#ranking',
      'bulk_export',
    ]);
  });
});

describe('the dossier digest', () => {
  const dossier = {
    contract_id: '019a0000-0000-7000-8000-000000000002',
    revision: 0,
    title: 'Raise the rate limit',
    origin: { source: 'support_ticket', source_system: 'zendesk', reference: '4711', received_at: 1_790_000_000_000 },
    payload_digest: sha256('payload').toString('hex'),
    verdict_digest: sha256('verdict').toString('hex'),
    changes: plan.changes,
    affected_capabilities: plan.affected_capabilities,
    constraints: { max_duration_ms: 60_000, step_timeout_ms: 10_000, steps_per_minute: 6, allowed_targets: ['search'] },
    risk_level: 'medium' as const,
  };

  it('is another once anything shown is another', () => {
    const digest = dossierDigest(dossier);
    const shown: (keyof typeof dossier)[] = Object.keys(dossier) as never;
    for (const field of shown) {
      expect(dossierDigest({ ...dossier, [field]: 'something else' })).not.toEqual(digest);
    }
    expect(dossierDigest({ ...dossier })).toEqual(digest);
  });
});
