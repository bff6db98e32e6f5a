import { after, approval, approved, DAY, decision, eligible, facts, HOUR, NOW } from './testing/fixtures';
import { given, types } from './testing/specification';

const ask = (key: string) => ({
  ...decision(key, 'How many?'),
  type: 'request-clarification' as const,
  requestId: `request ${key}`,
});
const answer = (key: string, requestId: string) => ({
  ...decision(key, 'Ten.'),
  type: 'provide-clarification' as const,
  requestId,
});
const due = { type: 'review-due' as const };

describe('the ledger of a time to live', () => {
  it('AM-03: says who had the ball from when to when, over several rounds, without a gap', () => {
    const contract = after(
      eligible(),
      [ask('q1'), NOW + DAY],
      [answer('a1', 'request q1'), NOW + 3 * DAY],
      [ask('q2'), NOW + 4 * DAY],
      [answer('a2', 'request q2'), NOW + 4 * DAY + HOUR],
    );
    expect(contract.ttl.ledger).toEqual([
      { holder: 'FOUNDER', from: NOW, to: NOW + DAY },
      { holder: 'REQUESTOR', from: NOW + DAY, to: NOW + 3 * DAY },
      { holder: 'FOUNDER', from: NOW + 3 * DAY, to: NOW + 4 * DAY },
      { holder: 'REQUESTOR', from: NOW + 4 * DAY, to: NOW + 4 * DAY + HOUR },
      { holder: 'FOUNDER', from: NOW + 4 * DAY + HOUR, to: null },
    ]);
    expect(contract.ttl.pausedMs).toBe(2 * DAY + HOUR);
  });

  it('gives the ball back to the founder when a pause ends by itself, at the time when it had to', () => {
    const contract = after(eligible(), [ask('q1'), NOW + DAY], [due, NOW + 15 * DAY + HOUR]);
    expect(contract.ttl.ledger.slice(1)).toEqual([
      { holder: 'REQUESTOR', from: NOW + DAY, to: NOW + 15 * DAY },
      { holder: 'FOUNDER', from: NOW + 15 * DAY, to: null },
    ]);
  });

  it('ends with the review', () => {
    const ends = [{ holder: 'FOUNDER', from: NOW, to: NOW + HOUR }];
    const late = approval(eligible(), { window_start: NOW + HOUR });
    expect(given(eligible()).when(late, NOW + HOUR).contract).toMatchObject({
      status: 'APPROVED',
      ttl: { ledger: ends },
    });
    const rejected = given(eligible()).when({ ...decision('r', 'Not this year.'), type: 'reject' }, NOW + HOUR);
    expect(rejected.contract.ttl.ledger).toEqual(ends);
    expect(given(approved()).when({ type: 'try-activation' }).contract.ttl).toEqual(approved().ttl);
  });
});

describe('a pause that is over but not yet recorded as over', () => {
  // Asked on the sixth day; the pause is over on the 20th, one day is left then.
  const asked = after(eligible(), [ask('q1'), NOW + 6 * DAY]);

  it('REVIEW-006: takes an answer until the very instant of expiry, and keeps a later one as too late', () => {
    const last = given(asked).when(answer('a1', 'request q1'), NOW + 21 * DAY - 1);
    expect(last.contract).toMatchObject({ clarification: { answer: 'Ten.' }, ttl: { pausedMs: 14 * DAY } });
    const late = given(asked).when(answer('a1', 'request q1'), NOW + 21 * DAY);
    expect(late.events).toMatchObject([{ type: 'recorded', code: 'TOO_LATE', reason: 'Ten.' }]);
    expect(late.contract).toMatchObject({ status: 'ELIGIBLE', clarification: { answer: null } });
    expect(types(given(late.contract).when(due, NOW + 21 * DAY))).toEqual(['pause-ended', 'expired']);
  });

  it('REVIEW-006: asks, modifies and approves nothing any more', () => {
    const isRefused = given(asked).when(ask('q2'), NOW + 21 * DAY, facts());
    expect(isRefused.events).toMatchObject([{ code: 'ALREADY_EXPIRED' }]);
    expect(given(asked).when(approval(asked), NOW + 21 * DAY).events).toMatchObject([{ code: 'ALREADY_EXPIRED' }]);
  });
});
