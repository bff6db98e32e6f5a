import { type Change, canonicalJson, type Json, targetsOf } from '@mandate/contracts';
import { byCodeUnits, sameJson } from '../../json/same-json';
import { type KeySchema, satisfies } from '../../json/schema-check';
import { settingsOf } from '../../plan/inverse';
import type { CapabilityFact, Facts, JudgedProposal, KeyFact } from '../facts';
import type { Condition, Rule } from '../verdict';
import { condition, UnusableFact } from './need';

/** One thing wrong with the changes. */
interface Flaw {
  readonly text: string;
  readonly condition: Condition;
  /** Only a state that moved on can be right again by itself. */
  readonly mayPass: boolean;
}

/**
 * A proposal has a concrete change that the registry takes. No flaw hides another: with the conditions of all flaws met
 * the rule passes.
 */
export const concreteChange: Rule = {
  id: 'E-007',
  test: (proposal, facts) => flawsOf(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const flaws = flawsOf(proposal, facts);
    return {
      text: [...new Set(flaws.map((flaw) => flaw.text))].join('; '),
      conditions: flaws.map((flaw) => flaw.condition),
      retry_at: null,
      retry_helps: flaws.every((flaw) => flaw.mayPass),
    };
  },
};

const flaw = (text: string, fact: string, of: string | null, have: Json, want: Json): Flaw => ({
  text,
  condition: condition(fact, of, have, want),
  mayPass: false,
});

function flawsOf(proposal: JudgedProposal, facts: Facts): readonly Flaw[] {
  const { suggested_changes: changes, affected_capabilities: affected } = proposal;
  if (changes.length === 0) {
    return [flaw(nothingProposed(proposal.reason), 'suggested_changes', null, [], { items_at_least: 1 })];
  }
  const named = new Set(changes.map((c) => c.capability));
  const flaws: Flaw[] = [];
  if (named.size !== new Set(affected).size || affected.some((name) => !named.has(name))) {
    const [have, want] = [[...affected].sort(), { equals: [...named].sort(byCodeUnits) }];
    const text = 'the changes act on other capabilities than the proposal names';
    flaws.push(flaw(text, 'affected_capabilities', null, have, want));
  }
  flaws.push(...doubled(changes));
  for (const change of firstOfEach(changes)) flaws.push(...flawsOfChange(change, facts));
  return flaws;
}

function doubled(changes: readonly Change[]): readonly Flaw[] {
  const counts = new Map<string, number>();
  for (const target of changes.flatMap(targetsOf)) counts.set(target, (counts.get(target) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort(([a], [b]) => byCodeUnits(a, b))
    .map(([target, count]) => flaw(`more than one change of ${target}`, 'changes', target, count, { equals: 1 }));
}

/** Without what changes a target once more: that has to go, so nobody needs to know what else is wrong with it. */
function firstOfEach(changes: readonly Change[]): readonly Change[] {
  const seen = new Set<string>();
  return changes.flatMap((change): readonly Change[] => {
    const isNew = targetsOf(change).map((target) => !seen.has(target) && seen.add(target) !== undefined);
    if (isNew.every((first) => first)) return [change];
    if (change.kind !== 'parameter_change' || !isNew.includes(true)) return [];
    return [{ ...change, settings: change.settings.filter((_, i) => isNew[i]) }];
  });
}

function flawsOfChange(change: Change, facts: Facts): readonly Flaw[] {
  const { capability } = change;
  const fact = facts.capabilities.find((c) => c.name === capability && c.exists);
  const isToggle = change.kind === 'capability_enable' || change.kind === 'capability_disable';
  const flaws = isToggle ? flawsOfEnablement(change, fact) : flawsOfSettings(change, fact);
  if (fact !== undefined) return flaws;
  const text = `${capability} is not in the registry`;
  return [flaw(text, 'in_registry', capability, false, { equals: true }), ...flaws.map((f) => ({ ...f, text }))];
}

type Toggle = Extract<Change, { kind: 'capability_enable' | 'capability_disable' }>;

function flawsOfEnablement(change: Toggle, fact: CapabilityFact | undefined): readonly Flaw[] {
  const { capability, kind } = change;
  const present = fact ? { enabled: fact.enabled, lifecycle: fact.lifecycle } : null;
  const prior = { enabled: change.prior.enabled, lifecycle: change.prior.lifecycle };
  const flaws: Flaw[] = [];
  if (!sameJson(present, prior)) {
    const text = `${capability} is not in the state that the change starts from`;
    flaws.push({ ...flaw(text, 'enablement', capability, present, { equals: prior }), mayPass: fact !== undefined });
  }
  const isEnable = kind === 'capability_enable';
  if (prior.enabled === isEnable && (!isEnable || prior.lifecycle === change.lifecycle)) {
    const text = `${capability} is already ${isEnable ? 'enabled' : 'disabled'}`;
    flaws.push(flaw(text, 'new_enablement', capability, prior, { other_than: prior }));
  }
  return flaws;
}

type Update = Extract<Change, { kind: 'configuration_update' | 'parameter_change' }>;

function flawsOfSettings(change: Update, fact: CapabilityFact | undefined): readonly Flaw[] {
  const { capability, kind } = change;
  const settings = settingsOf(change);
  if (settings.length === 0) {
    return [flaw(`${kind} of ${capability} sets no key`, 'settings', capability, [], { items_at_least: 1 })];
  }
  const allowed = fact?.irreversible_allowed ?? [];
  let isReversible = true;
  const flaws = settings.flatMap((setting): readonly Flaw[] => {
    const target = `${capability}#${setting.key}`;
    const known = fact?.keys.find((k) => k.key === setting.key);
    if (known === undefined) return flawsOfNewKey(setting, target);
    isReversible &&= allows(known.schema, setting.old, target);
    return flawsOfSetting(setting, known, target);
  });
  if (isReversible || allowed.includes(kind)) return flaws;
  const text = `${kind} of ${capability} could not be undone: the present value is not one that the schema allows`;
  return [...flaws, flaw(text, 'irreversible_allowed', capability, [...allowed], { includes: kind })];
}

type Setting = ReturnType<typeof settingsOf>[number];

function flawsOfNewKey(setting: Setting, target: string): readonly Flaw[] {
  const want = { value: setting.old, schema_allows: [setting.old, setting.new] };
  const missing = flaw(`${target} is not a key of the registry`, 'key', target, null, want);
  return sameJson(setting.old, setting.new) ? [missing, already(setting, target, {})] : [missing];
}

function flawsOfSetting(setting: Setting, { schema, value }: KeyFact, target: string): readonly Flaw[] {
  const flaws: Flaw[] = [];
  if (!allows(schema, setting.new, target)) {
    const text = `${target} may not be ${shown(setting.new)}; its schema is ${shown(schema)}`;
    flaws.push(flaw(text, 'new_value', target, setting.new, { schema, other_than: setting.old }));
  } else if (sameJson(setting.old, setting.new)) flaws.push(already(setting, target, schema));
  if (!sameJson(value, setting.old)) {
    const text = `${target} is ${shown(value)}, not ${shown(setting.old)} as the change says`;
    flaws.push({ ...flaw(text, 'value', target, value, { equals: setting.old }), mayPass: true });
  }
  return flaws;
}

function already({ old, new: value }: Setting, target: string, schema: KeySchema): Flaw {
  return flaw(`${target} is already ${shown(value)}`, 'new_value', target, value, { schema, other_than: old });
}

function allows(schema: KeySchema, value: Json, target: string): boolean {
  try {
    return satisfies(schema, value);
  } catch {
    throw new UnusableFact(`the schema of ${target} cannot be read`);
  }
}

const SHOWN_MAX = 300;

const shown = (value: Json): string => shortened(canonicalJson(value));

/** Never cut inside a surrogate pair: half of one has no canonical bytes. */
const shortened = (text: string): string =>
  text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Whoever is refused can only act on what the validator missed, so its reason goes along. */
const nothingProposed = (reason: string): string =>
  reason === '' ? 'no concrete change is proposed' : `no concrete change is proposed: ${shortened(reason)}`;
