import { CONTRACT_EDGES, isTerminal } from '@mandate/contracts';
import { satisfies, settingsOf } from '@mandate/judgement';
import fc from 'fast-check';
import type { Contract } from './contract';
import { approvalOf } from './contract';
import { successionOf } from './succession';
import { facts } from './testing/fixtures';
import { Machine, type Step } from './testing/machine';
import { commands, fresh, IN_REVIEW, STEP_MS } from './testing/machine-commands';

/** What must be true of every recorded change, whatever led to it. */
function checkStep({ from, event, to }: Step): void {
  expect(to.version).toBe(from.version + 1);
  const isEdge = CONTRACT_EDGES.some(([f, t]) => f === from.status && t === to.status);
  expect(isEdge || from.status === to.status).toBe(true); // CONTRACT-001
  if (isTerminal(from.status)) {
    const { version: _v, changedAt: _c, decided: _d, ...before } = from;
    expect(to).toMatchObject(before); // CONTRACT-005
  }
  if (to.status === 'APPROVED' && from.status !== 'APPROVED') {
    expect([from.status, event.cause]).toEqual(['ELIGIBLE', 'ReviewDecided']); // REVIEW-001, REVIEW-006
  }
  if (event.type === 'rejected' && event.cause === 'ReviewDecided') {
    expect([...event.reason].length).toBeGreaterThan(10); // REVIEW-002
  }
  if (event.type === 'superseded') {
    const [first] = successionOf(event);
    const { revision, parentContractId, verdict } = event.successor;
    const wanted = { revision: 1, parentContractId: from.terms.contractId, verdict: null };
    expect({ first: first?.type, revision, parentContractId, verdict }).toEqual({ first: 'drafted', ...wanted }); // REVIEW-005
  }
  expect(event.actor).not.toBe(''); // REVIEW-004
}

/** What must be true of a contract at any time. */
function checkContract(c: Contract): void {
  const { terms, ttl } = c;
  expect(terms.confidence).toBeGreaterThanOrEqual(0); // CONTRACT-007
  expect(terms.confidence).toBeLessThanOrEqual(1);
  const { keys } = facts().registry.capabilities.get('api_rate_limit')?.definition ?? { keys: [] };
  for (const s of terms.plan.changes.flatMap(settingsOf)) {
    expect(keys.some((k) => k.key === s.key && satisfies(k.schema, s.new))).toBe(true); // CONTRACT-006
  }
  const approved = approvalOf(c);
  const isDecided = ['APPROVED', 'ACTIVE', 'COMPLETED', 'FAILED'].includes(c.status);
  if (isDecided) expect(approved?.approvedBy && approved.approvedAt).toBeTruthy(); // CONTRACT-002
  if (approved) expect(approved.windowEnd).toBeGreaterThan(approved.windowStart); // REVIEW-003
  if ('activatedAt' in c && approved) {
    expect(c.activatedAt).toBeGreaterThanOrEqual(approved.windowStart); // CONTRACT-003
    expect(c.activatedAt + STEP_MS).toBeLessThanOrEqual(approved.windowEnd);
  }
  if (c.status === 'COMPLETED') expect(c.auditVerdict).toBe('PASS'); // CONTRACT-004, SM-003
  if (c.status === 'FAILED') expect(c.auditVerdict).toBe('FAIL');
  ttl.ledger.forEach((turn, i) => {
    expect(turn.from).toBe(i === 0 ? terms.createdAt : ttl.ledger[i - 1]?.to);
  });
  expect(ttl.ledger.at(-1)?.to === null).toBe(IN_REVIEW.includes(c.status));
}

describe('a contract and its incident, whatever happens in whatever order', () => {
  it('CONTRACT-001, CONTRACT-002, CONTRACT-003, CONTRACT-004, CONTRACT-005, CONTRACT-006, CONTRACT-007, REVIEW-001, REVIEW-002, REVIEW-003, REVIEW-004, REVIEW-005, REVIEW-006, SM-003, SM-004: is what a small model says it is', () => {
    const runs = fc.property(fc.commands([fc.oneof(...commands)], { maxCommands: 40, size: 'max' }), (cmds) =>
      fc.modelRun(() => ({ model: fresh(), real: new Machine({ step: checkStep, contract: checkContract }) }), cmds),
    );
    fc.assert(runs, { numRuns: 150 });
  });
});
