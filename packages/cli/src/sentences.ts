import { type Change, changeFromWire } from '@mandate/contracts';
import type { MessageName, Messages, Recorded, Change as WireChange } from '@mandate/schemas';

type Sentences = { readonly [N in MessageName]: (value: Messages[N]) => string };

const one = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const because = (reason: string | null): string => (reason ? `: ${reason}` : '');

/** A change of a capability in words. */
export function changeText(change: Change): string {
  switch (change.kind) {
    case 'capability_enable':
      return `enable ${change.capability} (${change.lifecycle})`;
    case 'capability_disable':
      return `disable ${change.capability}${because(change.reason)}`;
    case 'configuration_update':
      return settingText(change.capability, change.setting);
    case 'parameter_change':
      return change.settings.map((s) => settingText(change.capability, s)).join(', ');
  }
}

function settingText(capability: string, s: { key: string; old: unknown; new: unknown }): string {
  return `${capability} ${s.key} ${JSON.stringify(s.old)} → ${JSON.stringify(s.new)}`;
}

function changesText(changes: readonly WireChange[]): string {
  const known = changes.filter((c) => c.kind !== 'unknown');
  return known.length ? known.map((c) => changeText(changeFromWire(c))).join(', ') : 'no concrete change';
}

/** What moved, or why something did not. */
function recordedText(changes: readonly Recorded[]): string {
  const last = changes.at(-1);
  if (!last) return 'nothing changed';
  const first = changes[0] as Recorded;
  const states =
    first.from === last.to ? last.to : [first.from, ...changes.map((c) => c.to)].filter((s) => s !== null).join(' → ');
  return `${states}${last.code ? ` [${last.code}]` : ''}${because(last.reason)}`;
}

const SENTENCES: Sentences = {
  CrmIssue: (v) => (v.kind === 'ISSUE' ? `asks: ${v.subject}` : `${v.kind.toLowerCase()}: ${v.subject}`),
  IssueReceived: (v) => `received from ${v.origin.source_system}, ${v.origin.reference}: ${v.subject}`,
  ClarificationReceived: (v) => `answered: ${v.answer}`,
  CancellationReceived: (v) => `withdrawn by its CRM${because(v.reason)}`,
  CrmUpdate: (v) => `${v.state} told to ${v.source_system ?? 'the CRM'}: ${v.sentence}`,
  ProposalMade: (v) =>
    `read as ${v.issue_type}, ${v.severity}, confidence ${v.confidence_score.toFixed(2)}, ${v.recommended_action}: ${changesText(v.suggested_changes)}`,
  EligibilityJudged: (v) => {
    const failed = v.rules.filter((r) => !r.passed);
    const needs = failed.map((r) => `${r.id}${r.need ? ` (${needText(r.need)})` : ''}`).join('; ');
    return failed.length === 0 ? `MAY, all ${one(v.rules.length, 'rule')} passed` : `${v.verdict}: ${needs}`;
  },
  ContractChanged: (v) => {
    const isNew = v.changes[0]?.from === null;
    const terms = isNew ? ` (risk ${v.risk_level}; ${changesText(v.proposed_changes)})` : '';
    const waiting = v.waiting ? `; waits for ${v.waiting.reason}: ${v.waiting.detail}` : '';
    return `${recordedText(v.changes)}${terms}${waiting}`;
  },
  ReviewDecided: (v) => `${v.actor} decided ${v.action}${because(v.reason)}`,
  JobChanged: (v) => {
    const done = v.steps.filter((s) => s.state === 'DONE' || s.state === 'UNDONE').length;
    return `${v.kind} job ${v.state}, ${done} of ${one(v.steps.length, 'step')}${v.code ? ` [${v.code}]` : ''}${because(v.reason)}`;
  },
  CapabilityChanged: (v) => {
    const values = v.values.map((x) => `${x.key} ${x.value}`).join(', ');
    return `${v.capability} is ${v.enabled ? 'enabled' : 'disabled'} with ${values}${v.provisional_contract_id ? ', provisional' : ', final'}`;
  },
  HealthChanged: (v) => `${v.scope} is ${v.state}`,
  JobEvaluated: (v) => {
    const broken = v.invariants.filter((i) => i.holds !== 'YES').map((i) => i.id);
    const held = broken.length ? `not held: ${broken.join(', ')}` : 'every invariant held';
    return `healthy ${v.capabilities_healthy}, as proposed ${v.execution_matched}, ${held}${because(v.reason)}`;
  },
  AuditConcluded: (v) => {
    const open = v.checks.filter((c) => c.result !== 'PASS').map((c) => `${c.id} ${c.result}`);
    return `${v.verdict} of the ${v.kind} job${open.length ? ` (${open.join(', ')})` : ''}${because(v.reason)}`;
  },
  IncidentChanged: (v) => `incident ${v.state}${because(v.reason)}`,
  OperatorActed: (v) => `${v.operator} did ${v.action} at ${v.service}, ${v.subject}: ${v.reason} (${v.outcome})`,
  DeadLetter: (v) => `${v.kind} by ${v.service} [${v.code}]: ${v.reason}`,
};

/** A message in one sentence, for a person. */
export function sentenceOf<N extends MessageName>(name: N, value: Messages[N]): string {
  return SENTENCES[name](value);
}

/** What a rule needed; its `text` where it has one. */
function needText(need: string): string {
  try {
    const parsed = JSON.parse(need) as { text?: unknown };
    return typeof parsed?.text === 'string' ? parsed.text : need;
  } catch {
    return need;
  }
}
