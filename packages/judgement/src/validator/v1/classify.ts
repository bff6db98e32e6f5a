import type { Level } from '@mandate/contracts';
import type { IssueType } from '../../proposal';
import type { Evident } from './atoms';
import { type Ground, strengthOf } from './confidence';
import { type Features, hear, severityFeatures, typeFeatures } from './features';
import { isForeign } from './language';
import { MODEL_TYPES, type Scored, scoreSeverity, scoreType } from './model';
import type { Reading } from './read';
import { scoreWords, type WordScore } from './word-model';

export interface Classification {
  /** It is in another language, so that what it names is not known to be meant. */
  readonly isForeign: boolean;
  readonly type: IssueType;
  /** 0–30 hundredths. */
  readonly strength: number;
  readonly severity: Level;
  readonly isSeverityStated: boolean;
  readonly evidence: readonly Evident[];
  readonly why: string;
}

/** Words of one feature that are shown as evidence. */
const PLACES_MAX = 3;
/** Features that are shown as evidence. */
const FEATURES_MAX = 4;

/** Type and severity of what was read, with the words they rest on. */
export function classify(reading: Reading): Classification {
  const heard = hear(reading);
  const features = typeFeatures(reading, heard);
  const { type, ground, evidence, why } = typeOf(reading, features);
  const seen = severityFeatures(reading, type, features, heard);
  const severity = type === 'unknown' ? null : scoreSeverity(seen);
  const because = severity === null || severity.best === 'medium' ? [] : wordsFor(severity, seen, 'severity');
  return {
    type,
    isForeign: ground.kind === 'foreign',
    strength: strengthOf(ground),
    severity: severity?.best ?? 'medium',
    isSeverityStated: because.length > 0,
    evidence: [...evidence, ...because],
    why,
  };
}

interface Typed {
  readonly type: IssueType;
  readonly ground: Ground;
  readonly evidence: readonly Evident[];
  readonly why: string;
}

function typeOf(reading: Reading, features: Features): Typed {
  const { atoms, sentences } = reading;
  const isForeignText = isForeign(sentences);
  if (isForeignText && atoms.length === 0)
    return { type: 'unknown', ground: { kind: 'foreign', margin: 0 }, evidence: [], why: 'the text is not in English' };
  const words = scoreWords(reading);
  const scored = scoreType(features, words.sums);
  const isEscalation = scored.best === 'escalation' || (atoms.length > 0 && escalatesBesides(features, words));
  if (isEscalation && scored.best !== 'escalation') {
    const places = ESCALATIONS.flatMap((name) => features.get(name) ?? []);
    return {
      type: 'escalation',
      ground: { kind: 'named', margin: 0 },
      evidence: places.map((place) => ({ ...place, countedFor: 'type:escalation' })),
      why: WHY.escalation,
    };
  }
  if (!isEscalation && atoms.length > 0) {
    const isOnlyValues = atoms.every((atom) => atom.kind === 'set');
    return {
      type: isOnlyValues ? 'configuration_change' : 'capability_request',
      ground: { kind: 'determined', margin: scored.margin },
      evidence: atoms.flatMap((a) => a.places),
      why: 'the text states what is to change',
    };
  }
  const isNamed = reading.named.length > 0;
  const isUnknown = scored.best === 'unknown';
  const kind = isNamed ? (isUnknown ? 'named_unknown' : 'named') : isUnknown ? 'unknown' : 'worded';
  return {
    type: scored.best,
    ground: { kind, margin: scored.margin },
    evidence: [...wordsFor(scored, features, 'type'), ...wordsOf(words, scored.best)],
    why: WHY[scored.best],
  };
}

const ESCALATIONS = ['escalate_person', 'escalate_legal', 'escalate_security'] as const;
const OF_REQUEST = /^(?:determined|named|set:|toggle:|asks_task)/;

/** VAL-005: what the text would be without its request is an escalation. */
function escalatesBesides(features: Features, words: WordScore): boolean {
  if (!ESCALATIONS.some((name) => features.has(name))) return false;
  const others = [...features].filter(([name]) => !OF_REQUEST.test(name));
  return scoreType(new Map(others), words.sums).best === 'escalation';
}

const WHY = {
  escalation: 'the text asks for a human',
  bug_report: 'the text reports a failure',
  configuration_change: 'the text asks for a change without determining it',
  capability_request: 'the text wishes for something',
  unknown: 'the text asks for nothing that could be changed',
} as const;

/** The single words that spoke most for a type. */
const wordsOf = (words: WordScore, best: Scored<(typeof MODEL_TYPES)[number]>['best']): readonly Evident[] =>
  words.wordsFor(MODEL_TYPES.indexOf(best), `type:${best}`);

/** The words behind the features that spoke for a class, the strongest first. */
function wordsFor({ best, because }: Scored<string>, features: Features, what: string): readonly Evident[] {
  const countedFor = `${what}:${best}`;
  const evidence: Evident[] = [];
  for (const name of because((feature) => (features.get(feature)?.length ?? 0) > 0, FEATURES_MAX)) {
    const places = features.get(name) ?? [];
    for (let i = 0; i < places.length && i < PLACES_MAX; i++) {
      const { sentence, from, to } = places[i] as Evident;
      evidence.push({ sentence, from, to, countedFor });
    }
  }
  return evidence;
}
