import { LEVELS } from '@mandate/contracts';
import fc from 'fast-check';
import { factsOf, proposal } from '../testing/proposals';
import { registry } from '../testing/registry';
import { validate } from '../validator/validate';
import { judge } from './judge';

const SENTENCES = [
  'Please raise the API rate limit from 100 to 200 per minute.',
  'Please set the search depth to 5.',
  'Please set the session timeout to 8.',
  'Search is slow.',
  'Everything is down!',
  'Thanks for everything.',
  'Could you turn on bulk export for us?',
  'Is the search depth 3?',
];

const anyText = fc.array(fc.constantFrom(...SENTENCES), { minLength: 1, maxLength: 2 }).map((s) => s.join(' '));
const anyHints = fc.record({
  severity: fc.constantFrom(null, ...LEVELS, 'urgent'),
  capabilities: fc.subarray([...registry.capabilities.keys(), 'teleport'], { maxLength: 2 }),
  change: fc.constantFrom(null, 'configuration_update', 'capability_enable', ...SENTENCES),
});
const NONE = { severity: null, capabilities: [], change: null };

const verdictOf = (
  body: string,
  hints: typeof NONE | (typeof anyHints extends fc.Arbitrary<infer H> ? H : never),
): string => {
  const read = validate({ issue_id: 'issue-1', source: 'support_ticket', subject: '', body, hints }, registry);
  const judged = proposal({ ...read, source: 'support_ticket' });
  return judge(judged, factsOf(judged)).verdict;
};

it('ELIG-003, VAL-003: hints alone never turn a MAY_NOT into a MAY', () => {
  fc.assert(
    fc.property(anyText, anyHints, (body, hints) => {
      if (verdictOf(body, NONE) === 'MAY_NOT') expect(verdictOf(body, hints)).toBe('MAY_NOT');
    }),
    { numRuns: 500 },
  );
});
