import { Problem } from '@mandate/service-kit';
import { z } from 'zod';
import type { Place } from '../adapters/recorded.store';

export const PAGE_MAX = 10_000;
const PAGE_DEFAULT = 10_000;

export interface PageQuery {
  readonly after?: unknown;
  readonly limit?: unknown;
}

const page = z.object({
  after: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/\d{1,9}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

/** Which verdicts are asked for. @throws Problem 422 naming the field */
export function readPage(query: PageQuery): { readonly after: Place | null; readonly limit: number } {
  const read = page.safeParse({ after: query.after, limit: query.limit });
  if (!read.success) {
    const field = String(read.error.issues[0]?.path[0]);
    const detail =
      field === 'limit'
        ? `limit must be a whole number from 1 to ${PAGE_MAX}.`
        : 'after must be `next` of the page before.';
    throw new Problem(422, 'INVALID', detail, field);
  }
  const [issueId, revision] = read.data.after?.split('/') ?? [];
  return { after: issueId ? { issueId, revision: Number(revision) } : null, limit: read.data.limit };
}

/** Where the next page starts; null at the end. */
export function nextOf(
  last: { readonly issue_id: string; readonly revision: number } | undefined,
  count: number,
  limit: number,
): string | null {
  return last && count === limit ? `${last.issue_id}/${String(last.revision)}` : null;
}
