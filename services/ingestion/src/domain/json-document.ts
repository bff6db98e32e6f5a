export const DOCUMENT_BYTES_MAX = 65_536;
export const DOCUMENT_LEVELS_MAX = 32;

export type DocumentFault = 'PAYLOAD_TOO_LARGE' | 'PAYLOAD_TOO_DEEP' | 'PAYLOAD_NOT_JSON';

/**
 * Reads a JSON document of unknown intent: size and depth are looked at before anything is parsed.
 *
 * @returns the document's text, which is valid JSON, or what is wrong with it. Never throws.
 */
export function readDocument(bytes: Uint8Array): { readonly text: string } | { readonly fault: DocumentFault } {
  if (bytes.length > DOCUMENT_BYTES_MAX) return { fault: 'PAYLOAD_TOO_LARGE' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (levelsOf(text) > DOCUMENT_LEVELS_MAX) return { fault: 'PAYLOAD_TOO_DEEP' };
    JSON.parse(text);
    return { text };
  } catch {
    return { fault: 'PAYLOAD_NOT_JSON' };
  }
}

/** How many arrays and objects stand inside each other at the deepest place; brackets in strings do not count. */
export function levelsOf(text: string): number {
  let level = 0;
  let deepest = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (isString) {
      if (c === '\\') i++;
      else if (c === '"') isString = false;
    } else if (c === '"') isString = true;
    else if (c === '{' || c === '[') deepest = Math.max(deepest, ++level);
    else if (c === '}' || c === ']') level--;
  }
  return deepest;
}

/** The first name that a JSON object holds twice; null if it holds none. @param text valid JSON whose root is an object */
export function repeatedMember(text: string): string | null {
  const seen = new Set<string>();
  let level = 0;
  let lastString = '""';
  for (const { 0: token } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/gs)) {
    if (token.startsWith('"')) lastString = token;
    else if (token === '{' || token === '[') level++;
    else if (token !== ':') level--;
    else if (level === 1) {
      const name = JSON.parse(lastString) as string;
      if (seen.has(name)) return name;
      seen.add(name);
    }
  }
  return null;
}

/**
 * The text of a member of a JSON object as it was written, numbers and escapes untouched; of several the last, as a
 * parser takes it. Null if the object has none.
 *
 * @param text valid JSON whose root is an object
 */
export function memberText(text: string, name: string): string | null {
  let level = 0;
  let key: string | null = null;
  let lastString = '""';
  let start = 0;
  let found: string | null = null;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs)) {
    if (token.startsWith('"')) lastString = token;
    else if (token === '{' || token === '[') level++;
    else if (token === ':' && level === 1) {
      key = JSON.parse(lastString) as string;
      start = index + 1;
    } else if (token !== ':') {
      if (level === 1 && key === name) found = text.slice(start, index).trim();
      if (level === 1) key = null;
      if (token !== ',') level--;
    }
  }
  return found;
}
