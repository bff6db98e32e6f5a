import type { FounderKey } from '@mandate/contracts';

/** Names under which whoever decides may have submitted an issue: their own, and every founder's, in lower case. */
export function judgesOf(
  signedIn: { readonly subject: string },
  founders: readonly Pick<FounderKey, 'founder'>[],
): ReadonlySet<string> {
  return new Set([signedIn.subject, ...founders.map((f) => f.founder)].map((name) => name.toLowerCase()));
}
