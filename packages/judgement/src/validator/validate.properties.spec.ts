import { canonicalJson, capabilitiesOf, LEVELS } from '@mandate/contracts';
import fc from 'fast-check';
import { judge } from '../eligibility/judge';
import type { IssueText, Proposal } from '../proposal';
import { issue } from '../testing/issues';
import { factsOf, proposal } from '../testing/proposals';
import { registry } from '../testing/registry';
import { validate } from './validate';

/** Sentences out of pieces that mean something to the validator, in any order. */
const pieces = fc.constantFrom(
  'please',
  'raise',
  'set',
  'turn on',
  'disable',
  'do not',
  'the',
  'API rate limit',
  'search depth',
  'bulk export',
  'sessions',
  'to',
  'from',
  '200',
  '9',
  '8 hours',
  'per minute',
  '.',
  ',',
  '\n',
  '?',
  'and',
  'because',
  'broken',
  'urgent',
  'not',
  'critical',
  '"',
  '“',
  '> ',
  'escalate',
  'if',
  'should',
  'be',
  'raised',
  'teleport',
  '-- ',
  '```',
  '1.000',
  'it',
);
const meaningful = fc.array(pieces, { maxLength: 25 }).map((words) => words.join(' '));
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 }), meaningful);
const anySource = fc.constantFrom('crm_feedback' as const, 'support_ticket' as const, 'ops_alert' as const);
const anyHints: fc.Arbitrary<IssueText['hints']> = fc.record({
  severity: fc.option(fc.oneof(fc.constantFrom(...LEVELS), fc.string())),
  capabilities: fc.array(fc.oneof(fc.constantFrom(...registry.capabilities.keys()), fc.string()), { maxLength: 4 }),
  change: fc.option(fc.oneof(fc.constantFrom('capability_enable', 'set the search depth to 9'), fc.string())),
});
const anyIssue = fc
  .record({ subject: anyText, body: anyText, source: anySource, hints: anyHints })
  .map(({ body, ...more }) => issue(body, more));

const judged = (p: Proposal, source: string): string => {
  const asked = proposal({ ...p, source });
  return judge(asked, factsOf(asked)).verdict;
};

describe('the validator, for all texts', () => {
  it('VAL-001: gives the same bytes for the same issue', () => {
    fc.assert(
      fc.property(anyIssue, (i) => {
        expect(canonicalJson(validate(i, registry))).toBe(canonicalJson(validate(structuredClone(i), registry)));
      }),
    );
  });

  it('VAL-001: never throws, on any string', () => {
    fc.assert(
      fc.property(anyIssue, (i) => {
        expect(validate(i, registry).reason).not.toContain('could not be analysed');
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.anything(), (i) => validate(i as IssueText, registry).confidence_score >= 0));
  });

  it('VAL-003: keeps the confidence in [0, 1], with two decimals', () => {
    fc.assert(
      fc.property(anyIssue, (i) => {
        const { confidence_score } = validate(i, registry);
        expect(confidence_score).toBeGreaterThanOrEqual(0);
        expect(confidence_score).toBeLessThanOrEqual(1);
        expect(confidence_score).toBe(Math.round(confidence_score * 100) / 100);
      }),
    );
  });

  it('VAL-004, VAL-005: defers every unknown and escalates every escalation', () => {
    fc.assert(
      fc.property(anyIssue, (i) => {
        const { issue_type, recommended_action } = validate(i, registry);
        if (issue_type === 'unknown') expect(recommended_action).toBe('defer');
        if (issue_type === 'escalation') expect(recommended_action).toBe('escalate');
      }),
    );
  });

  it('names as affected exactly what its changes act on, and only what the registry has', () => {
    fc.assert(
      fc.property(anyIssue, (i) => {
        const { affected_capabilities, suggested_changes } = validate(i, registry);
        if (suggested_changes.length > 0) expect(affected_capabilities).toEqual(capabilitiesOf(suggested_changes));
        expect(affected_capabilities.every((name) => registry.capabilities.has(name))).toBe(true);
      }),
    );
  });

  it('quotes the words where they stand', () => {
    fc.assert(
      fc.property(anyIssue, (i) => {
        for (const e of validate(i, registry).evidence) {
          if (e.field !== 'hint') expect(i[e.field].slice(e.start, e.end).startsWith(e.quote)).toBe(true);
        }
      }),
    );
  });

  it('ELIG-003: hints alone never raise the confidence and never turn MAY_NOT into MAY', () => {
    fc.assert(
      fc.property(anyIssue, (i) => {
        const plain = validate({ ...i, hints: { severity: null, capabilities: [], change: null } }, registry);
        const hinted = validate(i, registry);
        expect(hinted.confidence_score).toBeLessThanOrEqual(plain.confidence_score);
        if (judged(plain, i.source) === 'MAY_NOT') expect(judged(hinted, i.source)).toBe('MAY_NOT');
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['letters', 'a'],
    ['lines', '\n'],
    ['quotation marks', '"'],
    ['tags', '<a'],
    ['at signs', '@'],
    ['verbs', 'please raise it '],
    ['names', 'API rate limit '],
    ['numbers', '1,'],
    ['negations', 'not '],
    ['closings', 'Thanks\n\n'],
    ['conditions', 'if you could if '],
    ['requests', 'Please set the search depth to 9 and '],
  ])('reads ten thousand characters of %s to the end (npm run eval:speed tells how fast)', (_what, piece) => {
    const body = piece.repeat(Math.ceil(10_000 / piece.length)).slice(0, 10_000);
    expect(validate(issue(body), registry).reason).not.toMatch(/could not be analysed|longer than/);
  });
});
