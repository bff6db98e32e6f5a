import type {
  CapabilityDefinition,
  CapabilityState,
  ChangeKind,
  Json,
  KeyDefinition,
  Registry,
} from '@mandate/contracts';

/** A registry for specs: the shapes of the first catalogue, small. */
type KeyLine = readonly [key: string, aliases: readonly string[], schema: KeyDefinition['schema'], value: Json];

const key = ([name, aliases, schema, value]: KeyLine): KeyDefinition => ({
  key: name,
  aliases,
  schema,
  first_value: value,
  description: '',
});

/** A capability as the registry holds it, launched and on unless said otherwise. */
export function capability(
  name: string,
  aliases: readonly string[],
  keys: readonly KeyLine[],
  more: Partial<CapabilityDefinition> = {},
): CapabilityState {
  const definition: CapabilityDefinition = {
    name,
    aliases,
    description: '',
    owner: 'platform',
    lifecycle: 'LAUNCHED',
    enabled: true,
    frozen: false,
    driver: 'registry',
    keys: keys.map(key),
    risk: {
      capability_enable: 'medium',
      capability_disable: 'high',
      configuration_update: 'low',
      parameter_change: 'medium',
    },
    irreversible_allowed: [] as readonly ChangeKind[],
    probes: [],
    constraints: { max_duration_ms: 60_000, step_timeout_ms: 5_000, steps_per_minute: 60, allowed_targets: [] },
    ...more,
  };
  const values = Object.fromEntries(keys.map(([name, , , value]) => [name, value]));
  const { enabled, lifecycle } = definition;
  return { capability: name, version: 1, definition, enabled, lifecycle, values, provisional_contract_id: null };
}

/** A registry of these capabilities at version 1. */
export function registryOf(...capabilities: readonly CapabilityState[]): Registry {
  return { registry_version: 1, capabilities: new Map(capabilities.map((c) => [c.capability, c])) };
}

/** Five capabilities, as in the first catalogue. */
export const registry: Registry = registryOf(
  capability(
    'api_rate_limit',
    ['rate limit', 'API rate limit', 'request quota', 'throttling'],
    [
      [
        'requests_per_minute',
        ['rate limit', 'requests per minute', 'limit', 'quota'],
        { type: 'integer', minimum: 10, maximum: 10000, 'x-unit': 'per_minute' },
        100,
      ],
      ['burst', ['burst size'], { type: 'integer', minimum: 1, maximum: 1000 }, 20],
    ],
  ),
  capability(
    'search_depth',
    ['search depth', 'search quality', 'recall depth'],
    [['max_hops', ['search depth', 'hops', 'depth'], { type: 'integer', minimum: 1, maximum: 12 }, 3]],
  ),
  capability(
    'session_lifetime',
    ['session lifetime', 'session timeout', 'session length', 'sessions'],
    [
      [
        'lifetime_minutes',
        ['session lifetime', 'session timeout', 'session length'],
        { type: 'integer', minimum: 5, maximum: 1440, 'x-unit': 'minutes' },
        60,
      ],
    ],
  ),
  capability(
    'bulk_export',
    ['bulk export', 'mass export', 'data export', 'CSV export'],
    [['rows_max', ['row limit', 'export size', 'rows'], { type: 'integer', minimum: 100, maximum: 1000000 }, 10000]],
    { lifecycle: 'PREVIEW', enabled: false },
  ),
  capability(
    'billing_ledger',
    ['billing ledger', 'ledger', 'invoicing'],
    [['rounding_mode', ['rounding'], { type: 'string', enum: ['half_even', 'half_up'] }, 'half_even']],
    { frozen: true },
  ),
);
