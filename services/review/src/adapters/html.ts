import { createHash } from 'node:crypto';

/** Text that is already safe to stand in a page. */
export class Html {
  constructor(readonly text: string) {}
}
type Part = Html | string | number | null | readonly Html[];

/** What cannot be seen or turns the reading direction is shown by its number; line breaks and tabs stay. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from outside as text: never markup, nothing hidden in it. */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (c) => ENTITIES[c] as string)
    .replace(INVISIBLE, (c) => `<b>U+${(c.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}</b>`);
}

/** A template whose every value is escaped unless it is Html itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const shown = (part: Part | undefined): string => {
    if (part === null || part === undefined) return '–';
    if (part instanceof Html) return part.text;
    return typeof part === 'object' ? part.map((p) => p.text).join('') : escapeText(String(part));
  };
  return new Html(strings.map((s, i) => (i < parts.length ? s + shown(parts[i]) : s)).join(''));
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}
th{font-weight:600}dt{font-weight:600}dd{margin:0 0 .5rem}pre{white-space:pre-wrap;border-left:3px solid #8888;padding-left:1rem}
b{font-size:.75em;border:1px solid;padding:0 .2em}code{overflow-wrap:anywhere}`;

/** No script, no form, nothing from elsewhere; the one style by its digest. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** A whole page. */
export function page(title: string, body: Html): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeText(title)}</title><style>${STYLE}</style>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body>${body.text}</body></html>`;
}
