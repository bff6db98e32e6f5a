import type { Json } from '@mandate/contracts';
import type { Answer } from './case-file';

export type Result = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

/** The answer to one question, with what it rests on. */
export interface Check {
  readonly id: string;
  readonly result: Result;
  readonly evidence: { readonly [name: string]: Json };
}

/** A message has room for so many entries of a list; the evidence itself has them all. */
const SHOWN_MAX = 100;

/** Collects what speaks against a PASS; what is missing never speaks for one. */
export class Findings {
  private readonly failures: string[] = [];
  private readonly unknowns: string[] = [];
  private readonly shown: Record<string, Json> = {};

  /** This must not be. */
  fail(what: string): void {
    this.failures.push(what);
  }

  /** This cannot be told. */
  unknown(what: string): void {
    this.unknowns.push(what);
  }

  /** Fails unless `holds`. */
  must(holds: boolean, otherwise: string): void {
    if (!holds) this.fail(otherwise);
  }

  /** An answer of health: NO fails, anything but YES cannot be told (PART2-003). */
  answered(what: string, answer: Answer | undefined): void {
    if (answer === 'NO') this.fail(`health says ${what} does not hold`);
    else if (answer !== 'YES') this.unknown(`health does not know whether ${what} holds`);
  }

  /** Adds a record or a value that the answer rests on. */
  show(name: string, value: Json): void {
    this.shown[name] = value;
    if (!Array.isArray(value) || value.length <= SHOWN_MAX) return;
    this.shown[name] = value.slice(0, SHOWN_MAX);
    this.shown[`${name}_in_all`] = value.length;
  }

  /** Any failure is FAIL; else anything untold is INCONCLUSIVE. */
  conclude(id: string): Check {
    const result = this.failures.length ? 'FAIL' : this.unknowns.length ? 'INCONCLUSIVE' : 'PASS';
    const failures = this.failures.slice(0, SHOWN_MAX);
    const unknown = this.unknowns.slice(0, SHOWN_MAX);
    return { id, result, evidence: { failures, unknown, ...this.shown } };
  }
}

/** The answer to an invariant; undefined if the evaluation does not have it. */
export function invariant(
  file: { evaluation: { invariants: readonly { id: string; holds: Answer }[] } },
  id: string,
): Answer | undefined {
  return file.evaluation.invariants.find((i) => i.id === id)?.holds;
}
