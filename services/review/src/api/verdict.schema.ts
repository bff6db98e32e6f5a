import { z } from 'zod';
import { changeKind, count, json, level, lifecycle, named, text, time } from './vocabulary';

export const constraints = named(
  'Constraints',
  z.object({
    max_duration_ms: count,
    step_timeout_ms: count,
    steps_per_minute: count,
    allowed_targets: z.array(text).describe('empty: every target of the plan'),
  }),
);

const enablement = named('Enablement', z.object({ enabled: z.boolean(), lifecycle }));
const settingView = named(
  'SettingView',
  z.object({
    key: text,
    description: text.nullable(),
    old: json.describe('what the change expects to find; null: no value'),
    new: json,
    present: json.describe('what is there now'),
    is_as_expected: z.boolean().describe('false: the step would fail, since the present value is not the old one'),
  }),
);

/** A change as a difference between what is and what would be, with what would undo it. */
export const changeView = named(
  'ChangeView',
  z.object({
    kind: changeKind,
    capability: text,
    reason: text.nullable().describe('why a capability is disabled'),
    settings: z.array(settingView),
    enablement: z
      .object({ old: enablement, new: enablement, present: enablement.nullable(), is_as_expected: z.boolean() })
      .nullable(),
    undo: z
      .object({
        is_one_way: z.boolean(),
        reason: text.nullable().describe('why it is one-way'),
        leads_back: z.boolean().describe('computed on the values of the plan: undoing puts back what was before'),
        driver: text.nullable().describe('who would carry it out'),
        targets: z.array(
          z.object({
            target: text.describe('capability#key, or the capability for its enablement'),
            before: json,
            after: json,
            undone: json,
          }),
        ),
      })
      .describe('what a rollback of this step would do'),
  }),
);

export const validatorVerdict = named(
  'ValidatorVerdict',
  z.object({
    issue_type: text,
    severity: level,
    confidence_score: z.number(),
    recommended_action: text,
    reason: text,
    evidence: z
      .array(z.object({ field: text, start: count, end: count, quote: text, counted_for: text }))
      .describe("spans of the issue's words; start and end count UTF-16 code units"),
    suggestions: z.array(text),
    unknown_capabilities: z.array(text),
    validator_version: text,
  }),
);

export const ruleResult = named(
  'RuleResult',
  z.object({
    id: text,
    passed: z.boolean(),
    asks: text.describe('what the rule wants, in words'),
    saw: json.describe('the facts and the parts of the proposal that it was judged on'),
    need: json.describe('what a failing rule needed; null if it passed'),
  }),
);

export const eligibility = named(
  'Eligibility',
  z.object({
    verdict: z.enum(['MAY', 'MAY_NOT']),
    rules_passed: count,
    rules_total: count,
    first_failing_rule: text.nullable(),
    rules: z.array(ruleResult),
    facts: json,
    rules_version: text,
    judged_at: time,
  }),
);

export type ChangeView = z.input<typeof changeView>;
export type RuleView = z.input<typeof ruleResult>;
export type EligibilityView = z.input<typeof eligibility>;
export type ValidatorVerdictView = z.input<typeof validatorVerdict>;
