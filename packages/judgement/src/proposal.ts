import type { Change, Level } from '@mandate/contracts';

/** Where issues come from; anything else is refused (E-005). */
export const ISSUE_SOURCES = ['crm_feedback', 'support_ticket', 'ops_alert'] as const;
export type IssueSource = (typeof ISSUE_SOURCES)[number];

export type IssueType = 'capability_request' | 'bug_report' | 'configuration_change' | 'escalation' | 'unknown';
export type RecommendedAction = 'create_contract' | 'defer' | 'reject' | 'escalate';

/** What the validator reads of an issue. Texts as they arrived; hints are what the CRM claims and never add authority. */
export interface IssueText {
  readonly issue_id: string;
  readonly source: IssueSource;
  readonly subject: string;
  readonly body: string;
  readonly hints: {
    readonly severity: string | null;
    readonly capabilities: readonly string[];
    /** A change kind, or the request in the CRM's own words. */
    readonly change: string | null;
  };
}

/** Words of the issue that led to something. `start` and `end` are UTF-16 offsets into the field as it arrived. */
export interface Evidence {
  readonly field: 'subject' | 'body' | 'hint';
  readonly start: number;
  readonly end: number;
  /** The words themselves, at most 200 characters. */
  readonly quote: string;
  /** What they counted for: `type:bug_report`, `severity:high`, `capability:search_depth`, `new:search_depth#max_hops`. */
  readonly counted_for: string;
}

/** The validator's advice (spec 1-workflow §3.2). It decides nothing. */
export interface Proposal {
  readonly issue_type: IssueType;
  readonly severity: Level;
  /** Registry names, sorted; exactly those of `suggested_changes` when there are any. */
  readonly affected_capabilities: readonly string[];
  /** What the issue asks to change and the registry lacks, in the issue's words, sorted. */
  readonly unknown_capabilities: readonly string[];
  readonly recommended_action: RecommendedAction;
  /** 0.00–1.00, two decimals (VAL-003). */
  readonly confidence_score: number;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly suggested_changes: readonly Change[];
  /** Registry names that a misspelt word may have meant; never acted on. */
  readonly suggestions: readonly string[];
  readonly validator_version: string;
  readonly registry_version: number;
}

/** What a founder's scope modification gives the validator (spec 1-workflow §4 "Revisions"). */
export interface RevisionInput {
  readonly issue_id: string;
  readonly source: IssueSource;
  readonly contract_id: string;
  /** 1–5. */
  readonly revision: number;
  /** The original's verdict: type and severity come from the issue, not from the founder. */
  readonly original: Pick<Proposal, 'issue_type' | 'severity'>;
  /** The founder's explicit changes, carried over unchanged. */
  readonly changes: readonly Change[];
}
