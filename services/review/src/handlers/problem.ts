import type { RefusalCode } from '@mandate/contracts';
import { Problem as KitProblem } from '@mandate/service-kit';
import { type Refusal, refusalText } from '../domain/refusal';

/** What an error says over HTTP (RFC 9457). `code` is stable, the texts are not. */
export interface ProblemDetails {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  /** The invariant that the refusal enforces. */
  readonly rule?: string;
  readonly decision_id?: string;
}

/** The kit's problem, with what review has to say beside it. */
export class Problem extends KitProblem {
  constructor(
    { status, code, detail, field, ...more }: ProblemDetails,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(status, code, detail, field, more, headers);
  }
}

/** 409: the present state is against it. What is not listed is wrong with the request itself: 422. */
const STATUS: Partial<Record<RefusalCode, number>> = {
  NOT_FOUND: 404,
  DOSSIER_CHANGED: 412,
  ALREADY_DECIDED: 409,
  ALREADY_EXPIRED: 409,
  ALREADY_TERMINAL: 409,
  ALREADY_ACTIVE: 409,
  NOT_ELIGIBLE: 409,
  DOSSIER_UNSOUND: 409,
  HEALTH_NOT_HEALTHY: 409,
  HEALTH_UNKNOWN: 409,
  CAPABILITY_FROZEN: 409,
  CAPABILITY_BLOCKED: 409,
  CLARIFICATION_OPEN: 409,
  CLARIFICATION_NOT_OPEN: 409,
  AUDIT_NOT_INCONCLUSIVE: 409,
  REVISION_LIMIT: 409,
  TOO_LATE: 409,
};

const RULE: Partial<Record<RefusalCode, string>> = {
  NOT_ELIGIBLE: 'REVIEW-001',
  REASON_TOO_SHORT: 'REVIEW-002',
  WINDOW_EMPTY: 'REVIEW-003',
  WINDOW_IN_PAST: 'REVIEW-003',
  WINDOW_TOO_FAR: 'REVIEW-003',
  WINDOW_TOO_LONG: 'REVIEW-003',
  NOTHING_MODIFIED: 'REVIEW-005',
  ALREADY_EXPIRED: 'REVIEW-006',
  CHANGES_INVALID: 'CONTRACT-006',
  OUT_OF_SCOPE: 'AM-21',
  REVISION_LIMIT: 'AM-21',
  AUDIT_NOT_INCONCLUSIVE: 'AM-04',
  CHECK_NOT_INCONCLUSIVE: 'AM-04',
  ALREADY_TERMINAL: 'CONTRACT-005',
  HEALTH_UNKNOWN: 'HEALTH-001',
  SIGNATURE_MISSING: 'PART2-002',
  FOUNDER_KEY_UNKNOWN: 'PART2-002',
  FOUNDER_SIGNATURE_INVALID: 'PART2-002',
};

/** A refused action as a problem. @param decisionId  its row in the record of review actions */
export function refusalProblem(refusal: Refusal, decisionId?: string): Problem {
  const { code } = refusal;
  const rule = RULE[code];
  return new Problem({
    status: STATUS[code] ?? 422,
    title: code === 'NOT_FOUND' ? 'Not found' : 'The decision is refused',
    code,
    detail: refusalText(refusal),
    ...(rule ? { rule } : {}),
    ...(decisionId ? { decision_id: decisionId } : {}),
  });
}

/** A request that cannot be understood; `field` is where. */
export function badRequest(detail: string, field?: string): Problem {
  return new Problem({
    status: 400,
    title: 'The request cannot be read',
    code: 'INVALID_REQUEST',
    detail,
    ...(field ? { field } : {}),
  });
}
