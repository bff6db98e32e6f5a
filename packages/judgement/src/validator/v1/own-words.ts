/** A stretch of the body that its writer wrote: UTF-16 offsets, end excluded. */
export type Span = readonly [start: number, end: number];

const ORIGINAL_HEADER = /^\s*(?:-{2,}\s*(?:original|forwarded) message\s*-{2,}|begin forwarded message:|_{10,})\s*$/i;
const WROTE = /^\s*(?:on|am|le|el)\b.{4,160}\b(?:wrote|schrieb|écrit|escribió)\s*:\s*$/i;
const MAIL_FIELD = /^\s*(?:from|von|de)\s*:\s*\S/i;
const MAIL_FIELD_NEXT = /^\s*(?:sent|date|to|gesendet|an|envoyé|à|subject)\s*:\s*\S/i;
const SIGNATURE_MARK = /^-- ?$/;
const CLOSING =
  /^\s*(?:(?:best|kind|warm|many|with kind)?\s*(?:regards|wishes|thanks)|best|cheers|thanks(?: (?:in advance|a lot|so much|again))?|thank you(?: very much| in advance)?|sincerely|yours (?:sincerely|faithfully|truly)|respectfully|mit freundlichen grüßen|viele grüße|cordialement|saludos|sent from my \w+.{0,20})\s*[,.!]?\s*$/i;
const DISCLAIMER =
  /^\s*(?:(?:this|the information in this) (?:e-?mail|message)\b.{0,120}\b(?:confidential|intended|privileged)|confidentiality notice)/i;
const LOG_LINE =
  /^\s*(?:\[?\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|(?:ERROR|WARN|INFO|DEBUG|FATAL)\b[\s:[\]-]|at [\w.$<>]+ ?\(|Traceback \(|Caused by: )/;
const FENCE = /^\s*(?:```|~~~)/;
const QUOTED = /^\s*>/;

/** A signature is short; what follows a closing for longer than this is text again. */
const SIGNATURE_LINES_MAX = 8;

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The stretches of a mail's body that are its writer's own words: without quoted replies, forwarded mails, signatures,
 * disclaimers, fenced code and log lines. Linear in the length of the body.
 */
export function ownSpans(body: string): readonly Span[] {
  const lines = linesOf(body);
  const own: Span[] = [];
  let isInFence = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line;
    if (FENCE.test(line.text)) {
      isInFence = !isInFence;
      continue;
    }
    if (isInFence || QUOTED.test(line.text) || LOG_LINE.test(line.text)) continue;
    if (SIGNATURE_MARK.test(line.text) || startsForeignRest(lines, i)) break;
    if (WROTE.test(line.text)) {
      if (!isFollowedByQuote(lines, i)) break;
      continue;
    }
    if (DISCLAIMER.test(line.text)) {
      while (i + 1 < lines.length && !isBlank(lines[i + 1])) i++;
      continue;
    }
    if (CLOSING.test(line.text) && closesTheMail(lines, i)) break;
    own.push([line.start, line.end]);
  }
  return joined(own);
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
    if (count > SIGNATURE_LINES_MAX || line.end - line.start > 80 || /[.!?]\s*$/.test(line.text)) return false;
  }
  return true;
}

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
