/** What each audit check asks. */
export const CHECKS: Readonly<Record<string, string>> = {
  'A-001': 'every step was inside the contract’s scope',
  'A-002': 'health was preserved',
  'A-003': 'the resulting state is the proposed one',
  'A-004': 'it started and finished inside the window',
  'A-005': 'every completed step can be undone',
  'A-006': 'no governance signal is against it afterwards',
  CHAIN: 'every message of the chain verifies',
  APPROVAL: 'a founder signed what was carried out',
  ELIGIBILITY: 'judged again, the facts give the same verdict',
  'A-007': 'no value changed without a job of an active contract',
};

/** What each invariant of an evaluation says. */
export const INVARIANTS: Readonly<Record<string, string>> = {
  'INV-1': 'no frozen capability changed',
  'INV-2': 'every change is inside its contract’s scope',
  'INV-3': 'system and capabilities stayed healthy',
  'INV-4': 'every value fits its schema',
  'INV-5': 'no blocking signal appeared',
};
