import { ReviewStory } from './review-story';
import { ReviewWorld } from './review-world';

const PROJECTIONS = [
  ...[
    'issues',
    'escalated_issues',
    'contracts',
    'contract_changes',
    'jobs',
    'evaluations',
    'audits',
    'incidents',
    'incident_changes',
    'clarification_rounds',
    'hops',
  ],
  ...['ref_capabilities', 'ref_health'],
];

describe('review’s projections', () => {
  let w: ReviewWorld;
  beforeAll(async () => {
    w = await ReviewWorld.open();
  }, 60_000);
  afterAll(() => w?.close());

  const rowsOf = async (table: string) => w.database.rows(`SELECT t::text AS row FROM ${table} t ORDER BY 1`);
  const snapshot = () => Promise.all(PROJECTIONS.map(rowsOf));
  const rejected = async (): Promise<ReviewStory> => {
    const story = await w.told();
    const answering = w.reject(story);
    await story.answered(await w.decided(story), 'REJECTED');
    await answering;
    return story;
  };

  it('FLOW-002: end the same whatever comes twice and in which order', async () => {
    const story = await w.told();
    const approving = w.approve(story);
    await story.answered(await w.decided(story), 'APPROVED');
    await approving;
    const told = w.world.all('ContractChanged').filter((m) => m.value.contract_id === story.contractId);
    for (const m of [...told, ...told].reverse())
      await w.world.send('contract', m.topic, m.key, m.bytes, { mandate: m.mandate });
    const rejecting = w.reject(story); // its answer comes behind all of them
    await story.answered(await w.decided(story), 'REJECTED');
    expect((await rejecting).body).toMatchObject({ outcome: 'APPLIED', contract: { status: 'REJECTED', version: 5 } });
    const count = (table: string) =>
      w.database.rows(`SELECT 1 FROM ${table} WHERE contract_id = $1`, [story.contractId]);
    expect(await count('contract_changes')).toHaveLength(5);
    expect(await count('hops')).toHaveLength(3);
    expect((await w.shown(story)).version).toBe(5);
  });

  it('FLOW-004, CHAIN-003: bytes that are nothing, and a forged message, change nothing and stop nothing', async () => {
    const story = await w.told();
    const { topic, key, value, mandate } = story.said;
    const forged = Buffer.from(mandate);
    forged.writeUInt8(forged.readUInt8(forged.length - 1) ^ 1, forged.length - 1);
    await w.world.send('contract', topic, key, Buffer.from('not avro'), { mandate });
    await w.world.send('contract', topic, key, value, { mandate: forged });
    const answering = w.reject(story);
    await story.answered(await w.decided(story), 'REJECTED');
    expect((await answering).body.outcome).toBe('APPLIED');
    const aside = await w.database.rows<{ kind: string; code: string }>(
      'SELECT DISTINCT kind, code FROM parked ORDER BY code',
    );
    expect(aside).toEqual([
      { kind: 'SET_ASIDE', code: 'BAD_SIGNATURE' },
      { kind: 'SET_ASIDE', code: 'VALUE_ALTERED' },
    ]);
  });

  it('are the same after they were dropped and rebuilt, and nothing is said meanwhile', async () => {
    await rejected();
    await new ReviewStory(w.world).judged('MAY_NOT', { severity: 'critical' });
    await w.eventually('/api/v1/attention', ({ escalated_issues }) => escalated_issues.length > 0);
    await w.caughtUp();
    const [before, decisions] = [await snapshot(), w.world.all('ReviewDecided').length];
    expect(await w.rebuild()).toBeGreaterThan(0);
    expect(await snapshot()).toEqual(before);
    expect(w.world.all('ReviewDecided')).toHaveLength(decisions);
  });
});
