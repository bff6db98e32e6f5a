import type { Change } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import type { Page } from 'playwright-core';
import type { ReviewStory } from '../services/review/test/review-story';
import { findBrowser } from './src/browser-program';
import { PageAlone } from './src/page-alone';
import { faults } from './src/page-browser';
import { hold, loseAnswers } from './src/page-network';

jest.setTimeout(180_000);

const program = findBrowser();
// `npm test` installs a Chromium where it may, says so where it may not, and counts these as skipped.
const inBrowser = program ? describe : describe.skip;

const HOUR_MS = 3_600_000;
const ROUNDING: Change = {
  kind: 'configuration_update',
  capability: 'billing_ledger',
  setting: { key: 'rounding_mode', old: 'half_even', new: 'half_up' },
};

inBrowser('what the page shows when things are not as they should be', () => {
  let world: PageAlone;
  let page: Page;

  beforeAll(async () => {
    world = await PageAlone.open(program as string);
    ({ page } = await world.signedIn());
  });
  afterAll(() => world?.close());
  afterEach(async () => {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(world.complaints.splice(0)).toEqual([]);
  });

  const open = (path: string) => page.goto(`${world.url}${path}`);
  const show = (story: ReviewStory) => open(`/contracts/${story.contractId}`);
  const isClear = async () => expect(await faults(page)).toEqual([]);

  it('is that nothing waits, that nothing needs anybody, and that no key counts yet', async () => {
    await open('/');
    await page.getByText('Nothing waits for you.').waitFor();
    await isClear();
    await open('/attention');
    await page.getByText('Nothing needs you now.').waitFor();
    await isClear();
    await open('/keys');
    await page.locator('li', { hasText: 'Browser key' }).getByText('pending').waitFor();
    await isClear();
    await open('/contracts/7');
    await page.getByText('There is no such page.').waitFor();
    await isClear();
  });

  it.each([
    ['/', '**/api/v1/contracts?*', 'the queue', 'The queue cannot be shown.'],
    ['/attention', '**/api/v1/attention', 'what needs attention', 'What needs attention cannot be shown.'],
  ])(
    'at %s is that it comes, then that it does not come and why, then what was asked for',
    async (path, asked, what, why) => {
      const held = await hold(page, asked);
      await open(path);
      await page.getByRole('status', { name: `Loading ${what}` }).waitFor();
      await isClear();
      await held.answerOthers(503, { detail: 'The database does not answer.', code: 'STORE_UNAVAILABLE' });
      const alert = page.getByRole('alert').filter({ hasText: why });
      await alert.getByText('The database does not answer. (STORE_UNAVAILABLE)').waitFor();
      await isClear();
      await page.unrouteAll({ behavior: 'wait' });
      await alert.getByRole('button', { name: 'Try again' }).click();
      await page.getByText(/^Nothing (waits for|needs) you/).waitFor();
    },
  );

  it('on a contract’s page is the same for the contract, its chain and its history, each by itself', async () => {
    const story = await world.review.told();
    const contract = await hold(page, `**/contracts/${story.contractId}`, (url) => url.pathname.startsWith('/api/'));
    await show(story);
    await page.getByRole('status', { name: 'Loading the contract' }).waitFor();
    await isClear();
    await contract.answerOthers(500, {});
    await page.getByText('The service answered 500.').waitFor();
    await isClear();
    await page.unrouteAll({ behavior: 'wait' });
    for (const part of ['chain', 'history'])
      await page.route(`**/contracts/${story.contractId}/${part}`, (route) => route.abort());
    await page.getByRole('button', { name: 'Try again' }).click();
    for (const title of ['The chain cannot be shown.', 'The history cannot be shown.'])
      await page.getByText(title).waitFor();
    await isClear();
    await open('/contracts/00000000-0000-4000-8000-000000000000');
    await page.getByText('There is no such contract.').waitFor();
    await isClear();
  });

  it('is that the service cannot say who is signed in; the page comes up by itself once it can', async () => {
    const session = await hold(page, '**/api/v1/session');
    await open('/');
    await page.getByRole('status', { name: 'Loading the page' }).waitFor();
    await isClear();
    await session.answerOthers(503, { detail: 'The OpenID provider does not answer; try again.' });
    await page.getByText('The review service cannot answer now.').waitFor();
    await isClear();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('heading', { name: 'Queue' }).waitFor();
  });

  it('is who froze what, why and until when, what stands against approving, and how one freezes', async () => {
    const story = await world.review.told();
    await show(story);
    const capabilities = page.getByRole('region', { name: 'Affected capabilities' });
    await capabilities.getByText('HEALTHY').first().waitFor();
    const until = Date.now() + 3 * HOUR_MS;
    await world.review.world.sayHealth('api_rate_limit', 'HEALTHY', 1, undefined, [freeze('api_rate_limit', until)]);
    const signal = capabilities.locator('div', { hasText: 'api_rate_limit by operator@local' }).last();
    await signal.getByText('Stocktaking: <i>nothing</i> moves', { exact: true }).waitFor();
    expect(await signal.locator('time').getAttribute('datetime')).toBe(new Date(until).toISOString());
    expect(await page.getByRole('button', { name: 'Approve…' }).isDisabled()).toBe(true);
    await page
      .getByRole('region', { name: 'Decide' })
      .getByText(/A governance signal/)
      .waitFor();
    await capabilities.getByText('Freeze it, or the system').click();
    await capabilities.getByText('/api/v1/signals').waitFor();
    await isClear();
    await world.review.world.sayHealth('api_rate_limit', 'HEALTHY', 2);
    await signal.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Approve…', disabled: false }).waitFor();
  });

  it('is that the catalogue froze a capability, and that the system is unwell', async () => {
    await show(await world.review.told({ changes: [ROUNDING] }));
    await page.getByText('frozen by the catalogue').waitFor();
    await world.review.world.sayHealth('SYSTEM', 'DEGRADED', 2);
    const capabilities = page.getByRole('region', { name: 'Affected capabilities' });
    await capabilities.getByText('DEGRADED').first().waitFor();
    await isClear();
    await world.review.world.sayHealth('SYSTEM', 'HEALTHY', 3);
    await capabilities.getByText('DEGRADED').first().waitFor({ state: 'detached' });
  });

  it('is what an approved contract waits for, and what changed since the approval, until it goes on', async () => {
    const story = await approved(world, 'Held after its approval');
    await show(story);
    await page.getByText('APPROVED').first().waitFor();
    await says(story, {
      waiting: { reason: 'HEALTH', detail: 'SYSTEM is DEGRADED.', since: Date.now() - HOUR_MS },
      since_approval: [
        { fact: 'HEALTH', subject: 'SYSTEM', at_approval: 'HEALTHY', now: 'DEGRADED' },
        { fact: 'VALUE', subject: 'api_rate_limit#requests_per_minute', at_approval: '100', now: '120' },
      ],
    });
    await page.getByText('Waiting for health', { exact: true }).waitFor();
    const changed = page.getByText('Changed since the approval').locator('..');
    await changed.getByText('health of SYSTEM: was HEALTHY, is DEGRADED').waitFor();
    await changed.getByText('the present value of api_rate_limit#requests_per_minute: was 100, is 120').waitFor();
    await isClear();
    await open('/attention');
    const held = page.getByRole('region', { name: 'Approved and held' });
    await held.getByText('Waiting for health. SYSTEM is DEGRADED.').waitFor();
    await isClear();
    await open('/?status=APPROVED');
    await page.getByText('waits for health').waitFor();
    await isClear();
    await show(story);
    await page.getByText('Waiting for health', { exact: true }).waitFor();
    await says(story, { waiting: null, since_approval: [] });
    await page.getByText('Waiting for health', { exact: true }).waitFor({ state: 'detached' });
    await page.getByText('Changed since the approval').waitFor({ state: 'detached' });
  });

  it('is that a decision waits for its answer, and then the answer', async () => {
    const story = await world.review.told({ title: 'Not answered at once' });
    await show(story);
    await reject(page, 'There is no need for it.');
    await page.getByText('The answer has not come yet; it will appear here by itself.').waitFor();
    await isClear();
    await story.answered(await world.review.decided(story), 'REJECTED', null, 'There is no need for it.');
    await page.getByText('Done. The contract is REJECTED.').waitFor();
    await page.locator('article').getByText('REJECTED').first().waitFor();
  });

  it('is that no answer came, and that sending again is the same decision (REVIEW-004)', async () => {
    const story = await world.review.told({ title: 'The answer gets lost' });
    await show(story);
    const lost = await loseAnswers(page, '**/reject');
    await reject(page, 'Lost on its way back.');
    await page.getByText('No answer came.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Reason' }).isDisabled()).toBe(true);
    await isClear();
    await lost.over();
    await story.answered(await world.review.decided(story), 'REJECTED', null, 'Lost on its way back.');
    await world.review.shown(story, ({ status }) => status === 'REJECTED');
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('Done. The contract is REJECTED.').waitFor();
    expect(world.review.decisionsOn(story)).toBe(1);
  });

  it('is that the contract service refused what review had let through, with its reason', async () => {
    const story = await world.review.told({ title: 'Refused at the second look' });
    await show(story);
    const lost = await loseAnswers(page, '**/reject');
    await reject(page, 'It was too late for this.');
    await page.getByText('No answer came.').waitFor();
    await story.answered(await world.review.decided(story), 'ELIGIBLE', 'ALREADY_EXPIRED', null);
    await world.review.shown(story, ({ version }) => version === 4);
    await lost.over();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText(/^The contract service refused it: .*\(ALREADY_EXPIRED\)/).waitFor();
    await isClear();
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByText('Your key is being enrolled.').waitFor();
    await isClear();
    await page.keyboard.press('Escape');
  });

  it('is that there is no proof file now, because of the auditor or of its silence', async () => {
    const story = await world.review.told({ title: 'Without proof' });
    await show(story);
    await page.getByRole('button', { name: 'Proof file' }).click();
    await page.getByText('The auditor does not answer.').waitFor();
    await isClear();
    const headers = { 'access-control-allow-origin': world.url };
    const json = { detail: 'The ticket is over.', code: 'TICKET_EXPIRED' };
    await page.route('http://localhost:9/**', (route) => route.fulfill({ status: 403, headers, json }));
    await page.getByRole('button', { name: 'Proof file' }).click();
    await page.getByText('The ticket is over. (TICKET_EXPIRED)').waitFor();
  });

  it('is since when changes do not arrive, while what was read stays to be read', async () => {
    const story = await world.review.told({ title: 'Read before the silence' });
    await page.route('**/api/v1/events', (route) => route.abort());
    await show(story);
    await page.getByText('This page may be out of date.').waitFor();
    await page.getByRole('heading', { name: 'Read before the silence' }).waitFor();
    await isClear();
    await story.answered(await said(world, story), 'REJECTED');
    await page.getByRole('button', { name: 'Read again now' }).click();
    await page.locator('article').getByText('REJECTED').first().waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('This page may be out of date.').waitFor({ state: 'detached' });
  });
});

function freeze(scope: string, expiresAt: number): Messages['HealthChanged']['signals'][number] {
  return {
    ...{ signal_id: 'freeze-1', scope, kind: 'freeze', decision: 'BLOCKED', source: 'operator' },
    ...{ author: 'operator@local', reason: 'Stocktaking: <i>nothing</i> moves' },
    ...{ observed_at: Date.now(), expires_at: expiresAt },
  };
}

async function reject(page: Page, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await page.getByRole('button', { name: 'Reject for good' }).click();
}

/** A contract that the founder's script has approved, and that waits for its window. */
async function approved({ review }: PageAlone, title: string): Promise<ReviewStory> {
  const story = await review.told({ title });
  const posted = story.approval();
  const answering = review.approve(story, posted);
  const decision = await review.decided(story);
  const now = Date.now();
  const approval = {
    statement: Buffer.from(posted.statement),
    signature: Buffer.from(posted.signature, 'base64'),
    key_id: posted.key_id,
    approved_by: 'founder@local',
    approved_at: now,
    window_start: now,
    window_end: now + 24 * HOUR_MS,
  };
  story.amend({ approval });
  await story.answered(decision, 'APPROVED');
  await answering;
  return story;
}

/** The contract service says of an approved contract what it waits for now. */
function says(story: ReviewStory, amended: Parameters<ReviewStory['amend']>[0]): Promise<void> {
  story.amend(amended);
  const { version } = story.contract as Messages['ContractChanged'];
  const change = { from: 'APPROVED', to: 'APPROVED', cause: 'FACT', actor: 'contract', code: null, reason: null };
  return story.say('APPROVED', story.said, version, [{ ...change, version: version + 1, at: Date.now() }]);
}

/** Review's decision that rejects a contract, posted by a script whose answer nobody awaits. */
async function said({ review }: PageAlone, story: ReviewStory) {
  void review.reject(story).catch(() => undefined);
  return review.decided(story);
}
