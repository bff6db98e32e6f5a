import { CONTRACT_STATES } from '@mandate/contracts';
import { z } from 'zod';
import { lineageItem, ttl } from './lineage.schema';
import { progress } from './progress.schema';
import { changeView, constraints, eligibility, validatorVerdict } from './verdict.schema';
import { count, digest, health, id, json, level, lifecycle, named, offer, text, time } from './vocabulary';

export const status = named('ContractStatus', z.enum(CONTRACT_STATES));
export const waiting = named(
  'Waiting',
  z.object({
    reason: text.describe('HEALTH, BLOCKED, PLAN_STALE, FROZEN or HELD_BY'),
    detail: text,
    since: time,
  }),
);

const header = {
  contract_id: id,
  issue_id: id,
  parent_contract_id: id.nullable(),
  title: text,
  status,
  risk_level: level,
  source: text,
  source_system: text,
  reference: text,
  submitter: text.nullable(),
  is_submitted_by_founder: z.boolean().describe('The founder judges their own wish.'),
  revision: count,
  version: count,
  created_at: time,
  changed_at: time,
  expires_at: time,
  ttl_paused_at: time.nullable(),
  is_clarification_open: z.boolean(),
  waiting: waiting.nullable(),
  dossier_digest: digest,
};

/** One row of the queue. */
export const queueItem = named('QueueItem', z.object({ ...header, affected_capabilities: z.array(text) }));
export const queue = named(
  'Queue',
  z.object({ contracts: z.array(queueItem), next_cursor: text.nullable().describe('null on the last page') }),
);

const signal = named(
  'Signal',
  z.object({
    signal_id: text,
    scope: text,
    kind: text,
    decision: text,
    source: text,
    author: text.nullable(),
    reason: text.nullable(),
    observed_at: time,
    expires_at: time,
  }),
);
const capabilityKey = z.object({
  key: text,
  description: text,
  value: json,
  schema: json.describe('JSON Schema of its values'),
});

/** A capability as it is now. `description` and what follows is empty for one the registry does not know. */
export const capability = named(
  'Capability',
  z.object({
    name: text,
    is_known: z.boolean(),
    description: text.nullable(),
    owner: text.nullable(),
    enabled: z.boolean().nullable(),
    lifecycle: lifecycle.nullable(),
    frozen: z.boolean().nullable(),
    version: count.nullable(),
    provisional_contract_id: id.nullable().describe('whose change is live there and not final yet'),
    health,
    health_version: count,
    blocking_signals: z.array(signal),
    keys: z.array(capabilityKey),
    values: z.record(z.string(), json).nullable(),
  }),
);

const issue = named(
  'Issue',
  z.object({
    issue_id: id,
    subject: text,
    body: text.describe("the requestor's own words, as they came: data, never markup"),
    hints: z.object({ severity: text.nullable(), capabilities: z.array(text), change: text.nullable() }),
    payload_digest: digest,
    recurrence_of: id.nullable(),
    related_to: id.nullable(),
    follows: id.nullable(),
  }),
);

const origin = z.object({
  source: text,
  source_system: text,
  reference: text,
  submitter: text.nullable(),
  tenant: text.nullable(),
  received_at: time,
  issue: issue.nullable().describe('null while the issue has not arrived here'),
});

const approval = named(
  'Approval',
  z.object({
    approved_by: text,
    approved_at: time,
    window_start: time,
    window_end: time,
    key_id: text,
    statement: text,
    signature: text.describe('hexadecimal'),
  }),
);

/** What is otherwise than it was when the founder approved. */
const changedFact = named(
  'ChangedFact',
  z.object({
    fact: text.describe('HEALTH, FROZEN, SIGNAL, RIVAL or VALUE'),
    subject: text.describe('SYSTEM, a capability, or capability#key'),
    at_approval: text,
    present: text,
  }),
);

const clarificationRound = named(
  'ClarificationRound',
  z.object({
    request_id: text,
    question: text,
    requested_at: time,
    answer: text.nullable(),
    answered_at: time.nullable(),
  }),
);

/** Everything on the review page. */
export const contractPage = named(
  'ContractPage',
  z.object({
    ...header,
    status_reason: text.nullable(),
    successor_contract_id: id.nullable(),
    plan_digest: digest,
    is_sound: z.boolean().describe('what is shown is what was proposed and judged'),
    origin,
    validator_verdict: validatorVerdict.nullable(),
    proposed_changes: z.array(changeView),
    affected_capabilities: z.array(capability),
    risk: z.object({
      level,
      health_impact: z.object({ estimate: text, completed: count, failed: count, reason: text }),
    }),
    eligibility: eligibility.nullable(),
    system_health: z.object({ state: health, version: count, blocking_signals: z.array(signal) }),
    activation: z.object({
      default_window: z.object({ window_start: time, window_end: time }),
      bounds: z.object({ start_ahead_ms_max: count, length_ms_max: count }),
      constraints,
      approval: approval.nullable(),
    }),
    changed_since_approval: z.array(changedFact).describe('activation waits while it is not empty'),
    clarification: clarificationRound.nullable().describe('the newest round'),
    clarification_rounds: z.array(clarificationRound),
    notes: z.array(z.object({ by: text, at: time, text: text, is_late_answer: z.boolean() })),
    ttl,
    lineage: z.array(lineageItem),
    actions: z.object({
      approve: offer,
      reject: offer,
      request_clarification: offer,
      provide_clarification: offer,
      modify_scope: offer,
      note: offer,
    }),
    modification: z.object({
      revisions_left: count,
      capabilities: z.array(capability).describe('what a modification may touch'),
    }),
    approval_means: text,
    progress,
    dossier: json.describe('whose RFC 8785 form has the dossier digest'),
  }),
);

export type QueueItem = z.input<typeof queueItem>;
export type ContractPage = z.input<typeof contractPage>;
export type CapabilityView = z.input<typeof capability>;
export type ClarificationRoundView = z.input<typeof clarificationRound>;
