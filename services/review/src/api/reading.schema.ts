import { z } from 'zod';
import { queueItem } from './contract.schema';
import { audit, incident } from './progress.schema';
import { ruleResult } from './verdict.schema';
import { count, digest, health, id, json, level, named, text, time } from './vocabulary';

const stuckItem = z.object({
  contract: queueItem,
  on: z.enum(['executor', 'health', 'auditor']).describe('who has not done their part in time'),
  since: time,
});
const escalatedIssue = named(
  'EscalatedIssue',
  z.object({
    issue_id: id,
    contract_id: id.nullable().describe('a revision that was found not eligible'),
    revision: count,
    title: text,
    severity: level,
    issue_type: text,
    recommended_action: text,
    confidence_score: z.number(),
    reason: text,
    first_failing_rule: text.nullable(),
    rules_failed: z.array(ruleResult),
    source: text,
    source_system: text,
    reference: text,
    submitter: text.nullable(),
    judged_at: time,
  }),
);

/** What needs a human now; each list most urgent first, at most 100 of each. */
export const attention = named(
  'Attention',
  z.object({
    total: count,
    escalated: z.array(queueItem).describe('ELIGIBLE with less than a day left'),
    expiring: z.array(queueItem).describe('ELIGIBLE with less than two days left'),
    held: z.array(queueItem).describe('APPROVED, and activation waits for something'),
    stuck: z.array(stuckItem).describe('ACTIVE, and somebody has not done their part in time'),
    inconclusive: z.array(z.object({ contract: queueItem, audit })),
    incidents: z.array(incident),
    escalated_issues: z.array(escalatedIssue).describe('no contract came of them, but a human should look'),
  }),
);

const contractChange = named(
  'ContractChange',
  z.object({
    kind: z.literal('contract_change'),
    at: time,
    version: count,
    from: text.nullable(),
    to: text,
    cause: text,
    actor: text,
    code: text.nullable(),
    reason: text.nullable(),
  }),
);
const incidentChange = named(
  'IncidentChange',
  z.object({
    kind: z.literal('incident_change'),
    at: time,
    version: count,
    from: text.nullable(),
    to: text,
    cause: text,
    actor: text,
    code: text.nullable(),
    reason: text.nullable(),
  }),
);
const reviewEvent = named(
  'ReviewEvent',
  z.object({
    kind: z.literal('review_event'),
    at: time,
    event_id: id,
    action: text,
    actor: text,
    on_behalf_of: text.nullable(),
    reason: text.nullable(),
    modifications: json,
    session_id: text,
    request_id: text,
    dossier_digest_seen: digest.nullable(),
    version_seen: count.nullable(),
    outcome: z.enum(['ACCEPTED', 'REFUSED']),
    code: text.nullable(),
    sentence: text.nullable(),
  }),
);
export const history = named(
  'History',
  z.object({
    contract_id: id,
    history: z.array(z.discriminatedUnion('kind', [contractChange, incidentChange, reviewEvent])),
  }),
);

const hop = named(
  'Hop',
  z.object({
    time,
    writer: text,
    message: text,
    says: text,
    version: count,
    contract_id: id.nullable(),
    digest,
    has_effect: z.boolean().describe('false: it only records something and is no authority for anything new'),
    cites: z.object({ message: text, says: text.nullable(), digest, is_known: z.boolean() }),
    verified: z
      .boolean()
      .describe('its proof held when it arrived; what does not verify has no effect and is not here'),
    sentence: text,
  }),
);
export const chain = named(
  'Chain',
  z.object({
    contract_id: id,
    is_whole: z.boolean(),
    is_proof_served: z.boolean().describe('whether the auditor gives its proof file to the page'),
    hops: z.array(hop),
  }),
);

export const proofTicket = named(
  'ProofTicket',
  z.object({
    ticket: text.describe('the body of a POST to `url`, as text/plain; the answer is the proof file'),
    url: z.url(),
    not_after: time,
  }),
);

/** The bodies of GET /events, by the event's name. */
export const serverEvents = {
  contract: named('ContractEvent', z.object({ contract_id: id, version: count, status: text })),
  incident: named('IncidentEvent', z.object({ contract_id: id, incident_id: id, version: count, state: text })),
  audit: named('AuditEvent', z.object({ contract_id: id, audit_id: id, verdict: text, is_final: z.boolean() })),
  job: named('JobEvent', z.object({ contract_id: id, job_id: id, version: count, state: text })),
  evaluation: named('EvaluationEvent', z.object({ contract_id: id, evaluation_id: id })),
  attention: named('AttentionEvent', z.object({ issue_id: id.nullable(), contract_id: id.nullable(), why: text })),
  health: named('HealthEvent', z.object({ scope: text, version: count, state: health })),
  reset: named('ResetEvent', z.object({ why: text.describe('read everything again: what was missed is not kept') })),
};

export type AttentionView = z.input<typeof attention>;
export type HistoryView = z.input<typeof history>;
export type HopView = z.input<typeof hop>;
export type ChainView = z.input<typeof chain>;
export type ProofTicketView = z.input<typeof proofTicket>;
export type EventName = keyof typeof serverEvents;
