import { type Line, newestOf } from './line';

const line = (more: Partial<Line> = {}): Line => ({
  issueId: 'a',
  contractId: 'c0',
  revision: 0,
  fromVersion: 0,
  version: 3,
  isOver: false,
  isJudged: true,
  successorId: null,
  targets: [],
  mayAt: 0,
  ...more,
});
const NOTHING = new Map();

it('keeps the newest state of each line, in the order of the issues', () => {
  const states = [line({ issueId: 'b' }), line(), line({ fromVersion: 3, version: 4 })];
  expect(newestOf(states, NOTHING)).toEqual({ newest: [states[2], states[0]], gaps: 0 });
});

it('FLOW-002: drops what is known, repeated or overtaken', () => {
  const known = new Map([['a', { contractId: 'c0', revision: 0, version: 4 }]]);
  expect(newestOf([line(), line({ fromVersion: 3, version: 4 })], known)).toEqual({ newest: [], gaps: 0 });
});

it('prefers a revision to its ancestor, whichever comes first', () => {
  const parent = line({ fromVersion: 3, version: 9, isOver: true, successorId: 'c1' });
  const revision = line({ contractId: 'c1', revision: 1, version: 1, isJudged: false });
  expect(newestOf([revision, parent], NOTHING).newest).toEqual([revision]);
  expect(newestOf([line(), line({ ...parent }), revision], NOTHING).newest).toEqual([revision]);
});

it('counts versions that were skipped', () => {
  const known = new Map([['a', { contractId: 'c0', revision: 0, version: 3 }]]);
  expect(newestOf([line({ fromVersion: 5, version: 6 })], known).gaps).toBe(1);
  expect(newestOf([line({ fromVersion: 2, version: 3 })], NOTHING).gaps).toBe(1);
});
