import { OFREPProvider } from '@openfeature/ofrep-provider';
import { type Client, type EvaluationDetails, type FlagMetadata, OpenFeature } from '@openfeature/server-sdk';

/** What the shop can be told, and what it does until it has been told. */
const DEFAULTS = {
  api_rate_limit: true,
  'api_rate_limit.requests_per_minute': 100,
  'api_rate_limit.burst': 20,
  search_depth: true,
  'search_depth.max_hops': 3,
  session_lifetime: true,
  'session_lifetime.lifetime_minutes': 60,
  bulk_export: false,
  'bulk_export.rows_max': 10_000,
} as const satisfies Record<string, boolean | number>;
export type SettingName = keyof typeof DEFAULTS;
export type SettingValue<N extends SettingName> = (typeof DEFAULTS)[N] extends boolean ? boolean : number;

/** A setting as it was last read. */
export interface Setting {
  readonly value: boolean | number;
  readonly source: 'registry' | 'default';
  readonly variant: string | null;
  readonly metadata: FlagMetadata;
  /** Why the last reading failed; the value is then the one before. */
  readonly problem: string | null;
}

const DOMAIN = 'storefront';
const NAMES = Object.keys(DEFAULTS) as SettingName[];

/**
 * The shop's configuration, read with the stock OpenFeature provider. It is read again when somebody asks and the last
 * reading is older than `maxAgeMs`; while it cannot be read, the last known values hold.
 */
export class Settings {
  private readonly known = new Map<SettingName, Setting>();
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | null = null;

  private constructor(
    private readonly client: Client,
    private readonly maxAgeMs: number,
  ) {
    for (const name of NAMES)
      this.known.set(name, { value: DEFAULTS[name], source: 'default', variant: null, metadata: {}, problem: null });
  }

  static async open(options: {
    ofrepUrl: string;
    token: string | undefined;
    maxAgeMs?: number;
    timeoutMs?: number;
  }): Promise<Settings> {
    const { ofrepUrl, token, maxAgeMs = 500, timeoutMs = 1_000 } = options;
    const quiet = (): void => undefined; // a registry that is away is said in the configuration, not once per flag
    OpenFeature.setLogger({ error: quiet, warn: quiet, info: quiet, debug: quiet });
    const provider = new OFREPProvider({
      baseUrl: ofrepUrl,
      headers: token === undefined ? [] : [['Authorization', `Bearer ${token}`]],
      fetchImplementation: (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
        fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
    });
    await OpenFeature.setProviderAndWait(DOMAIN, provider);
    return new Settings(OpenFeature.getClient(DOMAIN), maxAgeMs);
  }

  async get<N extends SettingName>(name: N): Promise<SettingValue<N>> {
    return (await this.all()).get(name)?.value as SettingValue<N>;
  }

  /** Every setting, at most `maxAgeMs` old if the registry can be reached. */
  async all(): Promise<ReadonlyMap<SettingName, Setting>> {
    if (performance.now() - this.readAt > this.maxAgeMs) {
      this.reading ??= this.read().finally(() => {
        this.reading = null;
      });
      await this.reading;
    }
    return this.known;
  }

  async close(): Promise<void> {
    await OpenFeature.clearProviders().catch(() => undefined);
  }

  private async read(): Promise<void> {
    await Promise.all(NAMES.map((name) => this.readOne(name)));
    this.readAt = performance.now();
  }

  private async readOne(name: SettingName): Promise<void> {
    const before = this.known.get(name) as Setting;
    const fallback = DEFAULTS[name];
    const details: EvaluationDetails<boolean | number> =
      typeof fallback === 'boolean'
        ? await this.client.getBooleanDetails(name, fallback)
        : await this.client.getNumberDetails(name, fallback);
    const problem = details.errorCode ? `${details.errorCode}: ${details.errorMessage ?? 'no details'}` : null;
    const { value, variant = null, flagMetadata } = details;
    this.known.set(
      name,
      problem ? { ...before, problem } : { value, source: 'registry', variant, metadata: flagMetadata, problem: null },
    );
  }
}
