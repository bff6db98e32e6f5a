import { type Change, canonicalJson, type Json, targetsOf } from '@mandate/contracts';
import { byCodeUnits, sameJson } from '../../json/same-json';
import { satisfies } from '../../json/schema-check';
import { isReversible, settingsOf } from '../../plan/inverse';
import type { CapabilityFact, Facts, JudgedProposal } from '../facts';
import type { Rule } from '../verdict';

/** One thing wrong with the changes. */
interface Flaw {
  readonly text: string;
  readonly have: Json;
  readonly want: Json;
  /** Only a state that moved on can be right again by itself. */
  readonly mayPass: boolean;
}

export const concreteChange: Rule = {
  id: 'E-007',
  test: (proposal, facts) => flawsOf(proposal, facts).length === 0,
  need: (proposal, facts) => {
    const flaws = flawsOf(proposal, facts);
    return {
      text: flaws.map((flaw) => flaw.text).join('; '),
      fact: 'suggested_changes',
      have: flaws.map((flaw) => flaw.have),
      want: flaws.map((flaw) => flaw.want),
      retry_at: null,
      retry_helps: flaws.every((flaw) => flaw.mayPass),
    };
  },
};

function flawsOf(proposal: JudgedProposal, facts: Facts): readonly Flaw[] {
  const { suggested_changes: changes, affected_capabilities: affected } = proposal;
  if (changes.length === 0) return [lasting(nothingProposed(proposal.reason), null, { changes: { at_least: 1 } })];
  const named = new Set(changes.map((c) => c.capability));
  const flaws: Flaw[] = [];
  if (named.size !== new Set(affected).size || affected.some((name) => !named.has(name))) {
    const want = [...named].sort(byCodeUnits);
    flaws.push(lasting('the changes act on other capabilities than the proposal names', [...affected].sort(), want));
  }
  const targets = changes.flatMap(targetsOf);
  if (new Set(targets).size !== targets.length) {
    const doubled = [...new Set(targets.filter((t, i) => targets.indexOf(t) !== i))].sort();
    flaws.push(lasting(`more than one change of ${doubled.join(', ')}`, doubled, []));
  }
  for (const change of changes) flaws.push(...flawsOfChange(change, facts));
  return flaws;
}

function flawsOfChange(change: Change, facts: Facts): readonly Flaw[] {
  const fact = facts.capabilities.find((c) => c.name === change.capability);
  if (fact === undefined || !fact.exists) {
    return [lasting(`${change.capability} is not in the registry`, change.capability, null)];
  }
  const flaws =
    change.kind === 'capability_enable' || change.kind === 'capability_disable'
      ? flawsOfEnablement(change, fact)
      : flawsOfSettings(change, fact);
  if (flaws.length > 0) return flaws;
  const canUndo = isReversible(change, fact);
  if (canUndo || fact.irreversible_allowed.includes(change.kind)) return [];
  return [lasting(`${change.kind} of ${change.capability} could not be undone`, change.kind, 'a reversible change')];
}

type Toggle = Extract<Change, { kind: 'capability_enable' | 'capability_disable' }>;

function flawsOfEnablement(change: Toggle, fact: CapabilityFact): readonly Flaw[] {
  const present = { enabled: fact.enabled, lifecycle: fact.lifecycle };
  const prior = { enabled: change.prior.enabled, lifecycle: change.prior.lifecycle };
  if (!sameJson(present, prior)) {
    const text = `${change.capability} is not in the state that the change starts from`;
    return [{ text, have: present, want: prior, mayPass: true }];
  }
  const isEnable = change.kind === 'capability_enable';
  const isThere = fact.enabled === isEnable && (!isEnable || fact.lifecycle === change.lifecycle);
  if (!isThere) return [];
  return [lasting(`${change.capability} is already ${isEnable ? 'enabled' : 'disabled'}`, present, null)];
}

type Update = Extract<Change, { kind: 'configuration_update' | 'parameter_change' }>;

function flawsOfSettings(change: Update, fact: CapabilityFact): readonly Flaw[] {
  const settings = settingsOf(change);
  if (settings.length === 0) return [lasting(`${change.kind} of ${change.capability} sets no key`, [], null)];
  return settings.flatMap((setting): readonly Flaw[] => {
    const target = `${change.capability}#${setting.key}`;
    const known = fact.keys.find((k) => k.key === setting.key);
    if (known === undefined) return [lasting(`${target} is not a key of the registry`, target, null)];
    if (!satisfies(known.schema, setting.new)) {
      const text = `${target} may not be ${shown(setting.new)}; its schema is ${shown(known.schema)}`;
      return [lasting(text, setting.new, known.schema)];
    }
    if (!sameJson(known.value, setting.old)) {
      const text = `${target} is ${shown(known.value)}, not ${shown(setting.old)} as the change says`;
      return [{ text, have: known.value, want: setting.old, mayPass: true }];
    }
    return sameJson(setting.old, setting.new)
      ? [lasting(`${target} is already ${shown(setting.new)}`, setting.new, null)]
      : [];
  });
}

const lasting = (text: string, have: Json, want: Json): Flaw => ({ text, have, want, mayPass: false });

const SHOWN_MAX = 300;

const shown = (value: Json): string => shortened(canonicalJson(value));

/** Never cut inside a surrogate pair: half of one has no canonical bytes. */
const shortened = (text: string): string =>
  text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Whoever is refused can only act on what the validator missed, so its reason goes along. */
const nothingProposed = (reason: string): string =>
  reason === '' ? 'no concrete change is proposed' : `no concrete change is proposed: ${shortened(reason)}`;
