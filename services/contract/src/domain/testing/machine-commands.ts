import fc from 'fast-check';
import type { Contract } from '../contract';
import { approval, DAY, HOUR, raiseLimit } from './fixtures';
import type { Machine } from './machine';

/** What a contract is about to be, as simply as it can be said. Times in milliseconds. */
export interface Model {
  status: Contract['status'];
  /** Of unpaused time. */
  ageMs: number;
  /** What is left of the running pause; null while the clock runs. */
  pauseLeftMs: number | null;
  pausesLeftMs: number;
  isAsked: boolean;
  isHealthy: boolean;
  isFrozen: boolean;
  /** Counted from now. */
  window: { startsInMs: number; endsInMs: number } | null;
  incident: 'NONE' | 'OPEN' | 'ROLLED_BACK' | 'ROLLBACK_FAILED' | 'RESOLVED';
  misses: number;
}
export const STEP_MS = 5_000;
export const fresh = (): Model => ({
  ...{ status: 'ELIGIBLE', ageMs: 0, pauseLeftMs: null, pausesLeftMs: 28 * DAY, isAsked: false },
  ...{ isHealthy: true, isFrozen: false, window: null, incident: 'NONE', misses: 0 },
});
const isInTime = (m: Model): boolean => m.status === 'ELIGIBLE' && m.ageMs < 7 * DAY;

function activate(m: Model): void {
  if (m.status !== 'APPROVED' || !m.window) return;
  if (m.window.endsInMs < STEP_MS) m.status = 'EXPIRED';
  else if (m.window.startsInMs <= 0 && m.isHealthy && !m.isFrozen) m.status = 'ACTIVE';
}

function pass(m: Model, ms: number): void {
  const paused = Math.min(ms, m.pauseLeftMs ?? 0);
  if (m.status === 'ELIGIBLE') {
    m.ageMs += ms - paused;
    m.pausesLeftMs -= paused;
    if (m.pauseLeftMs !== null) m.pauseLeftMs = m.pauseLeftMs > ms ? m.pauseLeftMs - ms : null;
  }
  if (m.window) m.window = { startsInMs: m.window.startsInMs - ms, endsInMs: m.window.endsInMs - ms };
}

export const IN_REVIEW: readonly Contract['status'][] = ['DRAFT', 'VALIDATED', 'ELIGIBLE'];
const WITHDRAWABLE: readonly Contract['status'][] = [...IN_REVIEW, 'APPROVED'];

/** A command by its name, what it does to the model, and what is done to the machine. */
const command = (name: string, think: (m: Model) => void, act: (machine: Machine) => void) => ({
  check: () => true,
  toString: () => name,
  run: (model: Model, machine: Machine): void => {
    const from = machine.log.length;
    think(model);
    act(machine);
    machine.fire();
    if (isInTime(model) === false && model.status === 'ELIGIBLE') model.status = 'EXPIRED';
    activate(model);
    expect(machine.contract.status).toBe(model.status);
    expect(machine.incident?.state ?? 'NONE').toBe(model.incident);
    for (const step of machine.log.slice(from)) machine.checks.step(step);
    machine.checks.contract(machine.contract);
  },
});

/** Whole half days, so that what is due is often due to the very instant. */
const halfDays = (min: number, max: number) => fc.integer({ min, max }).map((n) => n * 12);

const end = (m: Model, from: readonly Contract['status'][], to: Contract['status']): void => {
  if (from.includes(m.status)) m.status = to;
};
/** Each with how often it is to happen: what ends a contract seldom, so that contracts come far. */
export const commands = [
  {
    weight: 6,
    arbitrary: fc.oneof(halfDays(1, 3), halfDays(1, 24)).map((hours) =>
      command(
        `pass ${hours} h`,
        (m) => pass(m, hours * HOUR),
        (x) => {
          x.now += hours * HOUR;
        },
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(true, true, false).map((isHealthy) =>
      command(
        isHealthy ? 'heal' : 'degrade',
        (m) => {
          m.isHealthy = isHealthy;
        },
        (x) => {
          x.isHealthy = isHealthy;
        },
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(false, false, true).map((isFrozen) =>
      command(
        isFrozen ? 'freeze' : 'thaw',
        (m) => {
          m.isFrozen = isFrozen;
        },
        (x) => {
          x.isFrozen = isFrozen;
        },
      ),
    ),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        inHours: fc.oneof(fc.constant(0), halfDays(0, 4)),
        hours: halfDays(0, 4),
      })
      .map((w) =>
        command(
          `approve for ${w.hours} h in ${w.inHours} h`,
          (m) => {
            if (!isInTime(m) || !m.isHealthy || m.isFrozen || m.isAsked || w.hours === 0) return;
            m.status = 'APPROVED';
            m.window = { startsInMs: w.inHours * HOUR, endsInMs: (w.inHours + w.hours) * HOUR };
          },
          (x) => {
            const start = x.now + w.inHours * HOUR;
            const window = { window_start: start, window_end: start + w.hours * HOUR };
            x.do(approval(x.contract, { ...window, not_after: x.now + HOUR }, x.key()));
          },
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Not this year.', 'too short').map((reason) =>
      command(
        `reject: ${reason}`,
        (m) => {
          if (reason.length > 10) end(m, WITHDRAWABLE, 'REJECTED');
        },
        (x) => x.do({ ...x.decision(reason), type: 'reject' }),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      command(
        'cancel',
        (m) => end(m, WITHDRAWABLE, 'REJECTED'),
        (x) => x.do({ type: 'cancel', actor: 'desk', reason: 'No longer needed.' }),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant(
      command(
        'ask',
        (m) => {
          if (!isInTime(m) || m.isAsked) return;
          m.isAsked = true;
          m.pauseLeftMs = Math.min(14 * DAY, m.pausesLeftMs) || null;
        },
        (x) => x.do({ ...x.decision('How many?'), type: 'request-clarification', requestId: x.key() }),
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constant(
      command(
        'answer',
        (m) => {
          if (isInTime(m)) Object.assign(m, { isAsked: false, pauseLeftMs: null });
        },
        (x) => x.do({ ...x.decision('Ten.'), type: 'provide-clarification', requestId: null }),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(300, 200, 0).map((value) =>
      command(
        `modify to ${value}`,
        (m) => {
          if (isInTime(m) && value === 300) m.status = 'SUPERSEDED'; // 200 changes nothing, 0 fails the schema
        },
        (x) => {
          const changes = [{ ...raiseLimit, setting: { ...raiseLimit.setting, new: value } }];
          const { dossierDigest } = x.contract.terms;
          const scope = { affectedCapabilities: ['api_rate_limit'], successorContractId: x.key() };
          x.do({ ...x.decision(), type: 'modify-scope', dossierDigest, changes, ...scope });
        },
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      command(
        'note twice with one key',
        () => undefined,
        (x) => {
          const note = { ...x.decision('Seen.'), type: 'note' as const };
          expect([x.do(note).length, x.do(note).length]).toEqual([1, 0]);
        },
      ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom('PASS', 'FAIL', 'INCONCLUSIVE').map((verdict) =>
      command(
        `audit ${verdict}`,
        (m) => {
          if (m.status === 'ACTIVE' && verdict === 'FAIL') m.incident = 'OPEN'; // SM-004
          if (verdict !== 'INCONCLUSIVE') end(m, ['ACTIVE'], verdict === 'PASS' ? 'COMPLETED' : 'FAILED');
        },
        (x) => x.conclude('CHANGE', verdict),
      ),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom('PASS', 'FAIL', 'INCONCLUSIVE').map((verdict) =>
      command(
        `audit of the rollback ${verdict}`,
        (m) => {
          if (m.incident !== 'OPEN' && m.incident !== 'ROLLBACK_FAILED') return;
          if (verdict !== 'PASS') m.misses++;
          if (verdict === 'PASS') m.incident = 'ROLLED_BACK';
          else if (m.misses >= 3) m.incident = 'ROLLBACK_FAILED';
        },
        (x) => x.conclude('ROLLBACK', verdict),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant(
      command(
        'run the rollback again',
        (m) => {
          if (m.incident === 'ROLLBACK_FAILED') m.incident = 'OPEN';
        },
        (x) => {
          x.jobAttempt++;
          x.command({ type: 'rollback-running', actor: 'sam', reason: null });
        },
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      command(
        'resolve',
        (m) => {
          if (m.incident !== 'NONE') m.incident = 'RESOLVED';
        },
        (x) => x.resolve(),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      command(
        'acknowledge',
        () => undefined,
        (x) => x.command({ type: 'acknowledge', actor: 'sam', text: null }),
      ),
    ),
  },
];
