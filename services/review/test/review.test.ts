import { generateKeyPairSync } from 'node:crypto';
import type { RunningService } from '@mandate/service-kit';
import { Database } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { ReviewStory } from './review-story';
import { TestIssuer } from './test-issuer';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not typed
type Json = any;
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

describe('review, on a real broker and database', () => {
  let world: World;
  let issuer: TestIssuer;
  let review: RunningService;
  let keys = 0;

  beforeAll(async () => {
    [world, issuer] = await Promise.all([World.open(), TestIssuer.start()]);
    await world.seed();
    const extra = { OIDC_ISSUER: issuer.url, READ_ONLY_PAGE: 'loopback', ACTION_WAIT: '2s' };
    review = await world.start('review', AppModule, extra);
  }, 60_000);
  afterAll(async () => {
    await world?.close();
    await issuer?.stop();
  });

  const ask = async (path: string, token: string | null = issuer.token()): Promise<Answer> =>
    answerOf(
      await fetch(`http://127.0.0.1:${review.port}${path}`, {
        headers: token ? { authorization: `Bearer ${token}` } : {},
      }),
    );
  const act = async (
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
    token = issuer.token(),
  ): Promise<Answer> => {
    const key = { 'idempotency-key': `key-${keys++}` };
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...key, 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    };
    return answerOf(await fetch(`http://127.0.0.1:${review.port}/api/v1/contracts/${path}`, init));
  };
  const etagOf = (story: ReviewStory) => ({ 'if-match': `"${story.dossier.toString('hex')}"` });
  const approve = (story: ReviewStory, body: unknown = story.approval(), headers: Record<string, string> = {}) =>
    act(`${story.contractId}/approve`, body, { ...etagOf(story), ...headers });
  const eventually = async (path: string, fits: (body: Json) => boolean): Promise<Answer> => {
    for (let i = 0; i < 200; i++) {
      const answer = await ask(path);
      if (answer.status === 200 && fits(answer.body)) return answer;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error(`never shown at ${path}: ${JSON.stringify((await ask(path)).body)}`);
  };
  const shown = async (story: ReviewStory, fits: (page: Json) => boolean = () => true): Promise<Json> =>
    (await eventually(`/api/v1/contracts/${story.contractId}`, fits)).body;
  const told = async (terms: ConstructorParameters<typeof ReviewStory>[1] = {}): Promise<ReviewStory> => {
    const story = await new ReviewStory(world, terms).eligible();
    await shown(story);
    return story;
  };
  const database = (): Database => review.app.get(Database);

  describe('the queue', () => {
    it('shows contracts soonest to expire first, page by page, and finds them by filter and word', async () => {
      const inDays = (days: number) => Date.now() + days * 86_400_000;
      const [second, first] = [
        await told({ expiresAt: inDays(3), title: 'Zebra stripes' }),
        await told({ expiresAt: inDays(1) }),
      ];
      const ids = async (query: string) =>
        (await ask(`/api/v1/contracts?${query}`)).body.contracts.map((c: Json) => c.contract_id);
      expect((await ids('')).slice(0, 2)).toEqual([first.contractId, second.contractId]);
      const { body: page } = await ask('/api/v1/contracts?limit=1');
      expect(page.contracts).toHaveLength(1);
      expect(await ids(`limit=1&cursor=${page.next_cursor}`)).toEqual([second.contractId]);
      expect(await ids('q=zeb')).toEqual([second.contractId]);
      expect(await ids(`q=${first.contractId}`)).toEqual([first.contractId]);
      expect(await ids('status=ELIGIBLE,DRAFT&capability=api_rate_limit&risk=medium&source=support_ticket')).toContain(
        first.contractId,
      );
      expect(await ids('capability=bulk_export')).toEqual([]);
      expect(await ids('status=COMPLETED')).toEqual([]);
    });

    it.each(['status=OPEN', 'risk=huge', 'limit=0', 'cursor=abc', 'colour=red'])(
      'says what it does not understand: %s',
      async (query) => {
        const { status, body, headers } = await ask(`/api/v1/contracts?${query}`);
        expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
        expect(body).toMatchObject({ code: 'INVALID_REQUEST', type: 'urn:mandate:problem:INVALID_REQUEST' });
      },
    );
  });

  it('shows everything about a contract, in the words of the issue and beside what is there now', async () => {
    const story = await told();
    const { headers, body } = await eventually(
      `/api/v1/contracts/${story.contractId}`,
      (page) => page.origin.issue !== null,
    );
    expect(headers.get('etag')).toBe(`"${story.dossier.toString('hex')}"`);
    expect(body).toMatchObject({
      status: 'ELIGIBLE',
      is_sound: true,
      plan_digest: story.plan.toString('hex'),
      origin: {
        source: 'support_ticket',
        issue: { body: 'Please raise the API rate limit from 100 to 200 per minute.' },
      },
      validator_verdict: { severity: 'medium', confidence_score: 0.9, recommended_action: 'create_contract' },
      proposed_changes: [
        { capability: 'api_rate_limit', settings: [{ key: 'requests_per_minute', old: 100, new: 200, present: 100 }] },
      ],
      affected_capabilities: [
        { name: 'api_rate_limit', health: 'HEALTHY', enabled: true, frozen: false, lifecycle: 'LAUNCHED' },
      ],
      risk: { level: 'medium', health_impact: { estimate: 'low' } },
      eligibility: { verdict: 'MAY', rules_passed: 2, rules_total: 2, facts: { waiting_since: null } },
      activation: { constraints: { step_timeout_ms: 5_000 }, approval: null },
      actions: { approve: { is_offered: true }, reject: { is_offered: true } },
      progress: { jobs: [], evaluations: [], audits: [], incident: null },
      dossier: { contract_id: story.contractId },
    });
  });

  it('shows the chain: every hop, what it says and what it cites', async () => {
    const story = await told();
    const { body } = await eventually(`/api/v1/contracts/${story.contractId}/chain`, ({ hops }) => hops.length === 4);
    expect(body.hops.map((h: Json) => [h.writer, h.says, h.cites.message, h.verified])).toEqual([
      ['ingestion', 'RECEIVED', 'CrmIssue', true],
      ['validator', 'PROPOSED', 'IssueReceived', true],
      ['eligibility', 'MAY', 'ProposalMade', true],
      ['contract', 'ELIGIBLE', 'EligibilityJudged', true],
    ]);
    expect(body.hops.slice(1).every((h: Json) => h.cites.is_known)).toBe(true);
  });

  describe('an approval', () => {
    it('becomes a ReviewDecided that cites the contract the founder saw, and is answered once the contract service has spoken', async () => {
      const story = await told();
      const body = story.approval();
      const answering = approve(story, body);
      const decided = await world.next('ReviewDecided', (m) => m.value.contract_id === story.contractId);
      await story.answered(decided, 'APPROVED');
      const { status, body: answer } = await answering;
      expect([status, answer]).toMatchObject([
        200,
        { outcome: 'APPLIED', contract: { status: 'APPROVED', version: 4 } },
      ]);
      expect(decided.link).toMatchObject({
        says: 'APPROVE',
        version: 1,
        planDigest: story.plan,
        issueId: story.issueId,
      });
      expect(decided.value).toMatchObject({
        action: 'APPROVE',
        actor: 'founder@local',
        version_seen: 3,
        dossier_digest: story.dossier,
      });
      expect(decided.value.statement?.toString()).toBe(body.statement);
      expect(decided.value.decision_id).toBe(answer.decision_id);
      const { body: chain } = await eventually(
        `/api/v1/contracts/${story.contractId}/chain`,
        ({ hops }) => hops.length === 6,
      );
      expect(chain.hops.slice(-2).map((h: Json) => [h.writer, h.says, h.cites.says])).toEqual([
        ['review', 'APPROVE', 'ELIGIBLE'],
        ['contract', 'APPROVED', 'APPROVE'],
      ]);
    });

    it('is told when the contract service refuses it', async () => {
      const story = await told();
      const answering = approve(story);
      const decided = await world.next('ReviewDecided', (m) => m.value.contract_id === story.contractId);
      await story.answered(decided, 'ELIGIBLE', 'CAPABILITY_BLOCKED');
      expect((await answering).body).toMatchObject({
        outcome: 'REFUSED',
        code: 'CAPABILITY_BLOCKED',
        contract: { status: 'ELIGIBLE' },
      });
    });

    it('is answered 202 with where to look while the contract service has not spoken; the same key is the same decision', async () => {
      const story = await told();
      const [body, key] = [story.approval(), { 'idempotency-key': 'the-same' }];
      const [one, two] = await Promise.all([approve(story, body, key), approve(story, body, key)]);
      expect([one.status, two.status]).toEqual([202, 202]);
      expect(one.headers.get('location')).toBe(`/api/v1/contracts/${story.contractId}`);
      expect(two.body.decision_id).toBe(one.body.decision_id);
      await story.answered(
        await world.next('ReviewDecided', (m) => m.value.contract_id === story.contractId),
        'APPROVED',
      );
      await shown(story, (page) => page.status === 'APPROVED');
      const { status, body: answer } = await approve(story, body, key);
      expect([status, answer]).toMatchObject([200, { decision_id: one.body.decision_id, outcome: 'APPLIED' }]);
      const reused = await approve(story, story.approval(), key);
      expect([reused.status, reused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
      expect(world.all('ReviewDecided').filter((m) => m.value.contract_id === story.contractId)).toHaveLength(1);
    });

    it('REVIEW-004: is recorded when refused, with the same answer for the same key, and nothing is said', async () => {
      const story = await told();
      const body = story.approval({ window_end: Date.now() - 1 });
      const key = { 'idempotency-key': 'refused-once', 'x-request-id': 'request-7' };
      const [one, two] = [await approve(story, body, key), await approve(story, body, key)];
      expect([one.status, one.body]).toMatchObject([422, { code: 'WINDOW_EMPTY', rule: 'REVIEW-003' }]);
      expect(two.body).toEqual(one.body);
      const { body: history } = await ask(`/api/v1/contracts/${story.contractId}/history`);
      expect(history.history.map((h: Json) => h.kind)).toEqual([
        'contract_change',
        'contract_change',
        'contract_change',
        'review_event',
      ]);
      expect(history.history.at(-1)).toMatchObject({
        ...{ action: 'APPROVE', actor: 'founder@local', on_behalf_of: null, outcome: 'REFUSED', code: 'WINDOW_EMPTY' },
        ...{ version_seen: 3, dossier_digest_seen: story.dossier.toString('hex'), request_id: 'request-7' },
      });
      expect(world.all('ReviewDecided').filter((m) => m.value.contract_id === story.contractId)).toEqual([]);
    });

    it.each<[string, number, (story: ReviewStory) => [unknown, Record<string, string>?]]>([
      ['SIGNATURE_MISSING', 422, () => [{}]],
      ['DOSSIER_CHANGED', 412, (s) => [s.approval(), { 'if-match': `"${'0'.repeat(64)}"` }]],
      ['FOUNDER_SIGNATURE_INVALID', 422, (s) => [s.approval({}, generateKeyPairSync('ed25519').privateKey)]],
      ['STATEMENT_FOR_ANOTHER_PLAN', 422, (s) => [s.approval({ plan_digest: '0'.repeat(64) })]],
      ['STATEMENT_EXPIRED', 422, (s) => [s.approval({ not_after: 1 })]],
      ['FOUNDER_KEY_UNKNOWN', 422, (s) => [s.approval({ founder: 'somebody else' })]],
    ])('%s is answered %i', async (code, status, requestOf) => {
      const story = await told();
      const answer = await approve(story, ...requestOf(story));
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    });

    it('is not offered, and refused, for a contract whose plan is not the one that was proposed', async () => {
      const other = {
        kind: 'configuration_update',
        capability: 'api_rate_limit',
        setting: { key: 'requests_per_minute', old: 100, new: 9 },
      } as const;
      const story = await told({ proposed: [other] });
      expect((await shown(story)).actions.approve).toMatchObject({ is_offered: false, code: 'DOSSIER_UNSOUND' });
      expect((await approve(story)).body.code).toBe('DOSSIER_UNSOUND');
    });

    it('PART2-001: has no way in that creates a contract', async () => {
      const made = await fetch(`http://127.0.0.1:${review.port}/api/v1/contracts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${issuer.token()}` },
      });
      expect(made.status).toBe(404);
      const { status, body } = await act('018f0000-0000-7000-8000-000000000000/reject', {
        reason: 'there is no such contract',
      });
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    });
  });

  describe('a rejection', () => {
    it('becomes a ReviewDecided with the reason', async () => {
      const story = await told();
      const answering = act(`${story.contractId}/reject`, { reason: '  not in this quarter  ' });
      const decided = await world.next('ReviewDecided', (m) => m.value.contract_id === story.contractId);
      await story.answered(decided, 'REJECTED');
      expect((await answering).body).toMatchObject({ outcome: 'APPLIED', contract: { status: 'REJECTED' } });
      expect(decided.value).toMatchObject({
        action: 'REJECT',
        reason: 'not in this quarter',
        statement: null,
        dossier_digest: null,
      });
      const again = await act(`${story.contractId}/reject`, { reason: 'not in this quarter either' });
      expect([again.status, again.body.code]).toEqual([409, 'ALREADY_TERMINAL']);
    });

    it('REVIEW-002: is refused without a reason of more than ten characters', async () => {
      const story = await told();
      const { status, body } = await act(`${story.contractId}/reject`, { reason: 'too short ' });
      expect([status, body]).toMatchObject([422, { code: 'REASON_TOO_SHORT', rule: 'REVIEW-002' }]);
    });
  });

  describe('access', () => {
    it.each<[string, () => string | null, number, string]>([
      ['no token', () => null, 401, 'TOKEN_MISSING'],
      ['something that is no token', () => 'abc.def.ghi', 401, 'TOKEN_MALFORMED'],
      ['an expired token', () => issuer.token({ exp: 1 }), 401, 'TOKEN_EXPIRED'],
      ['a token without an expiry', () => issuer.token({ exp: undefined }), 401, 'TOKEN_CLAIM_REFUSED'],
      ['a token for another audience', () => issuer.token({ aud: 'elsewhere' }), 401, 'TOKEN_CLAIM_REFUSED'],
      ['a token of another issuer', () => issuer.token({ iss: 'http://elsewhere' }), 401, 'TOKEN_CLAIM_REFUSED'],
      ['a tampered token', () => tampered(issuer.token()), 401, 'TOKEN_SIGNATURE_INVALID'],
      [
        'a token signed with another key',
        () => issuer.token({}, {}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
        401,
        'TOKEN_SIGNATURE_INVALID',
      ],
      ['an unsigned token', () => unsigned(issuer.token()), 401, 'TOKEN_SIGNATURE_INVALID'],
      ['another role', () => issuer.token({ roles: ['sre'] }), 403, 'NOT_A_FOUNDER'],
      ['no role', () => issuer.token({ roles: undefined }), 403, 'NOT_A_FOUNDER'],
    ])('is refused to %s', async (_, token, status, code) => {
      for (const path of ['/api/v1/contracts', '/api/v1/attention']) {
        const answer = await ask(path, token());
        expect([answer.status, answer.body.code]).toEqual([status, code]);
      }
    });

    it('is refused to an action with a wrong token, which then says nothing', async () => {
      const story = await told();
      const { status } = await act(
        `${story.contractId}/approve`,
        story.approval(),
        etagOf(story),
        issuer.token({ roles: [] }),
      );
      expect(status).toBe(403);
      expect(await database().rows('SELECT 1 FROM review_events WHERE contract_id = $1', [story.contractId])).toEqual(
        [],
      );
    });
  });

  it('answers what it cannot read as a problem, too', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(`http://127.0.0.1:${review.port}/api/v1/contracts/018f0000-0000-7000-8000-000000000000/reject`, {
        ...{ method: 'POST', body },
        headers: { 'content-type': type, authorization: `Bearer ${issuer.token()}`, 'idempotency-key': 'malformed' },
      }).then(answerOf);
    const answers = [
      await post('{'),
      await post('[]'),
      await post('{"reason": 5}'),
      await post('{"raeson": "x"}'),
      await post('<a/>', 'text/xml'),
      await ask('/api/v1/nothing'),
      await ask('/api/v1/contracts/5'),
    ];
    expect(answers.map((a) => a.status)).toEqual([400, 400, 400, 400, 415, 404, 400]);
    expect(answers.every((a) => a.headers.get('content-type')?.startsWith('application/problem+json'))).toBe(true);
    const { status, body } = await act('018f0000-0000-7000-8000-000000000000/approve', {});
    expect([status, body.code]).toEqual([428, 'IF_MATCH_MISSING']);
    const keyless = await act(
      '018f0000-0000-7000-8000-000000000000/reject',
      { reason: 'x' },
      { 'idempotency-key': '' },
    );
    expect([keyless.status, keyless.body.field]).toEqual([400, 'idempotency-key']);
  });

  it('puts a MAY_NOT that a human should see on the attention list, and no other', async () => {
    const quiet = await new ReviewStory(world).judged('MAY_NOT', { severity: 'low', recommended_action: 'reject' });
    const escalated = await new ReviewStory(world, { title: 'All is down' }).judged('MAY_NOT', {
      severity: 'critical',
      recommended_action: 'escalate',
    });
    const { body } = await eventually('/api/v1/attention', ({ escalated: found }) => found.length > 0);
    const ids = body.escalated.map((e: Json) => e.issue_id);
    expect(ids).toContain(escalated.issueId);
    expect(ids).not.toContain(quiet.issueId);
    expect(body.escalated[0]).toMatchObject({ title: 'All is down', first_failing_rule: 'E-004' });
  });

  it('REVIEW-004: its record can only be added to', async () => {
    for (const sql of [
      `UPDATE review_events SET actor = 'x'`,
      'DELETE FROM review_events',
      'DELETE FROM decisions',
      'UPDATE contract_changes SET version = 1',
    ]) {
      await expect(database().rows(sql)).rejects.toThrow('permission denied');
    }
  });

  it('FLOW-002: ends the same whatever comes twice and in which order', async () => {
    const story = await told();
    const answering = act(`${story.contractId}/reject`, { reason: 'not in this quarter' });
    await story.answered(
      await world.next('ReviewDecided', (m) => m.value.contract_id === story.contractId),
      'REJECTED',
    );
    await answering;
    const before = await database().rows('SELECT * FROM contract_changes WHERE contract_id = $1 ORDER BY version', [
      story.contractId,
    ]);
    const eligible = world
      .all('ContractChanged')
      .find((m) => m.value.contract_id === story.contractId && m.value.version === 3);
    if (!eligible) throw new Error('the contract was told');
    await world.send('contract', eligible.topic, eligible.key, eligible.bytes, { mandate: eligible.mandate });
    await told();
    expect((await shown(story)).status).toBe('REJECTED');
    expect(
      await database().rows('SELECT * FROM contract_changes WHERE contract_id = $1 ORDER BY version', [
        story.contractId,
      ]),
    ).toEqual(before);
  });

  describe('the read-only page', () => {
    it('shows what came from outside as text, without any script', async () => {
      const story = await told({
        title: '<script>alert(1)</script> \u202Eevil',
        body: '"><img src=x onerror=alert(1)>\u0000',
      });
      for (const path of ['/', `/contracts/${story.contractId}`]) {
        const response = await fetch(`http://127.0.0.1:${review.port}${path}`);
        const text = await response.text();
        expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
        expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; <b>U+202E</b>evil');
        expect(text).not.toMatch(/<script|<img/);
      }
    });
  });

  it('approves nothing once health has not been heard, HEALTH-001', async () => {
    const story = await told();
    await world.sayHealth('SYSTEM', 'HEALTHY', 2, -1);
    await shown(story, (page) => page.system_health.state === 'UNKNOWN');
    const { status, body } = await approve(story);
    expect([status, body]).toMatchObject([409, { code: 'HEALTH_UNKNOWN', rule: 'HEALTH-001' }]);
    const key = { 'idempotency-key': 'unheard' };
    const signed = story.approval();
    expect((await approve(story, signed, key)).body).toEqual((await approve(story, signed, key)).body);
  });
});

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function tampered(token: string): string {
  const [header, claims, signature] = token.split('.') as [string, string, string];
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'somebody else' };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}

function unsigned(token: string): string {
  const claims = token.split('.')[1] as string;
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
}
