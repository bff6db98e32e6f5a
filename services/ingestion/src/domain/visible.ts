/**
 * Text that every reader of the chain can store and show: NUL becomes ␀, half of a surrogate pair becomes U+FFFD.
 * Everything else stays as it is; the bytes as received are kept beside it.
 */
export function visibleText(text: string): string {
  return text.replaceAll('\u0000', '\u2400').replace(/\p{Surrogate}/gu, '\ufffd');
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;
const NUMBER_CHARACTERS_MAX = 40;

/**
 * Valid JSON text as `jsonb` takes it: strings made visible, a number that no double holds or that is absurdly long
 * becomes a string of its digits (`1e400` would fill a page, or be refused). All other tokens stay byte for byte.
 */
export function visibleJson(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('"') ? visibleString(token) : visibleNumber(token)));
}

function visibleString(token: string): string {
  // Only an escape can bring NUL or half a pair into decoded text.
  return token.includes('\\u') ? JSON.stringify(visibleText(JSON.parse(token) as string)) : token;
}

function visibleNumber(token: string): string {
  const isHeld = Number.isFinite(Number(token)) && token.length <= NUMBER_CHARACTERS_MAX;
  return isHeld && !/[eE][+-]?\d{4,}/.test(token) ? token : `"${token}"`;
}
