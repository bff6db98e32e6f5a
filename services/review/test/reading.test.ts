import { randomUUID } from 'node:crypto';
import { ReviewStory } from './review-story';
import { type Json, ReviewWorld } from './review-world';

const DAY_MS = 86_400_000;

describe('what review shows', () => {
  let w: ReviewWorld;
  beforeAll(async () => {
    w = await ReviewWorld.open();
  }, 60_000);
  afterAll(() => w?.close());

  it('is a queue, soonest to expire first, page by page, found by filter and word', async () => {
    const second = await w.told({ expiresAt: Date.now() + 3 * DAY_MS, title: 'Zebra stripes' });
    const first = await w.told({ expiresAt: Date.now() + DAY_MS });
    const ids = async (query: string) =>
      (await w.ask(`/api/v1/contracts?${query}`)).body.contracts.map((c: Json) => c.contract_id);
    expect((await ids('')).slice(0, 2)).toEqual([first.contractId, second.contractId]);
    const { body: page } = await w.ask('/api/v1/contracts?limit=1');
    expect(page.contracts).toHaveLength(1);
    expect(await ids(`limit=1&cursor=${page.next_cursor}`)).toEqual([second.contractId]);
    expect(await ids('q=zeb')).toEqual([second.contractId]);
    expect(await ids(`q=${first.contractId}`)).toEqual([first.contractId]);
    const all = 'status=ELIGIBLE,DRAFT&capability=api_rate_limit&risk=medium&source=support_ticket';
    expect(await ids(all)).toContain(first.contractId);
    for (const none of ['capability=bulk_export', 'status=COMPLETED', "q='%20|%20!x%20:*"])
      expect(await ids(none)).toEqual([]);
  });

  it.each(['status=OPEN', 'risk=huge', 'limit=0', 'cursor=abc', 'colour=red', 'sort=title'])(
    'is refused in words for a filter it does not know: %s',
    async (query) => {
      const { status, body, headers } = await w.ask(`/api/v1/contracts?${query}`);
      expect([status, headers.get('content-type')]).toEqual([400, expect.stringMatching('^application/problem.json')]);
      expect(body).toMatchObject({ code: 'INVALID_REQUEST', type: 'urn:mandate:problem:invalid-request' });
    },
  );

  it('is everything about a contract, in the words of the issue and beside what is there now', async () => {
    const story = await w.told();
    const path = `/api/v1/contracts/${story.contractId}`;
    const { headers, body } = await w.eventually(path, (page) => page.origin.issue !== null);
    expect(headers.get('etag')).toBe(`"${story.dossier.toString('hex')}"`);
    expect(body).toMatchObject({
      ...{ status: 'ELIGIBLE', is_sound: true, plan_digest: story.plan.toString('hex') },
      origin: {
        source: 'support_ticket',
        issue: { body: 'Please raise the API rate limit from 100 to 200 per minute.' },
      },
      validator_verdict: { severity: 'medium', confidence_score: 0.9, recommended_action: 'create_contract' },
      proposed_changes: [{ settings: [{ key: 'requests_per_minute', old: 100, new: 200, present: 100 }] }],
      affected_capabilities: [{ name: 'api_rate_limit', health: 'HEALTHY', frozen: false, lifecycle: 'LAUNCHED' }],
      risk: { level: 'medium', health_impact: { estimate: 'low' } },
      eligibility: { verdict: 'MAY', rules_passed: 2, rules_total: 2, facts: { waiting_since: null } },
      activation: { constraints: { step_timeout_ms: 5_000 }, approval: null },
      actions: { approve: { is_offered: true }, reject: { is_offered: true } },
      progress: { jobs: [], evaluations: [], audits: [], incident: null },
      dossier: { contract_id: story.contractId },
    });
  });

  it('is the chain: every hop, what it says and what it cites, to the founder’s decision and what came of it', async () => {
    const story = await w.told();
    const answering = w.approve(story);
    await story.answered(await w.decided(story), 'APPROVED');
    await answering;
    const { body } = await w.eventually(`/api/v1/contracts/${story.contractId}/chain`, ({ hops }) => hops.length === 6);
    expect(body.hops.map((h: Json) => [h.writer, h.says, h.cites.message, h.cites.says, h.verified])).toEqual([
      ['ingestion', 'RECEIVED', 'CrmIssue', null, true],
      ['validator', 'PROPOSED', 'IssueReceived', 'RECEIVED', true],
      ['eligibility', 'MAY', 'ProposalMade', 'PROPOSED', true],
      ['contract', 'ELIGIBLE', 'EligibilityJudged', 'MAY', true],
      ['review', 'APPROVE', 'ContractChanged', 'ELIGIBLE', true],
      ['contract', 'APPROVED', 'ReviewDecided', 'APPROVE', true],
    ]);
    expect(body.hops.slice(1).every((h: Json) => h.cites.is_known)).toBe(true);
  });

  it('puts a MAY_NOT that a human should see on the attention list, and no other', async () => {
    const quiet = await new ReviewStory(w.world).judged('MAY_NOT', { severity: 'low', recommended_action: 'reject' });
    const loud = new ReviewStory(w.world, { title: 'All is down' });
    await loud.judged('MAY_NOT', { severity: 'critical', recommended_action: 'escalate' });
    const { body } = await w.eventually('/api/v1/attention', ({ escalated_issues }) => escalated_issues.length > 0);
    const ids = body.escalated_issues.map((e: Json) => e.issue_id);
    expect(ids).toContain(loud.issueId);
    expect(ids).not.toContain(quiet.issueId);
    expect(body.escalated_issues[0]).toMatchObject({ title: 'All is down', first_failing_rule: 'E-004' });
  });

  it('puts a contract that soon expires on the attention list, and no other', async () => {
    const sooner = await w.told({ expiresAt: Date.now() + DAY_MS / 2 });
    const soon = await w.told({ expiresAt: Date.now() + 1.5 * DAY_MS });
    const later = await w.told({ expiresAt: Date.now() + 3 * DAY_MS });
    const { body } = await w.ask('/api/v1/attention');
    const [escalated, expiring] = [body.escalated, body.expiring].map((list) => list.map((c: Json) => c.contract_id));
    expect(escalated).toContain(sooner.contractId);
    expect(expiring).toContain(soon.contractId);
    expect([...escalated, ...expiring]).not.toContain(later.contractId);
  });

  it('gives the page to whoever asks, one document for all its addresses; it holds nothing and loads its own files only', async () => {
    const documents = await Promise.all(
      ['/', '/attention', '/keys', '/sign-in', `/contracts/${randomUUID()}`].map(async (path) => {
        const response = await fetch(w.url(path));
        expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
        return response.text();
      }),
    );
    expect(new Set(documents).size).toBe(1);
    const script = /<script type="module" crossorigin src="(\/assets\/[^"]+)"><\/script>/.exec(
      documents[0] as string,
    )?.[1];
    const response = await fetch(w.url(script as string), { headers: { 'accept-encoding': 'br' } });
    expect(response.headers.get('content-encoding')).toBe('br');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(w.url('/assets/..%2findex.html'))).status).toBe(404);
  });
});
