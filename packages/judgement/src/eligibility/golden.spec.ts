import { type Change, canonicalJson, LEVELS, sha256 } from '@mandate/contracts';
import { freeze, HOUR_MS, NOON, proposal, rival, update } from '../testing/proposals';
import { registry } from '../testing/registry';
import type { JudgedProposal, SystemHealth } from './facts';
import { factsFor } from './facts-for';
import { judge } from './judge';
import { RULES_VERSION } from './v1/parameters';

/** What the rules of each version ever used answered to the cases below, needs and words included. Lines are only added. */
const ANSWERS: Readonly<Record<string, string>> = {
  '1-f889be1a799f': '13ad36ebcd4422a1c2336eaa7b570f2b6dbebad8d3de0dfc6472bc3e3d2571f8',
};

const TYPES = ['configuration_change', 'bug_report', 'escalation', 'unknown'] as const;
const ACTIONS = ['create_contract', 'escalate', 'defer'] as const;
const HEALTHS: readonly SystemHealth[] = ['HEALTHY', 'HEALTHY', 'HEALTHY', 'DEGRADED'];
const CHANGES: readonly (readonly Change[])[] = [
  [update('search_depth', 'max_hops', 3, 5)],
  [update('search_depth', 'max_hops', 3, 99)],
  [update('search_depth', 'max_hops', 4, 5), update('search_depth', 'max_hops', 3, 3)],
  [update('billing_ledger', 'rounding_mode', 'half_even', 'half_up')],
  [update('teleport', 'speed', 1, 2)],
  [],
  [
    {
      kind: 'capability_enable',
      capability: 'bulk_export',
      lifecycle: 'LAUNCHED',
      prior: { enabled: false, lifecycle: 'PREVIEW' },
    },
  ],
  [
    {
      kind: 'capability_disable',
      capability: 'search_depth',
      reason: 'r',
      prior: { enabled: false, lifecycle: 'LAUNCHED' },
    },
  ],
];

/** Numbers that look random and are the same everywhere. */
function dice(seed: number): <T>(list: readonly T[]) => T {
  let state = seed;
  return (list) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return list[Math.floor((state / 2 ** 32) * list.length)] as (typeof list)[number];
  };
}

function answers(): string {
  const pick = dice(1);
  const texts = Array.from({ length: 2_000 }, () => {
    const suggested_changes = pick(CHANGES);
    const judged: JudgedProposal = proposal({
      suggested_changes,
      affected_capabilities: pick([[...new Set(suggested_changes.map((c) => c.capability))], ['search_depth']]),
      unknown_capabilities: pick([[], [], [], ['warp']]),
      issue_type: pick(TYPES),
      severity: pick(LEVELS),
      recommended_action: pick(ACTIONS),
      confidence_score: pick([0, 0.64, 0.7, 1]),
      source: pick(['support_ticket', 'ops_alert', 'pigeon']),
      ...pick([{ revision: 0 }, { revision: 1, contract_id: 'contract-9' }]),
    });
    const healths = { health_version: 7, system_health: pick(HEALTHS) };
    const signals = pick([[], [], [freeze('SYSTEM', null)], [freeze('search_depth', NOON + HOUR_MS)]]);
    const rivals = pick([[], [], [rival('search_depth#max_hops', NOON - HOUR_MS)], [rival('bulk_export', NOON)]]);
    const facts = factsFor(judged, registry, healths, signals, rivals, NOON, pick([null, NOON - 25 * HOUR_MS]));
    return canonicalJson(judge(judged, facts));
  });
  return sha256(texts.join('\n')).toString('hex');
}

it('ELIG-001: a version of the rules answers the same for ever; another answer needs another version', () => {
  // If this fails on purpose, raise RULES_CODE in parameters.ts, keep the old code as it is, and add a line above.
  expect(answers()).toBe(ANSWERS[RULES_VERSION]);
});
