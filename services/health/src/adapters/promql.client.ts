import type { PromqlProbe } from '@mandate/contracts';
import { breaker } from '@mandate/service-kit';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { CONFIG, type HealthConfig } from '../config';
import { decisionOfFigures } from '../domain/figures';
import type { Answered } from './http-probe.client';

const RESET_MS = 5_000;
const ANSWER_BYTES_MAX = 1_000_000;
const TIMEOUT_MS_MAX = 60_000;

const sample = z.tuple([z.number(), z.string()]);
const answer = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
  z.object({ resultType: z.literal('scalar'), result: sample }),
]);
const body = z.object({ status: z.literal('success'), data: answer });

/**
 * Asks a Prometheus server for the figures of a query, now. A server that does not answer has observed nothing: that is no
 * word about the governed system, whose scope becomes UNKNOWN after a while.
 */
@Injectable()
export class PromqlClient implements OnApplicationShutdown {
  private readonly ask = breaker('prometheus', askPrometheus, TIMEOUT_MS_MAX, RESET_MS);

  constructor(@Inject(CONFIG) private readonly config: HealthConfig) {}

  get isConfigured(): boolean {
    return this.config.PROMETHEUS_URL !== undefined;
  }

  /** Circuit breakers keep timers. */
  onApplicationShutdown(): void {
    this.ask.shutdown();
  }

  /** @returns null where nothing was observed: no figure, or no answer; `onFault` hears why */
  async look(probe: PromqlProbe, stop: AbortSignal, onFault: (error: unknown) => void): Promise<Answered | null> {
    const startedAt = performance.now(); // a duration, not a time: the service's clock may be moved by hand
    try {
      const address = new URL('api/v1/query', withSlash(this.config.PROMETHEUS_URL ?? ''));
      address.searchParams.set('query', probe.promql);
      const figures = await this.ask.fire(address, this.config.PROMETHEUS_TOKEN_FILE, probe.timeout_ms, stop);
      const decision = decisionOfFigures(figures, probe);
      const latencyMs = performance.now() - startedAt;
      return decision && { decision, latencyMs, detail: `${probe.promql} is ${worded(figures)}`.slice(0, 300) };
    } catch (error) {
      if ((error as { code?: string }).code !== 'EOPENBREAKER') onFault(error);
      return null;
    }
  }
}

async function askPrometheus(
  address: URL,
  token: string | undefined,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<readonly number[]> {
  const response = await fetch(address, {
    redirect: 'manual',
    signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    headers: { 'user-agent': 'mandate-health', ...(token ? { authorization: `Bearer ${token}` } : {}) },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Prometheus answered ${response.status}: ${text.slice(0, 200)}`);
  if (text.length > ANSWER_BYTES_MAX)
    throw new Error(`Prometheus answered ${text.length} bytes, more than a query for figures gives`);
  const { data } = body.parse(JSON.parse(text));
  return data.resultType === 'scalar' ? [figureOf(data.result[1])] : data.result.map(({ value }) => figureOf(value[1]));
}

/** Prometheus writes infinities as +Inf and -Inf. */
function figureOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

const SHOWN_MAX = 3;
function worded(figures: readonly number[]): string {
  const more = figures.length > SHOWN_MAX ? ` and ${figures.length - SHOWN_MAX} more` : '';
  return `${figures.slice(0, SHOWN_MAX).join(', ')}${more}`;
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);
