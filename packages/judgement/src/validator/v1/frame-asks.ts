import type { Heard } from './frame-numbers';
import type { Line } from './frames';
import type { Token } from './tokens';

/** Something told, asked about or complained of: what such a sentence says of a value is no wish. */
const TOLD =
  /^(?:what|was|were|had|did|said|says|say|told|documentation|docs|according|already|yesterday|ago|why|how|which|whether|might|maybe|perhaps|shows|showed|wonder|wondering|think|thinking|considering|changed|promised|contract|planned|plan)$/;
/** What a text that wants a value mended or explained says. */
const ELSE_WANTED =
  /^(?:fix|check|investigate|explain|why|bug|error|errors|fails|failed|crash|crashes|broken|wrong|quote|price|offer|recommend|advise|suggestion|suggest|evaluate|possible)$/;
const ASKS = /^(?:please|pls|kindly|thanks|thx|thank|tia)$/;
const WISHES =
  /^(?:need|needs|want|wants|like|prefer|prefers|require|requires|propose|request|requesting|appreciate|love|insist|insists|agreed|decided|grateful)$/;
const DUTIES = /^(?:should|must|shall)$/;
const SUFFICES = /^(?:be|do|suffice|work)$/;

const word = (tokens: readonly Token[], i: number): string => tokens[i]?.text ?? '';

/**
 * Whether the value is wanted: its own sentence asks ("250 please", "we need 4", "60 would be enough"), states what
 * must be ("should start at 4"), is a line of a form ("Requested value: 12"), or stands beside a request that lacks
 * just this ("… goes to 1.75. Please update.").
 */
export function isValueAsked(lines: readonly Line[], line: Line, { number }: Heard): boolean {
  if (
    lines.some(({ sentence }) =>
      sentence.tokens.some((t, i) => ELSE_WANTED.test(t.text) && !isIfPossible(sentence.tokens, i)),
    )
  )
    return false;
  const { tokens, isQuestion } = line.sentence;
  const told = tokens.findIndex((t) => TOLD.test(t.text));
  if (told >= 0 && !isAside(tokens, told, number.to) && !isSuggestion(tokens)) return false;
  const isAsking = tokens.some((t) => ASKS.test(t.text));
  if (isQuestion && isSuggestion(tokens)) return isBesideRequest(lines, line);
  if (isQuestion) return asksForState(tokens, number.from, isAsking);
  if (isAsking) return true;
  if (tokens.slice(0, number.from).some((t) => WISHES.test(t.text) || DUTIES.test(t.text))) return true;
  if (/^(?:give|let)$/.test(word(tokens, 0)) || isDuty(tokens, number.from)) return true;
  if (isEnough(tokens, number.to) || isWelcome(tokens, number.to)) return true;
  if (line.sentence.field === 'subject' && isLeftToSubject(lines, line)) return true;
  if (/^(?:requested|desired|new|target|wanted|to|proposed)$/.test(firstWord(tokens)) && tokens.length <= 8)
    return true;
  return isBesideRequest(lines, line);
}

/** "…, if that can be arranged", behind the value and a comma. */
const isAside = (tokens: readonly Token[], at: number, end: number): boolean =>
  at > end &&
  tokens.slice(end, at + 1).some((t) => t.text === ',' || t.text === '(') &&
  /^(?:if|when|was|were|had|did|already)$/.test(word(tokens, at));

const isIfPossible = (tokens: readonly Token[], i: number): boolean =>
  word(tokens, i) === 'possible' && /^(?:if|be|it|is|as)$/.test(word(tokens, i - 1));

/** "Could the search depth please be 8?", "could we get 300 …?", "is there any way …": not "is it 200?". */
function asksForState(tokens: readonly Token[], at: number, isAsking: boolean): boolean {
  const modal = tokens.findIndex((t) => /^(?:can|could|may|would)$/.test(t.text));
  if (modal < 0 || modal > 4 || modal > at) return false;
  const subject = word(tokens, modal + 1);
  if (subject === 'you' || isAsking) return true;
  if (/^(?:we|i)$/.test(subject)) return tokens.slice(modal, at).some((t) => /^(?:get|have|go|use)$/.test(t.text));
  return word(tokens, modal) !== 'would' && word(tokens, modal) !== 'can' && modal <= 1;
}

const isDuty = (tokens: readonly Token[], at: number): boolean =>
  tokens.slice(0, at).some((t, i) => /^(?:needs?|has|have)$/.test(t.text) && word(tokens, i + 1) === 'to');

/** "40,000 would be enough", "two will do", "90 is all we need". */
const isEnough = (tokens: readonly Token[], to: number): boolean =>
  (/^(?:would|will|should)$/.test(word(tokens, to)) && SUFFICES.test(word(tokens, to + 1))) ||
  (word(tokens, to) === 'is' && word(tokens, to + 1) === 'all');

/** "200 instead of 100 would be great". */
const isWelcome = (tokens: readonly Token[], to: number): boolean =>
  tokens.some(
    (t, i) =>
      i >= to &&
      /^(?:would|it'd|that'd)$/.test(t.text) &&
      tokens
        .slice(i + 1, i + 5)
        .some((w) => /^(?:great|nice|better|nicer|perfect|ideal|helpful|appreciated|fantastic|lovely)$/.test(w.text)),
  );

/** "What about a search depth of 7?" */
const isSuggestion = (tokens: readonly Token[]): boolean =>
  /^(?:what|how)$/.test(word(tokens, 0)) && word(tokens, 1) === 'about';

const firstWord = (tokens: readonly Token[]): string => tokens.find((t) => t.kind === 'word')?.text ?? '';

/** A body that only says "see subject, please". */
const isLeftToSubject = (lines: readonly Line[], line: Line): boolean =>
  lines.some((l) => l !== line && l.sentence.tokens.some((t) => t.text === 'subject')) &&
  lines.some((l) => l !== line && l.sentence.tokens.some((t) => ASKS.test(t.text))) &&
  lines.every((l) => l === line || (l.sentence.tokens.length <= 10 && !l.sentence.isQuestion));

/** A request that lacks its value stands in the same sentence, or in the one before or behind. */
function isBesideRequest(lines: readonly Line[], line: Line): boolean {
  const at = lines.indexOf(line);
  return lines.some((l, i) => l.requests.length > 0 && Math.abs(i - at) <= 1);
}

const COURTESY = /^(?:please|thanks|thank|thx|hi|hello|dear|regards|cheers|good|see|following|following|note)$/;

/** A sentence that sounds like another request, and has nothing to do with the one value. */
export function isBesides(line: Line, lines: readonly Line[], capability: string): boolean {
  if (!line.isLeftOver) return false;
  const isOfIt = line.names.length > 0 || line.keys.some((k) => k.meanings.some((m) => m.capability === capability));
  if (isOfIt) return false;
  return !(COURTESY.test(word(line.sentence.tokens, 0)) && line.sentence.tokens.length <= 4) || lines.length === 1;
}
