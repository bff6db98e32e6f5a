import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findBrowser } from './src/browser-program';
import { barriers } from './src/page-browser';
import { PageChain } from './src/page-chain';

jest.setTimeout(180_000);

const program = findBrowser();
// `npm test` installs a Chromium where it may, says so where it may not, and counts these as skipped.
const inBrowser = program ? describe : describe.skip;

const BURST = {
  reference: 'ATTEST-1',
  subject: 'Bursts are cut off',
  body: 'Please raise the burst size of the API rate limit from 20 to 40.',
};

inBrowser('an audit that cannot tell, on the page', () => {
  let world: PageChain;
  let page: Page;

  beforeAll(async () => {
    world = await PageChain.open(program as string, (chain) => {
      // The gate judges by rules that nobody has told the auditor of: it cannot judge again.
      const rules = join(chain.world.keysDir, 'rules.yaml');
      writeFileSync(rules, 'rival_window: 1h\n');
      chain.extraEnv.set('eligibility', { RULES_FILE: rules });
      chain.extraEnv.set('auditor', { AUDIT_WAIT: '1s', AUDIT_RETRY: '500ms' });
    });
    ({ page } = await world.signedIn());
  });
  afterAll(() => world?.close());
  afterEach(() => expect(world.complaints.splice(0)).toEqual([]));

  it('AM-04: the founder attests the one check with a signed reason, and the auditor says PASS', async () => {
    const contract = await world.contract(BURST);
    await page.goto(`${world.url}/keys`);
    await page.locator('li', { hasText: 'Browser key' }).getByText('active').waitFor();
    await page.goto(`${world.url}/contracts/${contract}`);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByLabel('I have reviewed this contract').check();
    await page.getByRole('button', { name: 'Sign and approve' }).click();
    await page.getByRole('button', { name: 'Resolve with context…' }).click({ timeout: 60_000 });
    const dialog = page.getByRole('dialog', { name: 'Resolve the audit with context' });
    await dialog.getByRole('checkbox', { name: /^ELIGIBILITY/ }).check();
    expect(await dialog.getByRole('checkbox').count()).toBe(1);
    expect(await dialog.getByRole('button', { name: 'Sign and attest' }).isDisabled()).toBe(true);
    await dialog
      .getByRole('textbox', { name: 'Reason' })
      .fill('The rules of that day are in our records, and they hold.');
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Sign and attest' }).click();
    await page.locator('summary', { hasText: 'Audit' }).getByText('PASS').first().waitFor({ timeout: 30_000 });
    await page.getByText('COMPLETED').first().waitFor({ timeout: 30_000 });
    await page.getByText('auditor PASS').waitFor();
    expect(await barriers(page)).toEqual([]);
  });
});
