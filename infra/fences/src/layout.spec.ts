import { EDGES, kafkaAcls, TOPICS, type Topic } from '@mandate/contracts';
import { layoutBreaches, tableBreaches } from './layout';

const topics = TOPICS.filter((t) => ['mandate.reviews.v1', 'mandate.clarifications.v1'].includes(t.name));
const handler = (service: string, file: string, hop: string) => ({
  path: `services/${service}/src/handlers/on-${file}.handler.ts`,
  text: `@Controller() export class X { @Hop('${hop}') async handle() { return []; } }`,
});
const whole = [
  handler('contract', 'review-decided', 'ReviewDecided'),
  handler('contract', 'cancellation-received', 'CancellationReceived'),
  handler('auditor', 'review-decided', 'ReviewDecided'),
  handler('auditor', 'any-message', 'EVIDENCE'),
  handler('review', 'clarification-received', 'ClarificationReceived'),
];

describe('the layout check', () => {
  it('passes when every reader has its handler and every handler its row', () => {
    const others = [{ path: 'services/contract/src/handlers/on-due-review.timer.ts', text: '' }];
    expect(layoutBreaches([...whole, ...others], topics)).toEqual([]);
  });

  it('catches a reader without its handler', () => {
    expect(layoutBreaches(whole.slice(1), topics)).toEqual([
      'mandate.reviews.v1 has the reader contract for ReviewDecided, but services/contract/src/handlers/on-review-decided.handler.ts does not exist: write it, or take the row out of packages/contracts/src/topics.ts.',
    ]);
  });

  it('catches evidence that nobody keeps', () => {
    const [breach] = layoutBreaches(
      whole.filter(({ path }) => !path.includes('any-message')),
      topics,
    );
    expect(breach).toContain('has the reader auditor for evidence, but services/auditor/src/handlers/on-any-message');
  });

  it.each([
    ['that its service does not read', handler('executor', 'review-decided', 'ReviewDecided')],
    ['of the other message of its topic', handler('review', 'cancellation-received', 'CancellationReceived')],
    [
      'beside the handlers',
      { ...handler('contract', 'x', 'ReviewDecided'), path: 'services/contract/src/on-x.handler.ts' },
    ],
  ])('catches a handler %s', (_what, planted) => {
    expect(layoutBreaches([...whole, planted], topics)).toEqual([
      `${planted.path} handles what no row of packages/contracts/src/topics.ts gives its service: add the reader there, or delete the file.`,
    ]);
  });

  it('catches a handler whose @Hop names another message, none, or two', () => {
    const wrong = handler('contract', 'review-decided', 'JobChanged');
    const none = { ...wrong, text: 'export class X {}' };
    const two = { ...wrong, text: `${wrong.text} class Y { @Hop('ReviewDecided') handle() {} }` };
    for (const planted of [wrong, none, two]) {
      const [breach, ...more] = layoutBreaches([planted, ...whole.slice(1)], topics);
      expect(breach).toContain(`${planted.path} must have one @Hop('ReviewDecided'), and has `);
      expect(more).toEqual([]);
    }
  });
});

describe('the check of the tables', () => {
  const bend = (name: string, change: Partial<Topic>) => TOPICS.map((t) => (t.name === name ? { ...t, ...change } : t));

  it('passes for the tables there are', () => {
    expect(tableBreaches()).toEqual([]);
  });

  it('CHAIN-001: catches a topic with another writer than its word has', () => {
    const topics = bend('mandate.audits.v1', { writer: 'executor' });
    expect(tableBreaches(topics)).toContain(
      "mandate.audits.v1 is written by executor, but AuditConcluded is auditor's word.",
    );
  });

  it('CHAIN-001: catches a message on two topics, and one on none', () => {
    const twice = bend('mandate.audits.v1', { messages: ['AuditConcluded', 'JobChanged'] });
    expect(tableBreaches(twice)).toContain(
      'JobChanged must be on exactly one topic of packages/contracts/src/topics.ts.',
    );
    const lost = bend('mandate.audits.v1', { messages: [] });
    expect(tableBreaches(lost)).toContain(
      'AuditConcluded must be on exactly one topic of packages/contracts/src/topics.ts.',
    );
  });

  it('catches an edge whose cause the speaker cannot hear', () => {
    const edge = {
      cause: 'AuditConcluded',
      causeSays: ['PASS'],
      type: 'JobChanged',
      says: ['JOB_DONE'],
      effect: true,
    } as const;
    expect(tableBreaches(TOPICS, [...EDGES, edge])).toEqual([
      'executor may say JobChanged on AuditConcluded, but reads no topic that carries it.',
    ]);
  });

  it('CHAIN-001: catches a permission too many and one too few', () => {
    const acls = kafkaAcls();
    const isReviewsOf = (principal: string, operation: string) => (a: (typeof acls)[number]) =>
      a.principal === principal && a.operation === operation && a.name === 'mandate.reviews.v1';
    const written = acls.find(isReviewsOf('review', 'WRITE'));
    if (!written) throw new Error('review writes its topic');
    const tooMany = [...acls, { ...written, principal: 'ingestion' }];
    expect(tableBreaches(TOPICS, EDGES, tooMany)).toEqual(['ingestion must not have WRITE on mandate.reviews.v1.']);
    const tooFew = acls.filter((a) => !isReviewsOf('contract', 'READ')(a));
    expect(tableBreaches(TOPICS, EDGES, tooFew)).toEqual(['contract needs READ on mandate.reviews.v1.']);
  });
});
