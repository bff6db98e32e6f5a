import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode, type Messages } from '@mandate/schemas';
import type { RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule as Review } from '../../../services/review/src/app.module';
import { ReviewStory } from '../../../services/review/test/review-story';
import { TestIssuer } from '../../../services/review/test/test-issuer';
import { run } from '../src/program';

// biome-ignore lint/suspicious/noExplicitAny: lines are looked at, not typed
type Line = any;

describe('the command line, against a real broker and the review service', () => {
  let world: World;
  let issuer: TestIssuer;
  let review: RunningService;
  let dataDir: string;

  beforeAll(async () => {
    [world, issuer] = await Promise.all([World.open(), TestIssuer.start()]);
    await world.seed();
    review = await world.start('review', Review, { OIDC_ISSUER: issuer.url, ACTION_WAIT: '2s' });
    dataDir = mkdtempSync(join(world.servers.dir, 'stack-'));
    const tokenFile = join(dataDir, 'token');
    writeFileSync(tokenFile, issuer.token());
    const connection = {
      brokers: world.servers.brokers,
      users: Object.fromEntries(
        ['crm', 'observer'].map((user) => [user, world.servers.credentials(user).passwordFile]),
      ),
      urls: { review: `http://127.0.0.1:${review.port}` },
      founder: { name: world.founder.founder, keyFile: join(world.keysDir, 'founder.pem'), tokenFile },
      manifestFile: join(world.keysDir, 'authority.json'),
      rootPublicKeyFile: join(world.keysDir, 'root.pub'),
    };
    writeFileSync(join(dataDir, 'connection.json'), JSON.stringify(connection));
  }, 60_000);
  afterAll(async () => {
    await world?.close();
    await issuer?.stop();
  });

  const call = async (...argv: string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const interrupted = new Promise<void>(() => undefined);
    const code = await run(argv, {
      env: { MANDATE_STACK: dataDir },
      out: (l) => out.push(l),
      err: (l) => err.push(l),
      confirm: null,
      interrupted,
    });
    return { code, out, err, lines: () => out.map((l): Line => JSON.parse(l)) };
  };
  const told = async (): Promise<ReviewStory> => {
    const story = await new ReviewStory(world).eligible();
    for (let i = 0; i < 200 && (await call('show', story.contractId)).code !== 0; i++)
      await new Promise((r) => setTimeout(r, 50));
    return story;
  };
  const answer = async (story: ReviewStory, to: 'APPROVED' | 'REJECTED' | 'ELIGIBLE', code: string | null = null) =>
    story.answered(await world.next('ReviewDecided', (m) => m.value.contract_id === story.contractId), to, code);

  const recordsOf = async (topic: string): Promise<number> => {
    const admin = world.servers.kafka('admin').admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    return offsets.reduce((sum, o) => sum + Number(o.high), 0);
  };
  const published = async (before: number): Promise<void> => {
    for (let i = 0; i < 100 && (await recordsOf('crm.issues.v1')) === before; i++)
      await new Promise((r) => setTimeout(r, 50));
  };

  it('lists and shows contracts', async () => {
    const story = await told();
    const list = await call('contracts', '--json');
    expect(list.lines().map((c) => c.contract_id)).toContain(story.contractId);
    const { out } = await call('show', story.contractId);
    expect(out.join('\n')).toMatch(/api_rate_limit requests_per_minute 100 → 200/);
    expect((await call('show', '018f0000-0000-7000-8000-000000000000')).code).toBe(4);
  });

  it('approves with the founder’s own key', async () => {
    const story = await told();
    const [done] = await Promise.all([
      call('approve', story.contractId, '--yes', '--json', '--for', '2h'),
      answer(story, 'APPROVED'),
    ]);
    expect([done.code, done.lines()]).toMatchObject([0, [{ outcome: 'APPLIED', contract: { status: 'APPROVED' } }]]);
    const again = await call('approve', story.contractId, '--yes');
    expect([again.code, again.err[0]]).toEqual([1, 'Another decision on this contract came first.']);
  });

  it('ends with 1 if the contract service refuses, and with 5 if it says nothing', async () => {
    const story = await told();
    const [refused] = await Promise.all([
      call('approve', story.contractId, '--yes', '--json'),
      answer(story, 'ELIGIBLE', 'CAPABILITY_BLOCKED'),
    ]);
    expect([refused.code, refused.lines()]).toMatchObject([1, [{ outcome: 'REFUSED', code: 'CAPABILITY_BLOCKED' }]]);
    expect((await call('approve', story.contractId, '--yes')).code).toBe(5);
  });

  it('rejects with a reason', async () => {
    const story = await told();
    expect((await call('reject', story.contractId, '--reason', 'no')).err[0]).toContain('REVIEW-002');
    const [done] = await Promise.all([
      call('reject', story.contractId, '--reason', 'not in this quarter'),
      answer(story, 'REJECTED'),
    ]);
    expect([done.code, done.out]).toEqual([0, ['Done: the contract is REJECTED.']]);
  });

  it('asks, modifies and notes as the founder', async () => {
    const story = await told();
    const [asked] = await Promise.all([
      call('clarify', story.contractId, '--question', 'How many?', '--json'),
      answer(story, 'ELIGIBLE'),
    ]);
    expect([asked.code, asked.lines()]).toMatchObject([0, [{ outcome: 'APPLIED' }]]);
    const [noted] = await Promise.all([
      call('note', story.contractId, '--note', 'Ask Kim.'),
      answer(story, 'ELIGIBLE', 'NOTE'),
    ]);
    expect([noted.code, noted.out]).toEqual([0, ['Done: the contract is ELIGIBLE.']]);
    const late = await call('answer', story.contractId, '--answer', '200');
    expect([late.code, late.err[0]]).toEqual([1, 'No question is open on this contract.']);
    const outside = await call('modify', story.contractId, '--set', 'bulk_export#rows=5', '--reason', 'smaller');
    expect([outside.code, outside.err[0]]).toEqual([1, expect.stringContaining('bulk_export')]);
    const [modified] = await Promise.all([
      call('modify', story.contractId, '--set', 'api_rate_limit#requests_per_minute=150', '--json'),
      world
        .next('ReviewDecided', (m) => m.value.contract_id === story.contractId && m.value.action === 'MODIFY_SCOPE')
        .then((decided) => story.answered(decided, 'SUPERSEDED')),
    ]);
    expect([modified.code, modified.lines()]).toMatchObject([0, [{ contract: { status: 'SUPERSEDED' } }]]);
  });

  it('signs nothing for an audit or an incident that there is not', async () => {
    const none = '018f0000-0000-7000-8000-000000000000';
    const reason = ['--reason', 'looked at it myself'];
    expect((await call('attest', none, '--check', 'A-002', ...reason)).code).toBe(4);
    expect((await call('resolve', none, ...reason)).code).toBe(4);
    expect((await call('acknowledge', none, '--issue', '--note', 'called them')).code).toBe(4);
  });

  it('prints every hop of an issue by contract, issue or reference, each verified', async () => {
    const story = await told();
    const issue = await world.issue({ reference: story.origin.reference });
    for (const what of [story.contractId, story.issueId, story.origin.reference, `desk/${story.origin.reference}`]) {
      const { code, lines } = await call('follow', what, '--json');
      const hops = lines().slice(0, -1);
      const standing = { state: 'ELIGIBLE', turn: 'founder', stuck: [] };
      expect([code, lines().at(-1)]).toMatchObject([0, { standing }]);
      expect(new Set(hops.map((h) => `${h.writer} ${h.says}`))).toEqual(
        new Set(['CRM ASKED', 'ingestion RECEIVED', 'validator PROPOSED', 'eligibility MAY', 'contract ELIGIBLE']),
      );
      expect(hops.every((h) => h.verified)).toBe(true);
      expect(hops.find((h) => h.writer === 'CRM').sentence).toBe(`asks: ${issue.subject}`);
    }
    expect((await call('follow', 'nobody-knows-this')).code).toBe(4);
  });

  it('marks a hop whose signature does not hold', async () => {
    const story = await told();
    const { topic, key, value, mandate } = story.said;
    const forged = Buffer.from(mandate);
    forged.writeUInt8(forged.readUInt8(forged.length - 1) ^ 1, forged.length - 1);
    await world.send('contract', topic, key, value, { mandate: forged });
    const { out } = await call('follow', story.contractId);
    expect(out.filter((line) => line.includes('NOT VERIFIED (BAD_SIGNATURE)'))).toHaveLength(1);
  });

  it('publishes as a CRM and follows what it is told to the end', async () => {
    const before = await recordsOf('crm.issues.v1');
    const publishing = call(
      'publish',
      '--subject',
      'Raise it',
      '--reference',
      'T-99',
      '--source-system',
      'desk',
      '--follow',
      '--json',
    );
    const told: [Messages['CrmUpdate']['state'], string][] = [
      ['RECEIVED', 'It has been received.'],
      ['NOT_ELIGIBLE', 'It is not eligible.'],
    ];
    await published(before);
    for (const [state, sentence] of told) {
      const update: Messages['CrmUpdate'] = {
        ...{
          update_id: '018f0000-0000-7000-8000-000000000001',
          source_system: 'desk',
          reference: 'T-99',
          issue_id: null,
          contract_id: null,
        },
        ...{
          state,
          code: null,
          field: null,
          sentence,
          details: '{}',
          topic_offset: null,
          value_digest: null,
          at: Date.now(),
        },
      };
      await world.send('ingestion', 'crm.updates.v1', 'desk/T-99', encode('CrmUpdate', update));
    }
    const { code, lines } = await publishing;
    expect(lines().map((l) => l.state ?? l.published.reference)).toEqual(['T-99', 'RECEIVED', 'NOT_ELIGIBLE']);
    expect(code).toBe(1);
  });
});
