import { type Change, canonicalJson, type Level, type Registry } from '@mandate/contracts';
import { byCodeUnits } from '../../json/same-json';
import type { Evidence, IssueText } from '../../proposal';
import { changesOf } from './changes';
import { readSentences } from './read';
import { sentencesOf } from './tokens';

export interface HintCheck {
  /** Capabilities a hint names that the registry lacks. */
  readonly unknown: readonly string[];
  /** How many hints say otherwise than the text. */
  readonly contradicted: number;
  readonly evidence: readonly Evidence[];
}

interface FromText {
  readonly severity: Level;
  readonly isSeverityStated: boolean;
  readonly capabilities: readonly string[];
  readonly changes: readonly Change[];
}

const HINT_MAX = 200;
const HINTS_MAX = 20;

/** Compares the CRM's hints with what the text says. Hints add nothing; they can only contradict (spec 1-workflow §5). */
export function checkHints(hints: IssueText['hints'], text: FromText, registry: Registry): HintCheck {
  const evidence: Evidence[] = [];
  const note = (hint: string, countedFor: string): void => {
    const quote = hint.slice(0, HINT_MAX);
    evidence.push({ field: 'hint', start: 0, end: quote.length, quote, counted_for: countedFor });
  };
  const unknown: string[] = [];
  for (const name of hints.capabilities.slice(0, HINTS_MAX)) {
    if (!registry.capabilities.has(name)) {
      unknown.push(name.slice(0, HINT_MAX));
      note(name, 'unknown:capability');
    } else if (text.capabilities.length > 0 && !text.capabilities.includes(name))
      note(name, 'contradicts:capabilities');
  }
  if (hints.severity !== null && contradictsSeverity(hints.severity, text))
    note(hints.severity, 'contradicts:severity');
  if (hints.change !== null && contradictsChange(hints.change, text, registry))
    note(hints.change, 'contradicts:change');
  const contradicted = evidence.filter((e) => e.counted_for.startsWith('contradicts:')).length;
  return { unknown: [...new Set(unknown)].sort(byCodeUnits), contradicted, evidence };
}

/** A severity the text states otherwise; and "critical" whenever the text does not say so, since that needs a human. */
function contradictsSeverity(hint: string, { severity, isSeverityStated }: FromText): boolean {
  const claimed = hint.trim().toLowerCase();
  if (claimed === severity) return false;
  return isSeverityStated || claimed === 'critical';
}

/** Another kind of change, or other changes in the CRM's own words. */
function contradictsChange(hint: string, { changes }: FromText, registry: Registry): boolean {
  if (changes.length === 0) return false;
  if (/^(?:capability_enable|capability_disable|configuration_update|parameter_change)$/.test(hint)) {
    return !changes.some((change) => change.kind === hint);
  }
  const words = hint.slice(0, HINT_MAX);
  const { atoms } = readSentences(sentencesOf('hint', words, [[0, words.length]]), registry);
  const claimed = changesOf(atoms, registry).filter((c) => c.kind !== 'capability_disable');
  return claimed.length > 0 && canonicalJson(claimed) !== canonicalJson(changes);
}
