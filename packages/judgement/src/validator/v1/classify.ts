import { LEVELS, type Level } from '@mandate/contracts';
import type { IssueType } from '../../proposal';
import type { Evident } from './atoms';
import { STRENGTH } from './confidence';
import { BUG_CUES, DENIABLE, ESCALATION_CUES, SEVERITY_CUES, WISH_CUES } from './cues';
import { isForeign } from './language';
import { isNegated, isNegator, type PhraseHit, type PhraseTable, phrasesIn } from './phrases';
import type { Reading } from './read';
import type { Sentence } from './tokens';

export interface Classification {
  readonly type: IssueType;
  /** 0–30 hundredths. */
  readonly strength: number;
  readonly severity: Level;
  readonly isSeverityStated: boolean;
  readonly evidence: readonly Evident[];
  readonly why: string;
}

/** Type and severity of what was read, with the words they rest on. */
export function classify(reading: Reading): Classification {
  const stated = severityOf(reading.sentences);
  const severity = { severity: stated.level, isSeverityStated: stated.evidence.length > 0 };
  const type = typeOf(reading);
  return { ...type, ...severity, evidence: [...type.evidence, ...stated.evidence] };
}

type Typed = Pick<Classification, 'type' | 'strength' | 'evidence' | 'why'>;

function typeOf(reading: Reading): Typed {
  const escalation = cuesIn(reading.sentences, ESCALATION_CUES, 'type:escalation');
  if (escalation.length > 0) {
    return {
      type: 'escalation',
      strength: STRENGTH.escalation,
      evidence: escalation.map(placeOf),
      why: 'the text asks for a human',
    };
  }
  const { atoms, requests } = reading;
  if (atoms.length > 0) {
    const isOnlyValues = atoms.every((atom) => atom.kind === 'set');
    const type = isOnlyValues ? 'configuration_change' : 'capability_request';
    return {
      type,
      strength: STRENGTH.determined,
      evidence: atoms.flatMap((a) => a.places),
      why: 'the text states what is to change',
    };
  }
  if (isForeign(reading.sentences)) return nothing('the text is not in English');
  return (
    failureIn(reading) ??
    openRequestIn(requests) ??
    wishIn(reading) ??
    nothing('the text asks for nothing that is understood')
  );
}

function failureIn({ sentences, named }: Reading): Typed | null {
  const cues = cuesIn(sentences, BUG_CUES, 'type:bug_report');
  if (cues.length === 0) return null;
  const evidence = cues.map(placeOf);
  if (!cues.some((c) => c.value === 'strong')) {
    return { type: 'bug_report', strength: STRENGTH.weak, evidence, why: 'the text speaks of a problem' };
  }
  const strength = named.length > 0 ? STRENGTH.failureLocated : STRENGTH.failure;
  return { type: 'bug_report', strength, evidence, why: 'the text reports a failure' };
}

function openRequestIn(requests: Reading['requests']): Typed | null {
  const open = requests.find(
    (r) => !r.request.isNegated && (r.resolution.capabilities.length > 0 || r.resolution.unknown !== null),
  );
  if (open === undefined) return null;
  const { sentence, verbFrom, verbTo, action } = open.request;
  const isToggle = action === 'enable' || action === 'disable' || action === 'launch';
  const type = isToggle ? 'capability_request' : 'configuration_change';
  const strength = open.resolution.capabilities.length > 0 ? STRENGTH.open : STRENGTH.weak;
  const evidence = [{ sentence, from: verbFrom, to: verbTo, countedFor: `type:${type}` }];
  return { type, strength, evidence, why: 'the text asks for a change without determining it' };
}

function wishIn({ sentences, named }: Reading): Typed | null {
  const cues = cuesIn(sentences, WISH_CUES, 'type:capability_request');
  if (cues.length === 0) return null;
  const strength = named.length > 0 ? STRENGTH.open : STRENGTH.weak;
  return { type: 'capability_request', strength, evidence: cues.map(placeOf), why: 'the text wishes for something' };
}

const nothing = (why: string): Typed => ({ type: 'unknown', strength: STRENGTH.none, evidence: [], why });

/** The highest severity that is said; a low one only if nothing higher is. */
function severityOf(sentences: readonly Sentence[]): { level: Level; evidence: readonly Evident[] } {
  const cues = cuesIn<Level>(sentences, SEVERITY_CUES, '').filter(
    ({ value, sentence }) => value === 'low' || !deniesSeverity(sentence),
  );
  if (cues.length === 0) return { level: 'medium', evidence: [] };
  const level = cues.map((c) => c.value).reduce((a, b) => (LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b));
  const evidence = cues
    .filter((c) => c.value === level)
    .map((c) => ({ ...placeOf(c), countedFor: `severity:${level}` }));
  return { level, evidence };
}

function deniesSeverity({ tokens }: Sentence): boolean {
  return tokens.some((token, i) => DENIABLE.has(token.text) && isNegated(tokens, i));
}

interface Cue<T> extends PhraseHit<T> {
  readonly sentence: Sentence;
  readonly countedFor: string;
}

/** The phrases of a table that are meant: none that a negation stands over, unless the phrase itself begins with it. */
function cuesIn<T>(sentences: readonly Sentence[], table: PhraseTable<T>, countedFor: string): readonly Cue<T>[] {
  const cues: Cue<T>[] = [];
  for (const sentence of sentences) {
    for (const hit of phrasesIn(table, sentence.tokens)) {
      const isMeant = isNegator(sentence.tokens[hit.from]?.text ?? '') || !isNegated(sentence.tokens, hit.from);
      if (isMeant) cues.push({ ...hit, sentence, countedFor });
    }
  }
  return cues;
}

const placeOf = ({ sentence, from, to, countedFor }: Evident): Evident => ({ sentence, from, to, countedFor });
