import type { Capability, ChangeView } from '../../api/shapes';

/** A change as the founder words it; values are as typed, by key. */
export interface DraftChange {
  readonly capability: string;
  readonly does: 'values' | 'enable' | 'disable';
  readonly values: Readonly<Record<string, string>>;
  readonly lifecycle: string;
  readonly reason: string;
}

/** A change as the service takes it. */
export type WordedChange =
  | {
      readonly kind: 'configuration_update';
      readonly capability: string;
      readonly key: string;
      readonly value: unknown;
    }
  | {
      readonly kind: 'parameter_change';
      readonly capability: string;
      readonly settings: readonly { readonly key: string; readonly value: unknown }[];
    }
  | { readonly kind: 'capability_enable'; readonly capability: string; readonly lifecycle?: string }
  | { readonly kind: 'capability_disable'; readonly capability: string; readonly reason: string };

/** What a key's schema lets a person type or choose. */
export interface Field {
  readonly type: 'number' | 'choice' | 'text' | 'json';
  readonly choices: readonly string[];
  readonly hint: string;
}

export function fieldOf(schema: unknown): Field {
  const {
    type,
    enum: choices,
    minimum,
    maximum,
  } = (schema ?? {}) as { type?: string; enum?: unknown[]; minimum?: number; maximum?: number };
  const hint = minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : '';
  if (choices) return { type: 'choice', choices: choices.map(String), hint };
  if (type === 'boolean') return { type: 'choice', choices: ['true', 'false'], hint };
  if (type === 'integer' || type === 'number') return { type: 'number', choices: [], hint };
  return { type: type === 'string' ? 'text' : 'json', choices: [], hint };
}

/** What was typed as the value that the schema means; a number or JSON that is none stays text, for the service to refuse. */
export function typedValue(text: string, schema: unknown): unknown {
  const { type } = (schema ?? {}) as { type?: string };
  if (type === 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const asTyped = (value: unknown) =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);

/** The proposed change, to be worded otherwise. */
export function draftOf(change: ChangeView): DraftChange {
  const does =
    change.kind === 'capability_enable' ? 'enable' : change.kind === 'capability_disable' ? 'disable' : 'values';
  return {
    capability: change.capability,
    does,
    values: Object.fromEntries(change.settings.map((setting) => [setting.key, asTyped(setting.new)])),
    lifecycle: change.enablement?.new.lifecycle ?? 'LAUNCHED',
    reason: change.reason ?? '',
  };
}

export const emptyDraft = (capability: string): DraftChange => ({
  capability,
  does: 'values',
  values: {},
  lifecycle: 'LAUNCHED',
  reason: '',
});

/** The draft as the service takes it; null while something is missing. */
export function worded(draft: DraftChange, capability: Capability | undefined): WordedChange | null {
  const { does, reason, lifecycle } = draft;
  const name = draft.capability;
  if (does === 'enable') return { kind: 'capability_enable', capability: name, lifecycle };
  if (does === 'disable')
    return reason.trim() ? { kind: 'capability_disable', capability: name, reason: reason.trim() } : null;
  const schemaOf = (key: string) => capability?.keys.find((each) => each.key === key)?.schema;
  const settings = Object.entries(draft.values)
    .filter(([, text]) => text.trim() !== '')
    .map(([key, text]) => ({ key, value: typedValue(text.trim(), schemaOf(key)) }));
  const [only] = settings;
  if (!only) return null;
  if (settings.length > 1) return { kind: 'parameter_change', capability: name, settings };
  return { kind: 'configuration_update', capability: name, ...only };
}
