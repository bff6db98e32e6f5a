import { causeOf, clarified, ReviewAftermath, signedText } from './review-aftermath';
import { ReviewStory } from './review-story';
import { type Answer, type Json, ReviewWorld } from './review-world';

const etag = (story: ReviewStory) => ({ 'if-match': `"${story.dossier.toString('hex')}"` });
const applied = (answer: Answer) => expect([answer.status, answer.body]).toMatchObject([200, { outcome: 'APPLIED' }]);

describe('the founder’s other actions', () => {
  let w: ReviewWorld;
  beforeAll(async () => {
    w = await ReviewWorld.open();
  }, 60_000);
  afterAll(() => w?.close());

  const eventsOn = (story: ReviewStory) =>
    w.database.rows<{ action: string; outcome: string; actor: string; session_id: string }>(
      'SELECT action, outcome, actor, session_id FROM review_events WHERE contract_id = $1 ORDER BY at, event_id',
      [story.contractId],
    );

  describe('to ask the requestor', () => {
    const asked = async (story: ReviewStory): Promise<string> => {
      const answering = w.act(`${story.contractId}/request-clarification`, { question: ' How many? ' });
      const decided = await w.decided(story);
      expect(decided.value).toMatchObject({ action: 'REQUEST_CLARIFICATION', reason: 'How many?' });
      const requestId = decided.value.clarification_request_id as string;
      const round = { request_id: requestId, question: 'How many?', requested_at: Date.now() };
      story.amend({ ttl_paused_at: Date.now(), clarification: { ...round, answer: null, answered_at: null } });
      await story.answered(decided, 'ELIGIBLE');
      applied(await answering);
      return requestId;
    };

    it('AM-02: stops the clock; the requestor’s answer is passed on in the requestor’s name, citing their word', async () => {
      const story = await w.told();
      const requestId = await asked(story);
      const open = await w.shown(story, (page) => page.is_clarification_open);
      expect(open.actions).toMatchObject({
        approve: { code: 'CLARIFICATION_OPEN' },
        provide_clarification: { is_offered: true },
      });
      expect(open.ttl.is_running).toBe(false);
      await clarified(w, story, requestId, '200 a minute');
      const passed = await w.decided(story);
      expect(causeOf(passed)).toMatchObject({ type: 'ClarificationReceived', says: 'CLARIFIED' });
      expect(passed.value).toMatchObject({
        ...{ action: 'PROVIDE_CLARIFICATION', actor: 'alex@example.com', reason: '200 a minute' },
        clarification_request_id: requestId,
      });
      const round = story.contract?.clarification as NonNullable<ReviewStory['contract']>['clarification'];
      story.amend({
        ttl_paused_at: null,
        clarification: round && { ...round, answer: '200 a minute', answered_at: Date.now() },
      });
      await story.answered(passed, 'ELIGIBLE');
      const page = await w.shown(story, (p) => !p.is_clarification_open);
      expect(page.clarification_rounds).toMatchObject([{ question: 'How many?', answer: '200 a minute' }]);
      expect(await eventsOn(story)).toMatchObject([
        { action: 'REQUEST_CLARIFICATION', outcome: 'ACCEPTED' },
        { action: 'PROVIDE_CLARIFICATION', actor: 'alex@example.com', session_id: 'crm/desk' },
      ]);
    });

    it('can be answered by the founder, and a late answer is told as too late and kept as a note', async () => {
      const story = await w.told();
      const requestId = await asked(story);
      await w.shown(story, (page) => page.is_clarification_open);
      const answering = w.act(`${story.contractId}/provide-clarification`, { answer: 'They said 200.' });
      const decided = await w.decided(story);
      expect(decided.value).toMatchObject({ clarification_request_id: requestId, reason: 'They said 200.' });
      const round = story.contract?.clarification as NonNullable<ReviewStory['contract']>['clarification'];
      story.amend({
        ttl_paused_at: null,
        clarification: round && { ...round, answer: 'They said 200.', answered_at: 1 },
      });
      await story.answered(decided, 'ELIGIBLE');
      applied(await answering);
      await clarified(w, story, requestId, '300, sorry');
      await story.answered(await w.decided(story), 'ELIGIBLE', 'TOO_LATE', '300, sorry');
      const page = await w.shown(story, ({ notes }) => notes.length > 0);
      expect(page.notes).toMatchObject([{ text: '300, sorry', is_late_answer: true }]);
    });

    it('is refused without words, and recorded (REVIEW-004)', async () => {
      const story = await w.told();
      const { status, body } = await w.act(`${story.contractId}/request-clarification`, { question: ' ' });
      expect([status, body.code]).toEqual([422, 'QUESTION_MISSING']);
      expect(await eventsOn(story)).toMatchObject([{ action: 'REQUEST_CLARIFICATION', outcome: 'REFUSED' }]);
    });
  });

  describe('to modify the scope', () => {
    const changes = [
      { kind: 'configuration_update', capability: 'api_rate_limit', key: 'requests_per_minute', value: 150 },
    ];

    it('REVIEW-005: says the explicit changes with what is there now; the answer names the revision', async () => {
      const story = await w.told();
      const answering = w.act(`${story.contractId}/modify-scope`, { changes, reason: 'smaller' }, etag(story));
      const decided = await w.decided(story);
      expect([decided.link?.says, decided.value]).toMatchObject([
        'MODIFY',
        {
          ...{ action: 'MODIFY_SCOPE', reason: 'smaller', modified_capabilities: ['api_rate_limit'] },
          modified_changes: [{ settings: [{ key: 'requests_per_minute', old_value: '100', new_value: '150' }] }],
        },
      ]);
      const revision = await story.revised(decided, 150);
      await story.answered(decided, 'SUPERSEDED');
      const { body } = await answering;
      expect(body).toMatchObject({ outcome: 'APPLIED', contract: { status: 'SUPERSEDED' } });
      const page = (await w.eventually(`/api/v1/contracts/${revision}`, (p) => p.lineage.length === 2)).body;
      expect(page.lineage).toMatchObject([
        { contract_id: story.contractId, revision: 0, difference: [] },
        { contract_id: revision, difference: [{ target: 'api_rate_limit#requests_per_minute', was: 200, is: 150 }] },
      ]);
      expect(page.modification.capabilities.map((c: Json) => c.name)).toEqual(['api_rate_limit']);
    });

    it.each<[string, number, unknown]>([
      ['NOTHING_MODIFIED', 422, []],
      ['CHANGES_INVALID', 422, [{ ...changes[0], value: 'many' }]],
      ['OUT_OF_SCOPE', 422, [{ kind: 'capability_disable', capability: 'bulk_export', reason: 'slow' }]],
    ])('is refused with %s (%i)', async (code, status, wanted) => {
      const story = await w.told();
      const answer = await w.act(`${story.contractId}/modify-scope`, { changes: wanted }, etag(story));
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    });

    it('needs the dossier that was shown', async () => {
      const story = await w.told();
      expect((await w.act(`${story.contractId}/modify-scope`, { changes })).status).toBe(428);
      const other = await w.act(`${story.contractId}/modify-scope`, { changes }, { 'if-match': '0'.repeat(64) });
      expect([other.status, other.body.code]).toEqual([412, 'DOSSIER_CHANGED']);
    });
  });

  it('to note is possible on any contract, and is shown', async () => {
    const story = await w.told();
    const answering = w.act(`${story.contractId}/notes`, { note: 'Ask Kim before Friday.' });
    await story.answered(await w.decided(story), 'ELIGIBLE', 'NOTE', 'Ask Kim before Friday.');
    applied(await answering);
    expect((await w.shown(story)).notes).toMatchObject([{ text: 'Ask Kim before Friday.', is_late_answer: false }]);
    expect((await w.act(`${story.contractId}/notes`, { note: '' })).body.code).toBe('NOTE_MISSING');
  });

  it('drafts what the founder signs to approve, within bounds, and takes it signed', async () => {
    const story = await w.told();
    const draft = (body: unknown) => w.act(`${story.contractId}/approval-statement`, body, etag(story));
    const { body } = await draft({ constraints: { step_timeout_ms: 4_000 } });
    expect(JSON.parse(body.statement)).toMatchObject({
      ...{ purpose: 'APPROVE', founder: 'founder@local', dossier_digest: story.dossier.toString('hex') },
      constraints: { step_timeout_ms: 4_000, max_duration_ms: 60_000 },
    });
    const answering = w.approve(story, signedText(w, body.statement));
    await story.answered(await w.decided(story), 'APPROVED');
    applied(await answering);
    const other = await w.told();
    const wide = { constraints: { step_timeout_ms: 9_000 } };
    expect((await w.act(`${other.contractId}/approval-statement`, wide)).body.code).toBe('CONSTRAINTS_WIDENED');
  });

  it('AM-04: to attest is signed, says the checks, and is answered by the auditor', async () => {
    const aftermath = await ReviewAftermath.of(w, await w.told());
    const { story } = aftermath;
    const { id } = await aftermath.audited('INCONCLUSIVE');
    const attention = await w.eventually('/api/v1/attention', ({ inconclusive }) => inconclusive.length > 0);
    expect(attention.body.inconclusive).toMatchObject([
      { contract: { contract_id: story.contractId }, audit: { audit_id: id } },
    ]);
    const told = await w.act(`/audits/${id}/attestation-statement`, { checks: ['A-001'], reason: 'seen with my eyes' });
    expect([told.status, told.body.code]).toEqual([422, 'CHECK_NOT_INCONCLUSIVE']);
    const wanted = { checks: ['A-002'], reason: 'seen with my own eyes' };
    const { body: draft } = await w.act(`/audits/${id}/attestation-statement`, wanted);
    const answering = w.act(`/audits/${id}/attest`, signedText(w, draft.statement));
    const decided = await w.decided(story);
    expect(causeOf(decided)).toMatchObject({ type: 'AuditConcluded', says: 'INCONCLUSIVE' });
    expect(decided.value).toMatchObject({ action: 'ATTEST', attested_checks: ['A-002'], reason: wanted.reason });
    const passed = await aftermath.audited('PASS', decided);
    expect((await answering).body).toMatchObject({
      outcome: 'APPLIED',
      audit: { audit_id: passed.id, verdict: 'PASS' },
    });
    const again = await w.act(`/audits/${id}/attestation-statement`, wanted);
    expect([again.status, again.body.code]).toEqual([409, 'TOO_LATE']);
  });

  it('to acknowledge and to resolve an incident; only the second is signed', async () => {
    const aftermath = await ReviewAftermath.of(w, await w.told());
    const { story, incidentId } = aftermath;
    const failed = await aftermath.audited('FAIL');
    await story.answered(failed, 'FAILED');
    await aftermath.incident('OPEN', failed);
    await w.eventually('/api/v1/attention', ({ incidents }) =>
      incidents.some((i: Json) => i.incident_id === incidentId),
    );
    const seeing = w.act(`/incidents/${incidentId}/acknowledge`, { note: 'I am on it' });
    const seen = await w.decided(story);
    expect([seen.link?.says, seen.value.reason]).toEqual(['ACKNOWLEDGE', 'I am on it']);
    await aftermath.incident('OPEN', seen, { acknowledged_by: 'founder@local' });
    expect((await seeing).body).toMatchObject({
      outcome: 'APPLIED',
      incident: { incident_id: incidentId, state: 'OPEN' },
    });
    const unsigned = await w.act(`/incidents/${incidentId}/resolve`, {});
    expect([unsigned.status, unsigned.body.code]).toEqual([422, 'SIGNATURE_MISSING']);
    const { body: draft } = await w.act(`/incidents/${incidentId}/resolution-statement`, {
      reason: 'put back by hand',
    });
    const resolving = w.act(`/incidents/${incidentId}/resolve`, signedText(w, draft.statement));
    const decided = await w.decided(story);
    expect(decided.value).toMatchObject({ action: 'RESOLVE_INCIDENT', reason: 'put back by hand' });
    await aftermath.incident('RESOLVED', decided, { resolved_by: 'founder@local' });
    expect((await resolving).body).toMatchObject({ outcome: 'APPLIED', incident: { state: 'RESOLVED' } });
    const { history } = (await w.ask(`/api/v1/contracts/${story.contractId}/history`)).body;
    expect(history.filter((h: Json) => h.kind === 'incident_change')).toHaveLength(3);
  });

  it('to acknowledge an escalated issue takes it off the list, once, with a note', async () => {
    const issue = new ReviewStory(w.world, { title: 'All is down' });
    await issue.judged('MAY_NOT', { severity: 'critical', recommended_action: 'escalate' });
    const isListed = (body: Json) => body.escalated_issues.some((e: Json) => e.issue_id === issue.issueId);
    await w.eventually('/api/v1/attention', isListed);
    applied(await w.act(`/issues/${issue.issueId}/acknowledge`, { note: 'called them' }));
    expect(isListed((await w.ask('/api/v1/attention')).body)).toBe(false);
    const again = await w.act(`/issues/${issue.issueId}/acknowledge`, { note: 'called them again' });
    expect([again.status, again.body.code]).toEqual([409, 'ALREADY_DECIDED']);
  });

  it('says of a contract that the founder submitted its issue', async () => {
    const story = await w.told();
    expect((await w.shown(story)).is_submitted_by_founder).toBe(false);
    const own = await w.told({ submitter: 'Founder@local' });
    expect((await w.shown(own)).is_submitted_by_founder).toBe(true);
  });
});
