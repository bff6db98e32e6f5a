import { type Change, capabilitiesOf, type Registry } from '@mandate/contracts';
import { byCodeUnits } from '../../json/same-json';
import type { Evidence, IssueText, Proposal, RevisionInput } from '../../proposal';
import type { Evident } from './atoms';
import { changesOf, staleClaims } from './changes';
import { type Classification, classify } from './classify';
import { actionOf, confidenceOf, FOUNDER_STRENGTH } from './confidence';
import { checkHints } from './hints';
import { lexiconOf } from './lexicon';
import { type Reading, readIssue } from './read';
import { suggestionsFor } from './suggest';

/** Names these answers; whatever changes one needs another version, in another folder. */
export const VERSION_1 = '1.0.0';

/** Intake refuses more (subject 200, body 10,000 characters); beyond this nothing is analysed at all. */
const SUBJECT_CHARACTERS_MAX = 1_000;
const BODY_CHARACTERS_MAX = 20_000;
const QUOTE_MAX = 200;
const EVIDENCE_MAX = 50;
const UNKNOWN_MAX = 10;
const REASON_MAX = 1_000;

/** Reads an issue; see `validate`. */
export function validateV1(issue: IssueText, registry: Registry): Proposal {
  try {
    if (issue.subject.length > SUBJECT_CHARACTERS_MAX || issue.body.length > BODY_CHARACTERS_MAX) {
      return safe('the text is longer than can be analysed', registry);
    }
    return propose(issue, registry);
  } catch {
    return safe('the issue could not be analysed', registry);
  }
}

/** Carries a founder's explicit changes over; see `validateRevision`. */
export function validateRevisionV1(input: RevisionInput, registry: Registry): Proposal {
  try {
    const { changes, original } = input;
    const affected = capabilitiesOf(changes);
    const unknown = affected.filter((name) => !registry.capabilities.has(name));
    const confidence = confidenceOf({
      source: input.source,
      strength: FOUNDER_STRENGTH,
      knownCount: affected.length - unknown.length,
      unknownCount: unknown.length,
      contradictedHints: 0,
      staleClaims: 0,
    });
    return {
      issue_type: original.issue_type,
      severity: original.severity,
      affected_capabilities: affected,
      unknown_capabilities: unknown,
      recommended_action: actionOf(original.issue_type, original.severity, confidence),
      confidence_score: confidence,
      reason: `revision ${input.revision}: the founder states the changes; type and severity are the original issue's`,
      evidence: [],
      suggested_changes: changes,
      suggestions: [],
      validator_version: VERSION_1,
      registry_version: registry.registry_version,
    };
  } catch {
    return safe('the revision could not be analysed', registry);
  }
}

function propose(issue: IssueText, registry: Registry): Proposal {
  const reading = readIssue(issue.subject, issue.body, registry);
  const seen = classify(reading);
  const changes = changesOf(reading.atoms, registry);
  const affected = changes.length > 0 ? capabilitiesOf(changes) : seen.isForeign ? [] : spokenOf(reading);
  const hints = checkHints(issue.hints, { ...seen, capabilities: affected, changes }, registry);
  const unknown = [...new Set([...reading.unknown, ...hints.unknown])].sort(byCodeUnits).slice(0, UNKNOWN_MAX);
  const stale = staleClaims(reading.atoms, registry);
  const suggestions = suggestionsFor(unknown, lexiconOf(registry));
  const confidence = confidenceOf({
    source: issue.source,
    strength: seen.strength,
    knownCount: affected.length,
    unknownCount: unknown.length,
    contradictedHints: hints.contradicted,
    staleClaims: stale.length,
  });
  return {
    issue_type: seen.type,
    severity: seen.severity,
    affected_capabilities: affected,
    unknown_capabilities: unknown,
    recommended_action: actionOf(seen.type, seen.severity, confidence),
    confidence_score: confidence,
    reason: reasonOf(seen, reading, changes, stale, unknown, suggestions, hints.contradicted),
    evidence: evidenceOf(reading, seen, hints.evidence),
    suggested_changes: changes,
    suggestions,
    validator_version: VERSION_1,
    registry_version: registry.registry_version,
  };
}

/** VAL-004: what cannot be analysed is deferred with confidence 0.00 and the reason. */
function safe(reason: string, registry: Registry): Proposal {
  const version: unknown = (registry as Registry | null)?.registry_version;
  return {
    issue_type: 'unknown',
    severity: 'medium',
    affected_capabilities: [],
    unknown_capabilities: [],
    recommended_action: 'defer',
    confidence_score: 0,
    reason,
    evidence: [],
    suggested_changes: [],
    suggestions: [],
    validator_version: VERSION_1,
    registry_version: typeof version === 'number' ? version : 0,
  };
}

/** The capabilities the writer names; an ambiguous name stands for none. */
function spokenOf({ named }: Reading): readonly string[] {
  const sure = named.filter(({ mention }) => new Set(mention.meanings.map((m) => m.capability)).size === 1);
  return [...new Set(sure.flatMap(({ mention }) => mention.meanings.map((m) => m.capability)))].sort(byCodeUnits);
}

function reasonOf(
  seen: Classification,
  { flaws }: Reading,
  changes: readonly Change[],
  stale: readonly string[],
  unknown: readonly string[],
  suggestions: readonly string[],
  contradicted: number,
): string {
  // What leaves a change open comes first: it is what the refusal quotes, and what the writer can do something about.
  const parts = [
    ...new Set(flaws.slice(0, 5)),
    `${seen.type}: ${seen.why}`,
    `severity ${seen.severity}${seen.isSeverityStated ? '' : ' (not stated)'}`,
    changes.length > 0
      ? `${changes.length} change${changes.length === 1 ? '' : 's'} determined`
      : 'no change determined',
    ...stale,
  ];
  if (unknown.length > 0) parts.push(`not in the registry: ${unknown.join(', ')}`);
  if (suggestions.length > 0) parts.push(`did you mean ${suggestions.join(' or ')}?`);
  if (contradicted > 0) parts.push(`${contradicted} hint${contradicted === 1 ? '' : 's'} contradict the text`);
  return parts.join('; ').slice(0, REASON_MAX);
}

function evidenceOf({ named }: Reading, seen: Classification, hints: readonly Evidence[]): readonly Evidence[] {
  const mentions: Evident[] = named.map(({ sentence, mention: { from, to, meanings } }) => {
    const names = [...new Set(meanings.map((m) => m.capability))].join('|');
    return { sentence, from, to, countedFor: `capability:${names}` };
  });
  const all = [...seen.evidence, ...mentions].map(toEvidence).sort(byPlace);
  const unique = all.filter((e, i) => i === 0 || byPlace(e, all[i - 1] as Evidence) !== 0);
  return [...hints, ...unique].slice(0, EVIDENCE_MAX);
}

/** The subject first, then in the order of the text. */
const byPlace = (a: Evidence, b: Evidence): number =>
  (a.field === b.field ? 0 : byCodeUnits(b.field, a.field)) ||
  a.start - b.start ||
  a.end - b.end ||
  byCodeUnits(a.counted_for, b.counted_for);

function toEvidence({ sentence: { field, source, tokens }, from, to, countedFor }: Evident): Evidence {
  const start = tokens[from]?.start ?? 0;
  const end = tokens[to - 1]?.end ?? start;
  return { field, start, end, quote: source.slice(start, Math.min(end, start + QUOTE_MAX)), counted_for: countedFor };
}
