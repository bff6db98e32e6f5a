import CircuitBreaker from 'opossum';

/**
 * Puts an outbound call behind a time-out and a circuit breaker.
 * @param timeoutMs a call that takes longer fails
 */
export function breaker<A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>, timeoutMs: number): CircuitBreaker<A, R> {
  return new CircuitBreaker(call, { name, timeout: timeoutMs, errorThresholdPercentage: 60, resetTimeout: 5_000, volumeThreshold: 5, rollingCountTimeout: 10_000 });
}
