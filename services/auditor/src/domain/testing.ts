import type { Change } from '@mandate/contracts';
import { inverseOf } from '@mandate/judgement';
import { audit } from './audit';
import type { CapabilityFile, CaseFile, ChainFile, HealthFile, JobFile } from './case-file';

/** A case in which everything holds, for specs to bend. Times are milliseconds from an arbitrary zero. */
export const CHANGE: Change = {
  kind: 'configuration_update',
  capability: 'search',
  setting: { key: 'hops', old: 3, new: 5 },
};
const before = { enabled: true, lifecycle: 'LAUNCHED', values: { hops: 3, width: 1 } };
const after = { ...before, values: { hops: 5, width: 1 } };

export const capability = (more: Partial<CapabilityFile> = {}): CapabilityFile => ({
  ...after,
  ref: `capabilities/0/${more.registryVersion ?? 8}`,
  capability: 'search',
  version: 2,
  registryVersion: 8,
  cause: 'CHANGE',
  contractId: 'c1',
  jobId: 'j1',
  irreversibleAllowed: [],
  changedAt: 10_000,
  cited: { contractId: 'c1', says: 'ACTIVE', capabilities: ['search'] },
  isJobKnown: true,
  isCatalogueAllowed: true,
  ...more,
});
export const FIRST = capability({
  ...before,
  version: 1,
  registryVersion: 7,
  cause: 'DEFINITION',
  contractId: null,
  jobId: null,
  cited: null,
  changedAt: 1_000,
});

const SEEN = [
  { scope: 'SYSTEM', state: 'HEALTHY', version: 1 },
  { scope: 'search', state: 'HEALTHY', version: 1 },
];
export const job = (more: Partial<JobFile> = {}): JobFile => ({
  ref: 'jobs/0/1',
  jobId: 'j1',
  contractId: 'c1',
  state: 'COMPLETED',
  planDigest: 'aa',
  steps: [
    {
      index: 0,
      change: CHANGE,
      inverse: inverseOf(CHANGE),
      state: 'DONE',
      startedAt: 10_000,
      endedAt: 10_000,
      healthSeen: SEEN,
    },
  ],
  versions: [{ capability: 'search', before: 1, after: 2, stateBefore: before, stateAfter: after }],
  createdAt: 9_000,
  startedAt: 10_000,
  endedAt: 10_000,
  registryVersion: 8,
  ...more,
});

export const said = (more: Partial<HealthFile> = {}): HealthFile => ({
  ref: `health/0/${more.scope ?? 'SYSTEM'}${more.version ?? 1}`,
  scope: 'SYSTEM',
  version: 1,
  state: 'HEALTHY',
  basis: 'own',
  at: 5_000,
  validUntil: (more.at ?? 5_000) + 25_000,
  scopeVersions: [
    { scope: 'SYSTEM', version: more.version ?? 1 },
    { scope: 'search', version: 1 },
  ],
  signals: [],
  ...more,
});
export const searchSaid = (more: Partial<HealthFile> = {}): HealthFile =>
  said({ scope: 'search', at: 1_000, validUntil: null, scopeVersions: [], ...more });

const hop = (type: string, says: string): ChainFile['hops'][number] => ({
  ref: `${type}/0/0`,
  type,
  says,
  writer: 'w',
  digest: `${type}${says}`,
  causeDigest: '00',
  problem: null,
});
const CHAIN: readonly (readonly [string, string])[] = [
  ['IssueReceived', 'RECEIVED'],
  ['ProposalMade', 'PROPOSED'],
  ['EligibilityJudged', 'MAY'],
  ['ContractChanged', 'ELIGIBLE'],
  ['ReviewDecided', 'APPROVE'],
  ['ContractChanged', 'ACTIVE'],
  ['JobChanged', 'JOB_DONE'],
];
const BACK: readonly (readonly [string, string])[] = [
  ['AuditConcluded', 'FAIL'],
  ['ContractChanged', 'FAILED'],
  ['JobChanged', 'ROLLBACK_DONE'],
];

export const GOOD: CaseFile = {
  kind: 'CHANGE',
  contract: {
    ref: 'contracts/0/1',
    contractId: 'c1',
    changes: [CHANGE],
    capabilities: ['search'],
    planDigest: 'aa',
    recomputedPlanDigest: 'aa',
    approval: { problem: null, founder: 'f', windowStart: 8_000, windowEnd: 60_000, allowedTargets: [] },
  },
  job: job(),
  undone: null,
  evaluation: {
    ref: 'evaluations/0/1',
    capabilitiesHealthy: 'YES',
    executionMatched: 'YES',
    invariants: ['INV-1', 'INV-2', 'INV-3', 'INV-4', 'INV-5'].map((id) => ({ id, holds: 'YES' as const })),
    windowStart: 10_000,
    windowEnd: 20_000,
    registryVersion: 8,
    healthVersion: 3,
  },
  registry: {
    changes: [capability()],
    missing: [],
    states: new Map([
      ['search@1', FIRST],
      ['search@2', capability()],
    ]),
  },
  health: [searchSaid(), said(), said({ version: 2, at: 15_000 }), said({ version: 3, at: 20_000 })],
  eligibility: { ref: 'verdicts/0/1', outcome: 'SAME', rulesVersion: '1', isProposalUnaltered: true },
  chain: {
    hops: [...CHAIN, ['JobEvaluated', 'EVALUATED'] as const].map(([t, s]) => hop(t, s)),
    missing: [],
    equivocations: [],
  },
};

const undoneVersions = [{ capability: 'search', before: 2, after: 3, stateBefore: after, stateAfter: before }];
const UNDONE = capability({
  ...before,
  version: 3,
  registryVersion: 9,
  cause: 'ROLLBACK',
  jobId: 'j2',
  cited: { contractId: 'c1', says: 'FAILED', capabilities: ['search'] },
});

/** The rollback of a change that made SYSTEM ill, in which everything holds. */
export const GOOD_ROLLBACK: CaseFile = {
  ...GOOD,
  kind: 'ROLLBACK',
  job: job({
    ref: 'jobs/0/2',
    jobId: 'j2',
    steps: (GOOD.job as JobFile).steps.map((s) => ({ ...s, state: 'UNDONE' })),
    versions: undoneVersions,
    registryVersion: 9,
  }),
  undone: GOOD.job,
  evaluation: { ...GOOD.evaluation, capabilitiesHealthy: 'YES', registryVersion: 9 },
  registry: { changes: [UNDONE], missing: [], states: new Map([...GOOD.registry.states, ['search@3', UNDONE]]) },
  health: [
    searchSaid(),
    said({ state: 'UNHEALTHY' }),
    said({ version: 2, at: 15_000, state: 'UNHEALTHY' }),
    said({ version: 3, at: 20_000 }),
  ],
  chain: {
    ...GOOD.chain,
    hops: [...CHAIN, ...BACK, ['JobEvaluated', 'ROLLBACK_EVALUATED'] as const].map(([t, s]) => hop(t, s)),
  },
};

/** What a spec changes of the case in which everything holds. */
export type Bend = Partial<CaseFile>;
export const result = (id: string, bend: Bend, from: CaseFile = GOOD) =>
  audit({ ...from, ...bend }, false).checks.find((c) => c.id === id)?.result;
export const answers = (id: string, holds: 'YES' | 'NO' | 'UNKNOWN') => ({
  evaluation: {
    ...GOOD.evaluation,
    invariants: GOOD.evaluation.invariants.map((i) => (i.id === id ? { id, holds } : i)),
  },
});
export const withStep = (more: Partial<JobFile['steps'][number]>): Bend => ({
  job: job({ steps: job().steps.map((s) => ({ ...s, ...more })) }),
});
export const withState = (name: string, more: Parameters<typeof capability>[0]): Bend => ({
  registry: { ...GOOD.registry, states: new Map([...GOOD.registry.states, [name, capability(more)]]) },
});
export const without = (name: string): Bend => ({
  registry: { ...GOOD.registry, states: new Map([...GOOD.registry.states].filter(([n]) => n !== name)) },
});
export const other = { ...CHANGE, setting: { key: 'width', old: 1, new: 9 } } as typeof CHANGE;
