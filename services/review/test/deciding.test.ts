import { generateKeyPairSync } from 'node:crypto';
import type { ReviewStory } from './review-story';
import { type Answer, type Json, ReviewWorld } from './review-world';

const NOBODY = '018f0000-0000-7000-8000-000000000000';

describe('a founder’s decision', () => {
  let w: ReviewWorld;
  let early: Answer;
  beforeAll(async () => {
    w = await ReviewWorld.openUnready();
    early = await w.act(`${NOBODY}/reject`, { reason: 'before anything is known' });
    await w.becomeReady();
  }, 60_000);
  afterAll(() => w?.close());

  it('FLOW-006: is not taken before everything known has been read', async () => {
    expect([early.status, early.body.code]).toEqual([503, 'NOT_READY']);
    expect(await w.database.rows('SELECT 1 FROM review_events')).toEqual([]);
  });

  describe('to approve', () => {
    it('becomes a ReviewDecided that cites the contract the founder saw, and is answered once the contract service has spoken', async () => {
      const story = await w.told();
      const signed = story.approval();
      const answering = w.approve(story, signed);
      const decided = await w.decided(story);
      await story.answered(decided, 'APPROVED');
      const { status, body } = await answering;
      expect([status, body]).toMatchObject([200, { outcome: 'APPLIED', contract: { status: 'APPROVED', version: 4 } }]);
      expect(decided.link).toMatchObject({
        says: 'APPROVE',
        version: 1,
        planDigest: story.plan,
        issueId: story.issueId,
      });
      expect(decided.value).toMatchObject({
        ...{ action: 'APPROVE', actor: 'founder@local', version_seen: 3, dossier_digest: story.dossier },
        ...{ decision_id: body.decision_id, statement: Buffer.from(signed.statement), key_id: signed.key_id },
      });
    });

    it('is told when the contract service refuses it', async () => {
      const story = await w.told();
      const answering = w.approve(story);
      await story.answered(await w.decided(story), 'ELIGIBLE', 'CAPABILITY_BLOCKED');
      const refused = { outcome: 'REFUSED', code: 'CAPABILITY_BLOCKED', contract: { status: 'ELIGIBLE' } };
      expect((await answering).body).toMatchObject(refused);
    });

    it('is answered 202 with where to look while the contract service is silent; the same key is the same decision', async () => {
      const story = await w.told();
      const [signed, key] = [story.approval(), { 'idempotency-key': 'the-same' }];
      const [one, two] = await Promise.all([w.approve(story, signed, key), w.approve(story, signed, key)]);
      expect([one.status, two.status]).toEqual([202, 202]);
      expect(one.headers.get('location')).toBe(`/api/v1/contracts/${story.contractId}`);
      expect(two.body.decision_id).toBe(one.body.decision_id);
      await story.answered(await w.decided(story), 'APPROVED');
      await w.shown(story, (page) => page.status === 'APPROVED');
      const { status, body } = await w.approve(story, signed, key);
      expect([status, body]).toMatchObject([200, { decision_id: one.body.decision_id, outcome: 'APPLIED' }]);
      const reused = await w.approve(story, story.approval(), key);
      expect([reused.status, reused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
      expect(w.decisionsOn(story)).toBe(1);
    });

    it.each<[string, number, (story: ReviewStory) => [unknown, Record<string, string>?]]>([
      ['SIGNATURE_MISSING', 422, () => [{}]],
      ['DOSSIER_CHANGED', 412, (s) => [s.approval(), { 'if-match': `"${'0'.repeat(64)}"` }]],
      ['FOUNDER_SIGNATURE_INVALID', 422, (s) => [s.approval({}, generateKeyPairSync('ed25519').privateKey)]],
      ['STATEMENT_FOR_ANOTHER_PLAN', 422, (s) => [s.approval({ plan_digest: '0'.repeat(64) })]],
      ['STATEMENT_EXPIRED', 422, (s) => [s.approval({ not_after: 1 })]],
      ['FOUNDER_KEY_UNKNOWN', 422, (s) => [s.approval({ founder: 'somebody else' })]],
    ])('is refused with %s (%i)', async (code, status, requestOf) => {
      const story = await w.told();
      const answer = await w.approve(story, ...requestOf(story));
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    });

    it('is neither offered nor taken for a contract whose plan is not the one that was proposed', async () => {
      const setting = { key: 'requests_per_minute', old: 100, new: 9 };
      const story = await w.told({
        proposed: [{ kind: 'configuration_update', capability: 'api_rate_limit', setting }],
      });
      expect((await w.shown(story)).actions.approve).toMatchObject({ is_offered: false, code: 'DOSSIER_UNSOUND' });
      expect((await w.approve(story)).body.code).toBe('DOSSIER_UNSOUND');
    });
  });

  describe('to reject', () => {
    it('becomes a ReviewDecided with the reason, and is final', async () => {
      const story = await w.told();
      const answering = w.reject(story, '  not in this quarter  ');
      const decided = await w.decided(story);
      await story.answered(decided, 'REJECTED');
      expect((await answering).body).toMatchObject({ outcome: 'APPLIED', contract: { status: 'REJECTED' } });
      expect(decided.value).toMatchObject({
        action: 'REJECT',
        reason: 'not in this quarter',
        statement: null,
        dossier_digest: null,
      });
      const again = await w.reject(story, 'not in the next one either');
      expect([again.status, again.body.code]).toEqual([409, 'ALREADY_TERMINAL']);
    });

    it('REVIEW-002: is refused without a reason of more than ten characters', async () => {
      const { status, body } = await w.reject(await w.told(), 'too short ');
      expect([status, body]).toMatchObject([422, { code: 'REASON_TOO_SHORT', rule: 'REVIEW-002' }]);
    });
  });

  it('REVIEW-004: is recorded when refused, answered alike for the same key, and nothing is said', async () => {
    const story = await w.told();
    const signed = story.approval({ window_end: Date.now() - 1 });
    const headers = { 'idempotency-key': 'refused-once', 'x-request-id': 'request-7' };
    const [one, two] = [await w.approve(story, signed, headers), await w.approve(story, signed, headers)];
    expect([one.status, one.body]).toMatchObject([422, { code: 'WINDOW_EMPTY', rule: 'REVIEW-003' }]);
    expect(two.body).toEqual(one.body);
    const { history } = (await w.ask(`/api/v1/contracts/${story.contractId}/history`)).body;
    const change = 'contract_change';
    expect(history.map((h: Json) => h.kind)).toEqual([change, change, change, 'review_event']);
    expect(history.at(-1)).toMatchObject({
      ...{ action: 'APPROVE', actor: 'founder@local', on_behalf_of: null, outcome: 'REFUSED', code: 'WINDOW_EMPTY' },
      ...{ version_seen: 3, dossier_digest_seen: story.dossier.toString('hex'), request_id: 'request-7' },
    });
    expect(w.decisionsOn(story)).toBe(0);
  });

  it('REVIEW-004: its record can only be added to', async () => {
    const edits = [
      'UPDATE review_events SET actor = NULL',
      'DELETE FROM review_events',
      'DELETE FROM decisions',
      'TRUNCATE decisions',
    ];
    for (const sql of edits) await expect(w.database.rows(sql)).rejects.toThrow('permission denied');
  });

  it('PART2-001: can never create a contract', async () => {
    const headers = { authorization: `Bearer ${w.issuer.token()}` };
    expect((await fetch(w.url('/api/v1/contracts'), { method: 'POST', headers })).status).toBe(404);
    const { status, body } = await w.act(`${NOBODY}/reject`, { reason: 'there is no such contract' });
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('is answered with a problem where it cannot be read', async () => {
    const post = (body: string, headers = {}) => w.act(`${NOBODY}/reject`, body, headers);
    const answers = [await post('{'), await post('[]'), await post('{"reason": 5}'), await post('{"raeson": "x"}')];
    answers.push(
      await post('<a/>', { 'content-type': 'text/xml' }),
      await w.ask('/api/v1/nothing'),
      await w.ask('/api/v1/contracts/5'),
    );
    answers.push(await w.act(`${NOBODY}/approve`, {}), await post('{"reason": "x"}', { 'idempotency-key': '' }));
    expect(answers.map((a) => a.status)).toEqual([400, 400, 400, 400, 415, 404, 400, 428, 400]);
    expect(answers.at(-1)?.body.field).toBe('idempotency-key');
    for (const { headers } of answers) expect(headers.get('content-type')).toMatch('application/problem+json');
  });

  it('HEALTH-001: approves nothing once health has not been heard', async () => {
    const story = await w.told();
    await w.world.sayHealth('SYSTEM', 'HEALTHY', 2, -1);
    await w.shown(story, (page) => page.system_health.state === 'UNKNOWN');
    const [signed, key] = [story.approval(), { 'idempotency-key': 'unheard' }];
    const { status, body } = await w.approve(story, signed, key);
    expect([status, body]).toMatchObject([409, { code: 'HEALTH_UNKNOWN', rule: 'HEALTH-001' }]);
    expect((await w.approve(story, signed, key)).body).toEqual(body);
  });
});
