import CircuitBreaker from 'opossum';

/**
 * Puts an outbound call behind a time-out and a circuit breaker.
 * @param timeoutMs a call that takes longer fails
 * @param resetTimeoutMs how long an open circuit refuses before it tries again
 */
export function breaker<A extends unknown[], R>(
  name: string,
  call: (...args: A) => Promise<R>,
  timeoutMs: number,
  resetTimeoutMs = 5_000,
): CircuitBreaker<A, R> {
  return new CircuitBreaker(call, {
    name,
    timeout: timeoutMs,
    errorThresholdPercentage: 60,
    resetTimeout: resetTimeoutMs,
    volumeThreshold: 5,
    rollingCountTimeout: 10_000,
  });
}
