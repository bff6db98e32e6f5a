import fc from 'fast-check';
import { intake, NOON } from '../testing/inputs';
import { foldIntake, type KnownAll, keyOf, referenceOf } from './fold-intake';
import { evolve, type Intake, type IntakeEvent, type KeyUse, type KnownIssue, SAME_KEY_MS } from './receive';

const HOUR_MS = 3_600_000;
const anyIntake = fc
  .record({
    kind: fc.constantFrom<Intake['kind']>('ISSUE', 'ISSUE', 'ISSUE', 'CANCELLATION'),
    sourceSystem: fc.constantFrom('desk', 'shop'),
    reference: fc.constantFrom('T-1', 'T-2'),
    idempotencyKey: fc.constantFrom('a', 'b', 'c'),
    hours: fc.integer({ min: 0, max: 72 }),
  })
  .map(({ hours, ...more }) => intake({ ...more, appendedAt: NOON + hours * HOUR_MS }));
/** As a partition holds them: in the order of the broker's append time. */
const inOrder = fc.array(anyIntake, { maxLength: 30 }).map((all) => all.sort((a, b) => a.appendedAt - b.appendedAt));
const nothing: KnownAll = { keys: new Map(), issues: new Map(), requests: new Map() };

/** What the tables hold after a batch. */
function kept(before: KnownAll, batch: readonly Intake[], events: readonly IntakeEvent[]): KnownAll {
  const keys = new Map<string, KeyUse>(before.keys);
  const issues = new Map<string, readonly KnownIssue[]>(before.issues);
  batch.forEach((input, i) => {
    const [key, reference] = [keyOf(input), referenceOf(input)];
    const known = { earlier: keys.get(key) ?? null, issues: issues.get(reference) ?? [], request: null };
    const after = evolve(known, input, events[i] as IntakeEvent);
    if (after.earlier) keys.set(key, after.earlier);
    issues.set(reference, after.issues);
  });
  return { ...before, keys, issues };
}

function inBatches(all: readonly Intake[], size: number): IntakeEvent[] {
  let known = nothing;
  const events: IntakeEvent[] = [];
  for (let i = 0; i < all.length; i += size) {
    const batch = all.slice(i, i + size);
    const decided = foldIntake(batch, known);
    known = kept(known, batch, decided);
    events.push(...decided);
  }
  return events;
}

describe('a stream of inputs', () => {
  it('FLOW-002: is decided alike in batches of any size: a batch sees itself', () => {
    fc.assert(
      fc.property(inOrder, fc.integer({ min: 1, max: 30 }), (all, size) => {
        expect(inBatches(all, size)).toEqual(inBatches(all, 1));
      }),
    );
  });

  it('FLOW-002: makes one issue of a source system and key within any 24 h', () => {
    fc.assert(
      fc.property(inOrder, (all) => {
        const last = new Map<string, number>();
        foldIntake(all, nothing).forEach((event, i) => {
          if (event.type !== 'issue-received') return;
          const { appendedAt } = all[i] as Intake;
          const key = keyOf(all[i] as Intake);
          expect(appendedAt - (last.get(key) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(SAME_KEY_MS);
          last.set(key, appendedAt);
        });
      }),
    );
  });

  it('FLOW-002: makes nothing new of a stream that is sent again at once', () => {
    fc.assert(
      fc.property(inOrder, (all) => {
        const issues = all.filter((i) => i.kind === 'ISSUE').map((i) => ({ ...i, appendedAt: NOON }));
        const again = issues.map((i) => intake({ ...i, newIssueId: `${i.newIssueId}-again` }));
        const events = foldIntake([...issues, ...again], nothing);
        expect(events.slice(issues.length).every((e) => e.type === 'duplicate')).toBe(true);
      }),
    );
  });

  it('answers every input, and links issues of their own source system and reference only', () => {
    fc.assert(
      fc.property(inOrder, (all) => {
        const events = foldIntake(all, nothing);
        expect(events).toHaveLength(all.length);
        const of = new Map(all.map((i) => [i.newIssueId, i]));
        events.forEach((event, i) => {
          if (event.type !== 'issue-received') return;
          const own = all[i] as Intake;
          for (const id of [event.relatedTo, event.follows]) {
            if (id === null) continue;
            expect(referenceOf(of.get(id) as Intake)).toBe(referenceOf(own));
            expect(keyOf(of.get(id) as Intake)).not.toBe(keyOf(own));
          }
          if (event.recurrenceOf) expect(keyOf(of.get(event.recurrenceOf) as Intake)).toBe(keyOf(own));
        });
      }),
    );
  });
});
