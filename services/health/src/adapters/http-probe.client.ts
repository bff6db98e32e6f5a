import type { HttpProbe } from '@mandate/contracts';
import { breaker } from '@mandate/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type HealthConfig } from '../config';
import { type Decision, decisionOf } from '../domain/probe-decision';

/** What one look came to, with a few words for people. */
export interface Answered {
  readonly decision: Decision;
  readonly latencyMs: number;
  readonly detail: string;
}

type Breaker = ReturnType<typeof breaker<[string, number, AbortSignal], number>>;
const RESET_MS_MIN = 1_000;
const SAMPLE_APP = /\$\{SAMPLE_APP_URL\}/g;

/** Looks at governed systems over HTTP: a GET, no redirects, a time-out and a circuit breaker per probe. */
@Injectable()
export class HttpProbeClient implements OnApplicationShutdown {
  private readonly breakers = new Map<string, Breaker>();

  constructor(@Inject(CONFIG) private readonly config: HealthConfig) {}

  /** Circuit breakers keep timers. */
  onApplicationShutdown(): void {
    for (const each of this.breakers.values()) each.shutdown();
  }

  /** The address with its variables filled in; null where one is not known. */
  addressOf(url: string): string | null {
    const address = url.replace(SAMPLE_APP, () => this.config.SAMPLE_APP_URL ?? '');
    return URL.canParse(address) ? address : null;
  }

  /**
   * One look. Never throws; a failing answer is a result too.
   * @returns null while the circuit is open after failures: nothing was looked at, so nothing was observed
   */
  async look(key: string, probe: HttpProbe, address: string, stop: AbortSignal): Promise<Answered | null> {
    const startedAt = performance.now(); // a duration, not a time: the service's clock may be moved by hand
    const took = (): number => performance.now() - startedAt;
    try {
      const status = await this.breakerOf(key, probe).fire(address, probe.timeout_ms, stop);
      const latencyMs = took();
      const decision = decisionOf({ isOk: true, latencyMs }, probe.warn_ms);
      return { decision, latencyMs, detail: `${status} in ${Math.round(latencyMs)} ms` };
    } catch (error) {
      if ((error as { code?: string }).code === 'EOPENBREAKER') return null;
      return { decision: 'BLOCKED', latencyMs: took(), detail: (error as Error).message.slice(0, 300) };
    }
  }

  private breakerOf(key: string, probe: HttpProbe): Breaker {
    const id = `${key} ${JSON.stringify(probe)}`;
    let found = this.breakers.get(id);
    if (!found) {
      // An ill system is looked at half as often, so that recovery is still seen soon.
      const resetMs = Math.max(RESET_MS_MIN, 2 * probe.interval_ms);
      found = breaker(key, get, probe.timeout_ms + 100, resetMs);
      this.breakers.set(id, found);
    }
    return found;
  }
}

async function get(address: string, timeoutMs: number, stop: AbortSignal): Promise<number> {
  const response = await fetch(address, {
    redirect: 'manual',
    signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    headers: { 'user-agent': 'mandate-health' },
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return response.status;
}
