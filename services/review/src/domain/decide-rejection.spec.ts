import { CONTRACT_STATES, sha256 } from '@mandate/contracts';
import type { Reject } from './action';
import { rejectionObstacle } from './decide-rejection';
import { circumstances, codeOf, contract, dossierDigest, health, ID } from './testing/fixtures';

const reject = (reason = 'not in this quarter', but: Partial<Reject> = {}): Reject => ({
  ...{ kind: 'REJECT', contractId: ID, actor: 'fay', dossierSeen: null, reason },
  ...but,
});

describe('a rejection', () => {
  it.each(['DRAFT', 'VALIDATED', 'ELIGIBLE', 'APPROVED'] as const)('is accepted while the contract is %s', (status) => {
    expect(codeOf(reject(), contract({ status }))).toBeUndefined();
  });

  it('is refused once the change is being executed or the contract has ended', () => {
    expect(codeOf(reject(), contract({ status: 'ACTIVE' }), circumstances())).toBe('ALREADY_ACTIVE');
    expect(codeOf(reject(), contract({ status: 'EXPIRED' }), circumstances())).toBe('ALREADY_TERMINAL');
  });

  it('REVIEW-002: needs a reason of more than ten characters after trimming', () => {
    expect(codeOf(reject('  exactly 10  '))).toBe('REASON_TOO_SHORT');
    expect(codeOf(reject('exactly 11!'))).toBeUndefined();
    expect(codeOf(reject('👩‍🚀👩‍🚀'))).toBe('REASON_TOO_SHORT');
  });

  it('is refused if it names another dossier, and needs to name none', () => {
    expect(codeOf(reject(undefined, { dossierSeen: sha256('older') }))).toBe('DOSSIER_CHANGED');
    expect(codeOf(reject(undefined, { dossierSeen: dossierDigest }))).toBeUndefined();
  });

  it('waits for no health', () => {
    expect(codeOf(reject(), contract(), circumstances({ health: health({ SYSTEM: 'UNKNOWN' }) }))).toBeUndefined();
  });
});

describe('what is offered', () => {
  it('is a rejection wherever one with a reason would be accepted', () => {
    for (const status of CONTRACT_STATES)
      expect(rejectionObstacle(contract({ status }))?.code).toEqual(codeOf(reject(), contract({ status })));
  });
});
