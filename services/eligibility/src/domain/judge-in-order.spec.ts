import type { CapabilityState, Change, Registry } from '@mandate/contracts';
import { DEFAULT_PARAMETERS, type JudgedProposal, type RivalFact } from '@mandate/judgement';
import { type Basis, type Candidate, judgeInOrder } from './judge-in-order';

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;

const change = (value: number, key = 'limit'): Change => ({
  kind: 'configuration_update',
  capability: 'api',
  setting: { key, old: 100, new: value },
});

let issues = 0;
const candidate = (more: Partial<JudgedProposal> = {}): Candidate => ({
  waitingSince: null,
  proposal: {
    issue_id: `issue-${++issues}`,
    contract_id: null,
    revision: 0,
    source: 'support_ticket',
    issue_type: 'configuration_change',
    severity: 'medium',
    affected_capabilities: ['api'],
    unknown_capabilities: [],
    recommended_action: 'create_contract',
    confidence_score: 0.9,
    reason: 'configuration_change: the text states what is to change',
    suggested_changes: [change(200)],
    ...more,
  },
});

const definition = {
  frozen: false,
  irreversible_allowed: [],
  keys: ['limit', 'burst'].map((key) => ({ key, schema: { type: 'integer' }, first_value: 100 })),
} as unknown as CapabilityState['definition'];
const registry: Registry = {
  registry_version: 7,
  capabilities: new Map([
    [
      'api',
      {
        capability: 'api',
        version: 1,
        definition,
        enabled: true,
        lifecycle: 'LAUNCHED',
        values: { limit: 100, burst: 100 },
        provisional_contract_id: null,
      } satisfies CapabilityState,
    ],
  ]),
};
const basis = (more: Partial<Basis> = {}): Basis => ({
  registry,
  healths: { health_version: 3, system_health: 'HEALTHY' },
  signals: [],
  rivals: [],
  now: NOON,
  ...more,
});
const verdicts = (candidates: readonly Candidate[], b = basis(), parameters = DEFAULT_PARAMETERS) =>
  judgeInOrder(candidates, b, parameters).map((j) => [j.verdict.verdict, j.verdict.first_failing_rule]);

const MAY = ['MAY', null];

it('a good proposal may, and takes its target', () => {
  const [judgement] = judgeInOrder([candidate()], basis(), DEFAULT_PARAMETERS);
  expect(judgement?.verdict.verdict).toBe('MAY');
  expect(judgement?.reserved).toEqual([
    { target: 'api#limit', contract_id: null, issue_id: expect.any(String), since: NOON },
  ]);
});

it('E-006: of a hundred proposals for one target the first may, and the others name it', () => {
  const all = Array.from({ length: 100 }, () => candidate());
  const judgements = judgeInOrder(all, basis(), DEFAULT_PARAMETERS);
  expect(judgements.map((j) => j.verdict.verdict)).toEqual(['MAY', ...Array(99).fill('MAY_NOT')]);
  for (const { facts } of judgements.slice(1)) {
    expect(facts.rivals.map((r) => r.issue_id)).toEqual([all[0]?.proposal.issue_id]);
  }
});

it('E-006: proposals for different targets of one capability do not touch each other', () => {
  expect(verdicts([candidate(), candidate({ suggested_changes: [change(200, 'burst')] })])).toEqual([MAY, MAY]);
});

it('E-006: a MAY_NOT takes nothing', () => {
  expect(verdicts([candidate({ confidence_score: 0.1 }), candidate()])).toEqual([['MAY_NOT', 'E-001'], MAY]);
});

it('E-006: what was taken before counts while it is younger than the window', () => {
  const rival = (since: number): RivalFact => ({ target: 'api#limit', contract_id: 'c', issue_id: 'other', since });
  expect(verdicts([candidate()], basis({ rivals: [rival(NOON - 23 * HOUR_MS)] }))).toEqual([['MAY_NOT', 'E-006']]);
  expect(verdicts([candidate()], basis({ rivals: [rival(NOON - 24 * HOUR_MS)] }))).toEqual([MAY]);
});

it('E-006: a revision does not meet what its own line has taken, and takes it over', () => {
  const own: RivalFact = { target: 'api#limit', contract_id: 'parent', issue_id: 'line', since: NOON - HOUR_MS };
  const revision = candidate({ issue_id: 'line', contract_id: 'draft', revision: 1 });
  const other = candidate();
  const judgements = judgeInOrder([revision, other], basis({ rivals: [own] }), DEFAULT_PARAMETERS);
  expect(judgements.map((j) => j.verdict.verdict)).toEqual(['MAY', 'MAY_NOT']);
  expect(judgements[1]?.facts.rivals).toEqual([{ ...own, contract_id: 'draft', since: NOON }]);
});

it('E-006: with a window of 0 nobody is a rival, and facts do not grow with the batch', () => {
  const all = Array.from({ length: 50 }, () => candidate());
  const judgements = judgeInOrder(all, basis(), { ...DEFAULT_PARAMETERS, rival_window_ms: 0 });
  expect(judgements.every((j) => j.verdict.verdict === 'MAY' && j.facts.rivals.length === 0)).toBe(true);
});

it('ELIG-001: the same candidates on the same basis give the same verdicts', () => {
  const all = [candidate(), candidate(), candidate({ severity: 'critical' })];
  const judge = () => JSON.stringify(judgeInOrder(all, basis(), DEFAULT_PARAMETERS));
  expect(judge()).toBe(judge());
});

it('ELIG-004: who has waited too long is refused by E-104, and the facts tell since when', () => {
  const waited = { ...candidate(), waitingSince: NOON - 24 * HOUR_MS };
  const ill = basis({ healths: { health_version: 3, system_health: 'UNHEALTHY' } });
  const [judgement] = judgeInOrder([waited], ill, DEFAULT_PARAMETERS);
  expect(judgement?.verdict.first_failing_rule).toBe('E-104');
  expect(judgement?.facts.waiting_since).toBe(NOON - 24 * HOUR_MS);
});
