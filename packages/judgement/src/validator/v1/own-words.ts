/** A stretch of the body that its writer wrote: UTF-16 offsets, end excluded. */
export type Span = readonly [start: number, end: number];

const ORIGINAL_HEADER =
  /^\s*(?:-{2,}\s*(?:original|forwarded|ursprüngliche|weitergeleitete|message d'origine|mensaje original)[^\n]{0,30}-{2,}|begin forwarded message:|_{10,})\s*$/i;
const WROTE =
  /^\s*(?:on|am|le|el|em|op|il|den)\b.{4,200}\b(?:wrote|schrieb|écrit|escribió|escreveu|schreef|scritto|skrev)\b.{0,60}:\s*$/i;
/** The first half of such a line that a mail program has wrapped. */
const WROTE_START = /^\s*(?:on|am|le|el|em|op|il|den)\b.{4,120}(?:\d{1,2}:\d{2}|@|\d{4}).{0,80}$/i;
const WROTE_END = /^.{0,100}\b(?:wrote|schrieb|écrit|escribió|escreveu|schreef|scritto|skrev)\s*:\s*$/i;
const MAIL_FIELD = /^\s*\*{0,2}(?:from|von|de|da|van|från)\s*:\*{0,2}\s*\S/i;
const MAIL_FIELD_NEXT =
  /^\s*\*{0,2}(?:sent|date|to|gesendet|an|datum|envoyé|à|enviado|para|inviato|verzonden|aan|subject|betreff)\s*:\*{0,2}\s*\S/i;
const SIGNATURE_MARK = /^-- ?$/;
const CLOSING =
  /^\s*(?:(?:with )?(?:(?:best|kind|kindest|warm|warmest|many|friendly|all the)\s+)*(?:regards|wishes|thanks|best)|br|rgds|cheers|thx|ty|tia|thanks(?: (?:in advance|a lot|so much|again|and regards|for your help|very much))?|thank you(?: (?:very much|in advance|so much|kindly))?|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|respectfully|mit freundlichen grü(?:ß|ss)en|viele grü(?:ß|ss)e|freundliche grü(?:ß|ss)e|mfg|lg|vg|cordialement|bien à vous|saludos|atentamente|met vriendelijke groet|groeten|cordiali saluti|atenciosamente|mvh|sent from my \w+.{0,30}|get outlook for .{0,20}|von meinem .{0,30} gesendet)\s*[,.!]*\s*$/i;
const DISCLAIMER =
  /^\s*(?:(?:this|the information in this|the contents? of this) (?:e-?mail|message|communication)\b.{0,160}\b(?:confidential|intended|privileged)|confidentiality notice|disclaimer\b|(?:diese|der inhalt dieser) e-?mail\b)/i;
const LOG_LINE =
  /^\s*(?:\[?\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|TRACE)\b[\s:[\]-]|at [\w.$<>]+ ?\(|Traceback \(|Caused by: |File "[^"]{1,200}", line \d|\$ \S|>>> |[{}[\]][,;]?\s*$|"[\w.-]{1,60}"\s*:|(?:[A-Z]\w*(?:Error|Exception))\b)/;
const FENCE = /^\s*(?:```|~~~)/;
const QUOTED = /^\s*>(?!>> )/;
const ERROR_WORDS = /error|exception|traceback|fatal|panic|failed|cannot|undefined|warn/i;

/** A signature is short; what follows a closing for longer than this is text again. */
const SIGNATURE_LINES_MAX = 8;

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a mail's body is made of. */
export interface Mail {
  /** Its writer's own words: no quoted replies, forwarded mails, signatures, disclaimers, code or log lines. */
  readonly own: readonly Span[];
  /** It has code or log lines. */
  readonly hasCode: boolean;
  /** Code or log lines that speak of an error. */
  readonly hasErrorCode: boolean;
}

/** Takes a mail's body apart. Linear in its length. */
export function readMail(body: string): Mail {
  const lines = linesOf(body);
  const own: Span[] = [];
  let fence = false;
  let comment = false;
  let hasCode = false;
  let hasErrorCode = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line;
    const { text } = line;
    const opens = text.includes('<!--');
    if (comment || opens) {
      comment = !text.includes('-->');
      continue;
    }
    const isFence = FENCE.test(text);
    if (isFence) fence = !fence;
    if (isFence || fence || LOG_LINE.test(text)) {
      hasCode = true;
      hasErrorCode ||= ERROR_WORDS.test(text);
      continue;
    }
    if (QUOTED.test(text)) continue;
    if (SIGNATURE_MARK.test(text) || startsForeignRest(lines, i)) break;
    const wrote = wroteLines(lines, i);
    if (wrote > 0) {
      if (!isFollowedByQuote(lines, i + wrote - 1)) break;
      i += wrote - 1;
      continue;
    }
    if (DISCLAIMER.test(text)) {
      while (i + 1 < lines.length && !isBlank(lines[i + 1])) i++;
      continue;
    }
    if (CLOSING.test(text) && closesTheMail(lines, i)) {
      const next = quoteAfter(lines, i);
      if (next === -1) break;
      i = next - 1;
      continue;
    }
    own.push([line.start, line.end]);
  }
  return { own: joined(own), hasCode, hasErrorCode };
}

/** How many lines say "On … wrote:": none, one, or two when the mail program has wrapped it. */
function wroteLines(lines: readonly Line[], i: number): number {
  const { text } = lines[i] as Line;
  if (WROTE.test(text)) return 1;
  return WROTE_START.test(text) && WROTE_END.test(lines[i + 1]?.text ?? '') ? 2 : 0;
}

/** Where a quotation begins behind a signature; -1: nowhere, nothing of the writer's follows. */
function quoteAfter(lines: readonly Line[], from: number): number {
  for (let i = from + 1; i < lines.length && i <= from + SIGNATURE_LINES_MAX * 2; i++) {
    if (QUOTED.test((lines[i] as Line).text)) return i;
  }
  return -1;
}

function linesOf(body: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start <= body.length) {
    const at = body.indexOf('\n', start);
    const end = at === -1 ? body.length : at;
    // A pattern looks at no more than this of a line; a longer one is prose.
    lines.push({ start, end, text: body.slice(start, Math.min(end, start + 300)) });
    start = end + 1;
  }
  return lines;
}

function startsForeignRest(lines: readonly Line[], i: number): boolean {
  const text = (lines[i] as Line).text;
  if (ORIGINAL_HEADER.test(text)) return true;
  return MAIL_FIELD.test(text) && MAIL_FIELD_NEXT.test(lines[i + 1]?.text ?? '');
}

function isFollowedByQuote(lines: readonly Line[], i: number): boolean {
  let next = i + 1;
  while (next < lines.length && next < i + 4 && isBlank(lines[next])) next++;
  return QUOTED.test(lines[next]?.text ?? '');
}

/** What follows is a name, a title, a telephone number: few, short lines, up to the end or to quoted mail. */
function closesTheMail(lines: readonly Line[], i: number): boolean {
  let count = 0;
  for (let next = i + 1; next < lines.length; next++) {
    const line = lines[next] as Line;
    if (QUOTED.test(line.text) || WROTE.test(line.text) || startsForeignRest(lines, next)) return true;
    if (DISCLAIMER.test(line.text) || SIGNATURE_MARK.test(line.text)) return true;
    if (isBlank(line)) continue;
    count += 1;
    if (count > SIGNATURE_LINES_MAX || isProse(line)) return false;
  }
  return true;
}

/** A sentence, not a name, a title or a telephone number. */
const isProse = ({ start, end, text }: Line): boolean =>
  end - start > 80 ||
  /[.!?]\s*$/.test(text) ||
  /\b(?:please|pls|could you|can you|also)\b/i.test(text) ||
  /^\s*p\.?s\b/i.test(text);

const isBlank = (line: Line | undefined): boolean => line === undefined || line.text.trim() === '';

/** Adjacent lines become one span, so that a sentence may go over a line's end. */
function joined(lines: readonly Span[]): readonly Span[] {
  const spans: [number, number][] = [];
  for (const [start, end] of lines) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] + 1 === start) last[1] = end;
    else spans.push([start, end]);
  }
  return spans;
}
