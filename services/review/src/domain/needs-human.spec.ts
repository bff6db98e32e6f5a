import { needsHuman } from './needs-human';

const judged = { verdict: 'MAY_NOT', severity: 'medium', recommendedAction: 'create_contract' } as const;

describe('a MAY_NOT', () => {
  it.each([{ severity: 'critical' }, { recommendedAction: 'escalate' }, { recommendedAction: 'defer' }])(
    'is put before a human for %j',
    (but) => expect(needsHuman({ ...judged, ...but })).toBe(true),
  );
  it('is not otherwise', () => expect(needsHuman({ ...judged, recommendedAction: 'reject' })).toBe(false));
  it('is not if it is a MAY', () =>
    expect(needsHuman({ ...judged, verdict: 'MAY', severity: 'critical' })).toBe(false));
});
