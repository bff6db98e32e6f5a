import { visibleText } from './visible';

/** Why an input is refused. Codes are stable, sentences are not. */
export const INTAKE_REFUSALS = [
  'UNDECODABLE',
  'TOO_LARGE',
  'TOO_DEEP',
  'KIND_UNKNOWN',
  'FIELD_REQUIRED',
  'FIELD_TOO_LONG',
  'FIELD_INVALID',
  'FIELD_TYPE',
  'FIELD_UNKNOWN',
  'SOURCE_UNKNOWN',
  'SOURCE_SYSTEM_NOT_YOURS',
  'TIMESTAMP_OFF',
  'PAYLOAD_TOO_LARGE',
  'PAYLOAD_TOO_DEEP',
  'PAYLOAD_NOT_JSON',
  'ISSUE_UNKNOWN',
  'ALREADY_ACTIVE',
  'ALREADY_ENDED',
  'REQUEST_UNKNOWN',
] as const;
export type IntakeRefusalCode = (typeof INTAKE_REFUSALS)[number];

/** A "no" that its sender can act on: what, where, and what would be right. */
export interface Refusal {
  readonly code: IntakeRefusalCode;
  /** The field's name on the wire; null where the whole input is meant. */
  readonly field: string | null;
  readonly sentence: string;
}

/** A refusal; what it quotes of its input is made visible. */
export function refusal(code: IntakeRefusalCode, field: string | null, sentence: string): Refusal {
  return { code, field: field === null ? null : visibleText(field), sentence: visibleText(sentence) };
}
