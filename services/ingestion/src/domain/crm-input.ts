import type { Refusal } from './refusal';

export type InputKind = 'ISSUE' | 'CLARIFICATION' | 'CANCELLATION';

/** What a CRM wrote, whichever way it came. Nothing in it is trusted yet. */
export interface CrmInput {
  readonly kind: string;
  readonly source: string;
  readonly sourceSystem: string;
  readonly reference: string;
  readonly idempotencyKey: string;
  readonly submitter: string | null;
  readonly tenant: string | null;
  readonly subject: string;
  /** An issue's text, a clarification's answer, a cancellation's reason. */
  readonly body: string;
  /** The source's own time; epoch milliseconds. */
  readonly occurredAt: number;
  readonly hintSeverity: string | null;
  /** Comma-separated names. */
  readonly hintCapabilities: string | null;
  readonly hintChange: string | null;
  readonly clarificationRequestId: string | null;
  /** The CRM's own JSON document, as bytes. */
  readonly rawPayload: Uint8Array | null;
}

/** To whom an answer goes. */
export interface Addressee {
  readonly sourceSystem: string;
  readonly reference: string;
}

/** What could be read of an input: all of it, or why not and, where that much is legible, whom to tell. */
export type ReadInput =
  | { readonly type: 'read'; readonly input: CrmInput }
  | { readonly type: 'unreadable'; readonly refusal: Refusal; readonly from: Addressee | null };

/** An input within all limits; its texts are visible, its document is valid JSON text. */
export interface AdmittedInput extends Omit<CrmInput, 'kind' | 'rawPayload'> {
  readonly kind: InputKind;
  readonly document: string | null;
}

export type Admission =
  | { readonly type: 'admitted'; readonly input: AdmittedInput }
  | { readonly type: 'refused'; readonly refusal: Refusal; readonly from: Addressee | null };
