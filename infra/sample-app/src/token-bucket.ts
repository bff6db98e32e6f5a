/** How often a customer may call. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

const CUSTOMERS_MAX = 1_000;

/** A bucket of tokens per customer: a request takes one, and they come back at the rate that is allowed now. */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /**
   * Takes a token if there is one.
   * @param nowMs a monotonic clock
   * @returns how many whole tokens are left, or how long to wait for the next
   */
  take(customer: string, rate: Rate, nowMs: number): { readonly left: number } | { readonly retryAfterMs: number } {
    const perMs = rate.perMinute / 60_000;
    const bucket = this.buckets.get(customer) ?? { tokens: rate.burst, at: nowMs };
    const tokens = Math.min(rate.burst, bucket.tokens + (nowMs - bucket.at) * perMs);
    const isAllowed = tokens >= 1;
    this.keep(customer, { tokens: isAllowed ? tokens - 1 : tokens, at: nowMs });
    return isAllowed ? { left: Math.floor(tokens - 1) } : { retryAfterMs: Math.ceil((1 - tokens) / perMs) };
  }

  private keep(customer: string, bucket: { tokens: number; at: number }): void {
    this.buckets.delete(customer);
    this.buckets.set(customer, bucket);
    if (this.buckets.size > CUSTOMERS_MAX) this.buckets.delete(this.buckets.keys().next().value as string);
  }
}
