/** What a CRM can be told about an issue; the names are those of the update's state on the wire. */
export type ToldState =
  | 'RECEIVED'
  | 'DUPLICATE'
  | 'REFUSED'
  | 'NOT_ELIGIBLE'
  | 'ESCALATED'
  | 'UNDER_REVIEW'
  | 'CLARIFICATION_ASKED'
  | 'MODIFIED'
  | 'APPROVED'
  | 'ACTIVE'
  | 'REJECTED'
  | 'EXPIRED'
  | 'CANCELLED'
  | 'COMPLETED'
  | 'ROLLED_BACK'
  | 'ROLLBACK_FAILED'
  | 'NOTE';

export type Detail = null | boolean | number | string | readonly Detail[] | { readonly [name: string]: Detail };

/** One thing told: a state, a stable code, and a sentence for people. */
export interface Told {
  readonly state: ToldState;
  readonly code: string | null;
  readonly field: string | null;
  readonly sentence: string;
  readonly details: { readonly [name: string]: Detail };
  readonly issueId: string | null;
  readonly contractId: string | null;
}

/** A NOTE that a change failed is progress, too: until its rollback has ended there is no other word for it. */
export const FAILED_CODE = 'FAILED';

/** True if an update moved its issue on; a duplicate, a refusal or a remark leaves it where it was. */
export function isProgress(told: Pick<Told, 'state' | 'code'>): boolean {
  if (told.state === 'NOTE') return told.code === FAILED_CODE;
  return told.state !== 'DUPLICATE' && told.state !== 'REFUSED';
}

/** An instant in a sentence: ISO 8601 in UTC, to the second. */
export function at(epochMs: number): string {
  return Math.abs(epochMs) < 8.64e15 ? `${new Date(epochMs).toISOString().slice(0, 19)}Z` : 'an unknown time';
}
