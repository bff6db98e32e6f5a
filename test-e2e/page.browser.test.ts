import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { repositoryDir } from '../infra/local/src/paths';
import { findPython } from '../infra/local/src/testing/python';
import { findBrowser } from './src/browser-program';
import { barriers, overflow } from './src/page-browser';
import { PageChain } from './src/page-chain';

jest.setTimeout(180_000);

const program = findBrowser();
const python = findPython();
// `npm test` installs a Chromium where it may, says so where it may not, and counts these as skipped.
const inBrowser = program ? describe : describe.skip;

const BURST = {
  reference: 'PAGE-1',
  subject: 'Bursts are cut off',
  body: 'Please raise the burst size of the API rate limit from 20 to 40.',
};
const DEPTH = {
  reference: 'PAGE-2',
  subject: 'Search is too shallow',
  body: 'Please raise the search depth from 3 to 12.',
};
const HOSTILE = {
  reference: 'PAGE-3',
  subject: '<script>alert(1)</script> sess\u202Enoi\u202C s\u0435ssions',
  body: `Please raise the session lifetime from 60 to 90 minutes.\n\n<img src=x onerror="alert(2)"> end\u200B ${'x'.repeat(9_800)}`,
};
const MARKS = {
  reference: 'PAGE-5',
  subject: 'Exports',
  body: `Please raise the row limit of bulk export from 10000 to 20000.\n\nZ${'\u0301'.repeat(9_900)}algo`,
};
const THANKS = { reference: 'PAGE-4', subject: 'Thank you', body: 'You are doing great work.' };

inBrowser('the page in a browser', () => {
  let world: PageChain;
  let page: Page;
  let burst: string;
  let hostile: string;

  beforeAll(async () => {
    world = await PageChain.open(program as string);
    [burst, hostile] = await Promise.all([world.contract(BURST), world.contract(HOSTILE)]);
    await world.chain.world.issue(THANKS);
    ({ page } = await world.person());
  });
  afterAll(() => world?.close());
  afterEach(() => expect(world.complaints.splice(0)).toEqual([]));

  const status = () =>
    page
      .locator('article')
      .getByText(/^(ELIGIBLE|APPROVED|ACTIVE|COMPLETED|REJECTED|SUPERSEDED|DRAFT|FAILED)$/)
      .first();
  const open = (id: string) => page.goto(`${world.url}/contracts/${id}`);

  it('asks who one is, and tells somebody who is not a founder that nothing is for them', async () => {
    await page.goto(`${world.url}/contracts/${burst}`);
    await page.getByText('Contracts are decided by a founder').waitFor();
    expect(await barriers(page)).toEqual([]);
    await world.signIn(page, 'visitor@local');
    await page.getByText('This person is not a founder').waitFor();
    expect(await barriers(page)).toEqual([]);
    await world.signIn(page);
    await page.getByRole('heading', { name: 'Queue' }).waitFor();
  });

  it('makes a key of this browser at the first sign-in of a local run, and it is enrolled by itself', async () => {
    await page.goto(`${world.url}/keys`);
    await page.getByText('of this browser').waitFor();
    await page.locator('li', { hasText: 'Browser key' }).getByText('active').waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  it('shows the queue, narrows it, and is walked through with the keyboard alone', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.getByRole('link', { name: BURST.subject }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(2);
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('/');
    await page.keyboard.type('bursts');
    await expectCount(page, 'tbody tr', 1);
    expect(page.url()).toContain('q=bursts');
    await page.keyboard.type(' that nobody wrote');
    await page.getByText('Nothing matches.').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await expectCount(page, 'tbody tr', 2);
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const first = await page.locator('tbody a').first().getAttribute('href');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${first}`);
  });

  it('shows what a CRM wrote as inert text, with what would deceive made visible, and keeps its layout', async () => {
    await open(hostile);
    const words = page.getByRole('region', { name: 'The issue’s own words' });
    await words.getByText('<script>alert(1)</script>').waitFor();
    expect(await page.locator('script:not([src]), main img, main script').count()).toBe(0);
    expect(await words.getByText('U+202E').count()).toBe(1);
    expect(await words.getByText('U+200B').count()).toBe(1);
    expect(await words.getByTitle('U+0435 looks like e and is not').count()).toBe(1);
    expect(await words.locator('mark').count()).toBeGreaterThan(0);
    expect(await overflow(page)).toBe(0);
    expect(await barriers(page)).toEqual([]);
    await open(await world.contract(MARKS));
    await words.getByText('+9900 marks').waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it('takes notes, asks the requestor while the clock stands still, and takes the answer', async () => {
    await open(hostile);
    await page.getByRole('button', { name: 'Add a note…' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill('Told <b>the identity team</b>.');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.locator('li', { hasText: 'Told <b>the identity team</b>.' }).first().waitFor();
    await page.getByRole('button', { name: 'Request clarification…' }).click();
    await page.getByRole('textbox', { name: 'Question' }).fill('For all customers?');
    await page.getByRole('button', { name: 'Ask the requestor' }).click();
    await page.getByText('Waiting for the requestor’s answer').waitFor();
    await page.getByText(/^paused, /).waitFor();
    expect(await page.getByRole('button', { name: 'Approve…' }).isDisabled()).toBe(true);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Record the answer…' }).click();
    await page.getByRole('textbox', { name: 'Answer' }).fill('Only for warehouses.');
    await page.getByRole('button', { name: 'Record the answer', exact: true }).click();
    await page
      .getByText(/ left$/)
      .first()
      .waitFor();
    await page.locator('li', { hasText: 'Only for warehouses.' }).first().waitFor();
  });

  it('makes a revision of other changes, shows the difference, and rejects it with a reason, by keyboard alone', async () => {
    await open(hostile);
    await page.getByText('Decide', { exact: true }).waitFor();
    await page.keyboard.press('m');
    await page.getByLabel('lifetime_minutes').fill('75');
    await page.getByRole('textbox', { name: 'Reason' }).fill('A smaller step first.');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make the revision' }).click();
    await page.getByRole('link', { name: /The revision/ }).click();
    await page.getByText('revision 1', { exact: true }).waitFor();
    await page.getByText('Revision 1, this one').waitFor();
    await status().and(page.getByText('ELIGIBLE')).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('Too short');
    expect(await page.getByRole('button', { name: 'Reject for good' }).isDisabled()).toBe(true);
    await page.keyboard.type(', and no need for it.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Done. The contract is REJECTED.').waitFor();
  });

  it('approves with this browser’s key after an explicit yes, and shows what comes of it as it happens', async () => {
    await open(burst);
    await page.getByText('Decide', { exact: true }).waitFor();
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog', { name: 'Approve the contract' });
    await dialog.getByLabel('Sign with').waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await dialog.getByRole('button', { name: 'Sign and approve' }).isDisabled()).toBe(true);
    while ((await dialog.locator('input[type=checkbox]:focus').count()) === 0) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.getByText(/Done\. The contract is (APPROVED|ACTIVE)\./).waitFor();
    await page.getByText('COMPLETED').first().waitFor({ timeout: 60_000 });
    await page.locator('summary', { hasText: 'Audit' }).getByText('PASS').waitFor();
    await page.getByText('auditor PASS').waitFor();
    await page.getByRole('button', { name: 'Proofs' }).click();
    await page.getByText(`npm run mandate -- prove ${burst}`).waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  it('CHAIN-002: gives the proof file of the contract, which the verifier finds to hold', async () => {
    await open(burst);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Proof file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`mandate-proof-${burst}.json`);
    const file = await download.path();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 'mandate-proof-v1', contract_id: burst });
    // Where there is no Python for it, the verifier's own tests say so.
    if ('missing' in python) return;
    const root = join(world.chain.world.keysDir, 'root.pub');
    const verified = spawnSync(python.command, [join(repositoryDir, 'verify/verify.py'), file, root]);
    expect([verified.status, verified.stdout.toString()]).toEqual([0, expect.stringMatching(/^HOLDS: /m)]);
  });

  it('shows a rollback, and has its incident acknowledged and resolved with a signature', async () => {
    const depth = await world.contract(DEPTH);
    await open(depth);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByLabel('I have reviewed this contract').check();
    await page.getByRole('button', { name: 'Sign and approve' }).click();
    await page.getByText('ROLLED BACK').first().waitFor({ timeout: 90_000 });
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Acknowledge…' }).click();
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await page.getByText('Acknowledged by founder@local.').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('link', { name: DEPTH.subject }).click();
    await page.getByRole('button', { name: 'Resolve…' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('The search is as it was; the catalogue team knows.');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign and resolve' }).click();
    await page.getByText('Resolved by founder@local.').waitFor();
  });

  it('lists an issue that only a human can deal with, until it is acknowledged with a note', async () => {
    await page.goto(`${world.url}/attention`);
    const issue = page.locator('li', { hasText: THANKS.subject });
    await issue.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill('Answered by hand.');
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
    await issue.waitFor({ state: 'detached' });
    expect(await barriers(page)).toEqual([]);
  });

  it('fits 360 pixels and the dark, without a barrier, on every page', async () => {
    const small = await world.signedIn({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    for (const path of [
      '/',
      '/attention',
      '/keys',
      `/contracts/${burst}`,
      `/contracts/${hostile}`,
      `/contracts/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`,
    ]) {
      await small.page.goto(`${world.url}${path}`);
      await small.page.getByText('Live', { exact: true }).waitFor();
      await expectCount(small.page, '[aria-label^="Loading"]', 0);
      expect([path, await overflow(small.page)]).toEqual([path, 0]);
      expect([path, await barriers(small.page)]).toEqual([path, []]);
    }
    expect(await ground(small.page)).toBe('rgb(19, 22, 25)');
    await small.page.getByRole('button', { name: /^Colours: Auto/ }).click();
    expect(await ground(small.page)).toBe('rgb(245, 246, 248)');
    await small.context.close();
  });

  it('says when changes no longer arrive, and goes on by itself', async () => {
    await page.goto(world.url);
    await page.getByText('Live', { exact: true }).waitFor();
    await world.chain.kill('review');
    await page.getByText('This page may be out of date.').waitFor();
    expect(await barriers(page)).toEqual([]);
    await world.chain.start('review');
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
    await page.getByText('This page may be out of date.').waitFor({ state: 'detached' });
  });
});

const ground = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');

async function expectCount(page: Page, selector: string, count: number): Promise<void> {
  const found = page.locator(selector);
  for (const until = performance.now() + 10_000; performance.now() < until; ) {
    if ((await found.count()) === count) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  expect(await found.count()).toBe(count);
}
