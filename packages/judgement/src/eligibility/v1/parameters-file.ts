import { parse } from 'yaml';
import { ISSUE_SOURCES } from '../../proposal';
import type { RuleParameters } from '../verdict';
import { DEFAULT_PARAMETERS } from './parameters';

/** Parameters as read, or everything that is wrong with them, a sentence each. */
export type ReadParameters =
  | { readonly parameters: RuleParameters; readonly problems: null }
  | { readonly parameters: null; readonly problems: readonly string[] };

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION_MS_MAX = 30 * 86_400_000;

interface Field {
  readonly wants: string;
  /** The parameter's value; undefined if this is none. */
  readonly read: (value: unknown) => number | readonly string[] | undefined;
  readonly parameter: keyof RuleParameters;
}

const DURATION = { wants: 'a duration such as 90m, 24h or 7d, at most 30d', read: durationMs };

const FIELDS: Readonly<Record<string, Field>> = {
  confidence_min: {
    wants: 'a number from 0 to 1',
    read: (value) => (typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined),
    parameter: 'confidence_min',
  },
  sources_allowed: {
    wants: `a list of one or more of ${ISSUE_SOURCES.join(', ')}`,
    read: sources,
    parameter: 'sources_allowed',
  },
  rival_window: { ...DURATION, parameter: 'rival_window_ms' },
  health_wait: { ...DURATION, parameter: 'health_wait_ms_max' },
};

/**
 * Reads the gate's parameters from the text of a file, YAML or JSON: an object with any of `confidence_min`,
 * `sources_allowed`, `rival_window` and `health_wait`. What it leaves out has the default. Pure, never throws.
 */
export function parametersFromText(text: string): ReadParameters {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    return failed([`It is no YAML: ${(error as Error).message.split('\n', 1)[0]}`]);
  }
  if (raw === null) return { parameters: DEFAULT_PARAMETERS, problems: null }; // nothing but comments
  if (typeof raw !== 'object' || Array.isArray(raw)) return failed([`It wants lines such as "confidence_min: 0.75".`]);
  const problems: string[] = [];
  const read: Record<string, unknown> = { ...DEFAULT_PARAMETERS };
  for (const [name, value] of Object.entries(raw)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    const parameter = field?.read(value);
    if (!field) problems.push(`${name} is no parameter of the rules; there are ${Object.keys(FIELDS).join(', ')}.`);
    else if (parameter === undefined) problems.push(`${name} is ${JSON.stringify(value)}; it wants ${field.wants}.`);
    else read[field.parameter] = parameter;
  }
  return problems.length > 0 ? failed(problems) : { parameters: read as unknown as RuleParameters, problems: null };
}

const failed = (problems: readonly string[]): ReadParameters => ({ parameters: null, problems });

function durationMs(value: unknown): number | undefined {
  const [, amount, unit] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(String(value)) ?? [];
  const ms = amount && unit ? Number(amount) * (UNITS_MS[unit] as number) : Number.NaN;
  return ms <= DURATION_MS_MAX ? ms : undefined;
}

function sources(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const known: readonly unknown[] = ISSUE_SOURCES;
  return value.every((v) => known.includes(v)) ? [...new Set(value as string[])].sort() : undefined;
}
