import {
  type AskedRequest,
  evolve,
  type Intake,
  type IntakeEvent,
  type KeyUse,
  type KnownIssue,
  receive,
} from './receive';

/** What the tables know about the inputs of a batch, by `keyOf`, `referenceOf` and request id. */
export interface KnownAll {
  readonly keys: ReadonlyMap<string, KeyUse>;
  readonly issues: ReadonlyMap<string, readonly KnownIssue[]>;
  readonly requests: ReadonlyMap<string, AskedRequest>;
}

/** No identity holds a NUL, so these names cannot run into each other. */
export const keyOf = (i: Pick<Intake, 'sourceSystem' | 'kind' | 'idempotencyKey'>): string =>
  `${i.sourceSystem}\u0000${i.kind}\u0000${i.idempotencyKey}`;
export const referenceOf = (i: Pick<Intake, 'sourceSystem' | 'reference'>): string =>
  `${i.sourceSystem}\u0000${i.reference}`;

/** Decides a batch in its order; each input sees what the ones before it did (FLOW-002). One event per input. */
export function foldIntake(intakes: readonly Intake[], before: KnownAll): IntakeEvent[] {
  const keys = new Map(before.keys);
  const issues = new Map(before.issues);
  return intakes.map((intake) => {
    const [key, reference] = [keyOf(intake), referenceOf(intake)];
    const known = {
      earlier: keys.get(key) ?? null,
      issues: issues.get(reference) ?? [],
      request: (intake.requestId && before.requests.get(intake.requestId)) || null,
    };
    const event = receive(intake, known);
    const after = evolve(known, intake, event);
    if (after.earlier) keys.set(key, after.earlier);
    issues.set(reference, after.issues);
    return event;
  });
}
