import { sha256 } from '@mandate/contracts';
import type { AdmittedInput } from './crm-input';

/** The fields that say what an input is about, by a digest each; an empty one is left out. Times are none of it. */
export type Content = { readonly [field: string]: string };

const FIELDS: readonly (readonly [wire: string, of: keyof AdmittedInput])[] = [
  ['subject', 'subject'],
  ['body', 'body'],
  ['hint_severity', 'hintSeverity'],
  ['hint_capabilities', 'hintCapabilities'],
  ['hint_change', 'hintChange'],
  ['clarification_request_id', 'clarificationRequestId'],
];
const DIGEST_CHARACTERS = 22;

/** Enough to tell whether two inputs say the same, without keeping what they say. */
export function contentOf(input: AdmittedInput): Content {
  const said = FIELDS.filter(([, of]) => input[of]);
  return Object.fromEntries(said.map(([wire, of]) => [wire, digest(String(input[of]))]));
}

const digest = (text: string): string => sha256(text).toString('base64url').slice(0, DIGEST_CHARACTERS);

/** The fields in which two contents differ, in the order of the wire. */
export function differing(one: Content, other: Content): string[] {
  return FIELDS.map(([wire]) => wire).filter((wire) => one[wire] !== other[wire]);
}
