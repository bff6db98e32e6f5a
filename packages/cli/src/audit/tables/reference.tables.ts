import { type CapabilityDefinition, readingsOf, type Service } from '@mandate/contracts';
import type { CapabilityChanged } from '@mandate/schemas';
import { type AuditedTable, table } from '../table';
import { newest, type Of, read } from './recorded';

/** Tables that every service has and of which the topics tell nothing. */
export const OUTSIDE_OF_EVERY_HOP: Readonly<Record<string, string>> = {
  inbox: 'which messages were handled: what they led to is audited',
  outbox: 'what is about to be said: once it is said, it is on a topic',
  parked: 'messages that could not be handled, as they came',
  operator_actions: "operators' own records of what they did",
  pauses: 'what operators have paused for now: each pause is told on a topic',
  timers: 'when to look again',
  manifest_seen: 'the number of the last manifest',
  migrations: "the schema's own record",
};

/** A capability's values by key. */
export function valuesOf({ values }: CapabilityChanged): object {
  return Object.fromEntries(values.map(({ key, value }) => [key, read(value)]));
}

export function definitionOf({ definition }: CapabilityChanged): CapabilityDefinition {
  return JSON.parse(definition) as CapabilityDefinition;
}

const REF_CAPABILITIES = table<Of<'CapabilityChanged'>>({
  name: 'ref_capabilities',
  key: ['capability'],
  told: newest('CapabilityChanged', (m) => m.key),
  columns: {
    capability: ({ by }) => by.value.capability,
    version: ({ by }) => by.value.version,
    registry_version: ({ by }) => by.value.registry_version,
    catalogue_size: ({ by }) => by.value.catalogue_size,
    state: ({ by: { value } }) => {
      const { capability, version, enabled, lifecycle, provisional_contract_id } = value;
      const whole = { definition: definitionOf(value), values: valuesOf(value) };
      return { capability, version, enabled, lifecycle, provisional_contract_id, ...whole };
    },
  },
  untold: {},
});

const REF_HEALTH = table<Of<'HealthChanged'>>({
  name: 'ref_health',
  key: ['scope'],
  told: newest('HealthChanged', (m) => m.key),
  columns: {
    scope: ({ by }) => by.value.scope,
    version: ({ by }) => by.value.version,
    state: ({ by }) => by.value.state,
    basis: ({ by }) => by.value.basis,
    signals: ({ by }) => by.value.signals,
    valid_until: ({ by }) => by.value.valid_until,
    scope_versions: ({ by }) => by.value.scope_versions,
    changed_at: ({ by }) => by.value.changed_at,
  },
  untold: {},
});

const NOBODY_TELLS = (copy: AuditedTable): AuditedTable => ({ ...copy, told: () => [] });

/** A service's copies of the reference topics; who does not read a topic has an empty one. */
export function referenceTables(service: Service): readonly AuditedTable[] {
  const reads = (type: 'CapabilityChanged' | 'HealthChanged'): boolean =>
    readingsOf(service).some(({ topic, reader }) => topic.messages.includes(type) && reader.mode === 'project');
  return [
    reads('CapabilityChanged') ? REF_CAPABILITIES : NOBODY_TELLS(REF_CAPABILITIES),
    reads('HealthChanged') ? REF_HEALTH : NOBODY_TELLS(REF_HEALTH),
  ];
}
