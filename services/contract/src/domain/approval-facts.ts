import type { Json, Registry } from '@mandate/contracts';
import { writesOf } from '@mandate/judgement';
import type { Terms } from './contract';
import type { Facts } from './facts';

export type FactName = 'HEALTH' | 'FROZEN' | 'SIGNAL' | 'RIVAL' | 'VALUE';

/** Something that an approval rests on, as it was at an instant, in words. */
export interface Fact {
  readonly fact: FactName;
  /** A scope, a capability, or `capability#key`. */
  readonly subject: string;
  readonly value: string;
}

/** A fact that is another now than when the founder approved. */
export interface FactChange {
  readonly fact: FactName;
  readonly subject: string;
  readonly atApproval: string;
  readonly now: string;
}

const NONE = 'none';

/** Health, freezes, signals, rivals and values that a contract's approval rests on, as they are now. */
export function approvalFacts(terms: Terms, facts: Facts): readonly Fact[] {
  const { plan, contractId } = terms;
  const capabilities = plan.affected_capabilities;
  const scopes = ['SYSTEM', ...capabilities];
  const signals = facts.health.blockingSignals(capabilities);
  const targets = [...new Set(plan.changes.flatMap(writesOf).map((w) => w.target))];
  return [
    ...scopes.map((subject): Fact => ({ fact: 'HEALTH', subject, value: facts.health.stateOf(subject) })),
    ...scopes.map((subject): Fact => {
      const reasons = signals.filter((s) => s.scope === subject).map((s) => s.reason ?? 'no reason given');
      return { fact: 'SIGNAL', subject, value: reasons.join('; ') || NONE };
    }),
    ...capabilities.map((subject): Fact => {
      const isFrozen = facts.registry.capabilities.get(subject)?.definition.frozen ?? false;
      return { fact: 'FROZEN', subject, value: isFrozen ? 'yes' : 'no' };
    }),
    ...capabilities.map((subject): Fact => {
      const holder = facts.holders.get(subject) ?? contractId;
      return { fact: 'RIVAL', subject, value: holder === contractId ? NONE : holder };
    }),
    ...targets.map((subject): Fact => {
      const value = presentValue(subject, facts.registry);
      return { fact: 'VALUE', subject, value: value === undefined ? NONE : JSON.stringify(value) };
    }),
  ];
}

/** What is another fact now than it was, in the order of the facts. */
export function factChanges(then: readonly Fact[], now: readonly Fact[]): readonly FactChange[] {
  const nameOf = ({ fact, subject }: Fact): string => `${fact} ${subject}`;
  const before = new Map(then.map((f) => [nameOf(f), f.value]));
  return now.flatMap((f) => {
    const atApproval = before.get(nameOf(f));
    if (atApproval === undefined || atApproval === f.value) return [];
    return [{ fact: f.fact, subject: f.subject, atApproval, now: f.value }];
  });
}

/** True if the same has changed, in the same way. */
export function isSame(a: readonly FactChange[], b: readonly FactChange[]): boolean {
  const text = (changes: readonly FactChange[]): string =>
    JSON.stringify(changes.map(({ fact, subject, atApproval, now }) => [fact, subject, atApproval, now]));
  return text(a) === text(b);
}

/** A key's value, or a capability's enablement, as `writesOf` names and states them; undefined if there is no such. */
export function presentValue(target: string, registry: Registry): Json | undefined {
  const [capability = '', ...rest] = target.split('#');
  const state = registry.capabilities.get(capability);
  if (!state) return undefined;
  if (rest.length === 0) return { enabled: state.enabled, lifecycle: state.lifecycle };
  return state.values[rest.join('#')] ?? null;
}
