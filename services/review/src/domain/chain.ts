/** What the order of a chain depends on. */
export interface Linked {
  readonly digest: Buffer;
  readonly cause_digest: Buffer;
  /** Epoch milliseconds of the writer's clock. */
  readonly at: number;
}

/** Hops in order of time, but never one before the one it cites: writers' clocks differ, and a millisecond holds many. */
export function inOrder<H extends Linked>(hops: readonly H[]): H[] {
  const byDigest = new Map(hops.map((hop) => [hop.digest.toString('hex'), hop]));
  const placed = new Set<H>();
  const place = (hop: H): void => {
    if (placed.has(hop)) return;
    const cause = byDigest.get(hop.cause_digest.toString('hex'));
    if (cause && cause !== hop) place(cause);
    placed.add(hop);
  };
  for (const hop of [...hops].sort((a, b) => a.at - b.at)) place(hop);
  return [...placed];
}
