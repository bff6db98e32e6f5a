import { contractNews, heardContract, issueProgress } from '../testing/news';
import { endByVerdict, evolveHeard, evolveProgress, mustPassCancellationOn } from './contract-news';

describe('a cancellation that waits', () => {
  it.each(['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED'])('goes to a contract that is %s, once', (status) => {
    expect(mustPassCancellationOn(contractNews({ status }), null, true)).toBe(true);
    const said = evolveHeard(contractNews({ status }), null, true);
    expect(mustPassCancellationOn(contractNews({ status, version: 4 }), said, true)).toBe(false);
  });

  it.each(['ACTIVE', 'COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED', 'SUPERSEDED'])(
    'comes too late for one that is %s',
    (status) => {
      expect(mustPassCancellationOn(contractNews({ status }), null, true)).toBe(false);
    },
  );

  it('does not exist for an issue that was not cancelled', () => {
    expect(mustPassCancellationOn(contractNews(), heardContract(), false)).toBe(false);
  });
});

describe("an issue's progress", () => {
  it.each(['COMPLETED', 'FAILED', 'REJECTED', 'EXPIRED'])('ends with a contract that is %s', (status) => {
    expect(evolveProgress(issueProgress(), contractNews({ status }))).toMatchObject({
      isOpen: false,
      endedBy: status,
      contractId: 'c-1',
      contractStatus: status,
    });
  });

  it('goes on past a superseded contract to its successor, in whichever order they are heard', () => {
    const original = contractNews({ status: 'SUPERSEDED' });
    const successor = contractNews({ contractId: 'c-2', status: 'DRAFT', revision: 1 });
    const afterBoth = { isOpen: true, contractId: 'c-2', contractStatus: 'DRAFT' };
    const before = issueProgress({ contractId: 'c-1', contractStatus: 'ELIGIBLE' });
    expect(evolveProgress(evolveProgress(before, original), successor)).toMatchObject(afterBoth);
    expect(evolveProgress(evolveProgress(before, successor), original)).toMatchObject(afterBoth);
  });

  it('ends with a MAY_NOT, unless that is about a revision', () => {
    expect(endByVerdict(issueProgress(), false)).toMatchObject({ isOpen: false, endedBy: 'MAY_NOT' });
    expect(endByVerdict(issueProgress(), true)).toMatchObject({ isOpen: true });
  });

  it('keeps the first reason why it ended', () => {
    const cancelled = issueProgress({ isOpen: false, isCancelled: true, endedBy: 'CANCELLED' });
    expect(endByVerdict(cancelled, false)).toMatchObject({ endedBy: 'CANCELLED' });
    expect(evolveProgress(cancelled, contractNews({ status: 'REJECTED' }))).toMatchObject({ endedBy: 'CANCELLED' });
  });
});
