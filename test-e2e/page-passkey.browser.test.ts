import { generateKeyPairSync, sign } from 'node:crypto';
import { keyIdOf, rawPublicKey, sha256 } from '@mandate/contracts';
import type { Page } from 'playwright-core';
import { findBrowser } from './src/browser-program';
import { enrol, otherSite, PageChain } from './src/page-chain';
import { Authenticator, assertion, post } from './src/passkeys';

jest.setTimeout(120_000);

const program = findBrowser();
const inBrowser = program ? describe : describe.skip;

inBrowser('a founder’s passkey', () => {
  let world: PageChain;
  let page: Page;
  let authenticator: Authenticator;
  /** Approved in the page, as a founder does. */
  let burst: string;
  /** Under attack. */
  let rows: string;
  /** What the page sent when it approved. */
  let sent: { statement: string; signature: string; key_id: string };

  beforeAll(async () => {
    world = await PageChain.open(program as string);
    [burst, rows] = await Promise.all([
      world.contract({
        reference: 'KEY-1',
        subject: 'Bursts',
        body: 'Please raise the burst size of the API rate limit from 20 to 40.',
      }),
      world.contract({
        reference: 'KEY-2',
        subject: 'Exports',
        body: 'Please raise the row limit of bulk export from 10000 to 20000.',
      }),
    ]);
    ({ page } = await world.person());
    authenticator = await Authenticator.of(page);
    await page.goto(`${world.url}/keys`);
    await world.signIn(page);
  });
  afterAll(() => world?.close());

  const draft = async (id: string) => (await post(page, `/contracts/${id}/approval-statement`, {})).body;
  const digestOf = (statement: string) => (JSON.parse(statement) as { dossier_digest: string }).dossier_digest;
  const approve = (id: string, body: { statement: string; signature?: string; key_id?: string }) =>
    post(page, `/contracts/${id}/approve`, body, digestOf(body.statement));

  it('is made in the page, enrolled, and signs an approval whose challenge is the statement’s digest', async () => {
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.locator('li', { hasText: 'Passkey' }).getByText('active').waitFor();
    page.on('request', (request) => {
      if (request.url().endsWith('/approve')) sent ??= request.postDataJSON() as typeof sent;
    });
    await page.goto(`${world.url}/contracts/${burst}`);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByLabel('Sign with').selectOption({ index: 0 });
    await page.getByLabel('I have reviewed this contract').check();
    await page.getByRole('button', { name: 'Sign and approve' }).click();
    await page.getByText(/Done\. The contract is (APPROVED|ACTIVE)\./).waitFor();
    const assertion = JSON.parse(Buffer.from(sent.signature, 'base64').toString()) as { client_data_json: string };
    const client = JSON.parse(Buffer.from(assertion.client_data_json, 'base64url').toString()) as { challenge: string };
    expect(client.challenge).toBe(sha256(sent.statement).toString('base64url'));
    const { value } = await world.chain.reaches(burst, 'COMPLETED');
    expect(value.approval?.key_id).toBe(sent.key_id);
  });

  it('is refused with an assertion of another origin of the same name (PART2-002)', async () => {
    const site = await otherSite();
    const { context, page: elsewhere } = await world.person();
    const copy = await Authenticator.of(elsewhere);
    await elsewhere.goto(site.url);
    await copy.copy(authenticator);
    const { statement, challenge } = await draft(rows);
    const signature = await assertion(elsewhere, challenge);
    expect((await approve(rows, { statement, signature, key_id: sent.key_id })).body.code).toBe(
      'FOUNDER_SIGNATURE_INVALID',
    );
    await context.close();
    site.stop();
  });

  it('is refused with an assertion over another challenge, and without one (PART2-002)', async () => {
    const { statement } = await draft(rows);
    const signature = await assertion(page, sha256('another statement').toString('base64url'));
    expect((await approve(rows, { statement, signature, key_id: sent.key_id })).body.code).toBe(
      'FOUNDER_SIGNATURE_INVALID',
    );
    expect((await approve(rows, { statement })).body.code).toBe('SIGNATURE_MISSING');
  });

  it('is refused with an assertion that was used before, for its own contract or for another (PART2-002)', async () => {
    const { statement } = await draft(rows);
    const { signature, key_id } = sent;
    expect((await approve(rows, { statement, signature, key_id })).body.code).toBe('FOUNDER_SIGNATURE_INVALID');
    const replayed = await post(page, `/contracts/${rows}/approve`, sent, digestOf(statement));
    expect(replayed.status).toBeGreaterThanOrEqual(400);
    expect((await approve(burst, sent)).status).toBe(409);
  });

  it('is refused where its counter has not grown, as with a copy of the authenticator (PART2-002)', async () => {
    const { context, page: twin } = await world.person();
    const copy = await Authenticator.of(twin);
    await twin.goto(world.url);
    await copy.copy(authenticator, 0);
    const { statement, challenge } = await draft(rows);
    const signature = await assertion(twin, challenge);
    expect((await approve(rows, { statement, signature, key_id: sent.key_id })).body.code).toBe('PASSKEY_REUSED');
    await context.close();
  });

  it('is not replaced by another founder’s key (PART2-002)', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key_id = keyIdOf(privateKey);
    enrol(world.chain, {
      founder: 'other@local',
      key_id,
      kind: 'ed25519',
      public_key: rawPublicKey(privateKey).toString('base64'),
    });
    await new Promise((enrolled) => setTimeout(enrolled, 1_000));
    const { statement } = await draft(rows);
    const signature = sign(null, Buffer.from(statement), privateKey).toString('base64');
    expect((await approve(rows, { statement, signature, key_id })).body.code).toBe('FOUNDER_KEY_UNKNOWN');
  });

  it('approves after all that with an assertion of its own', async () => {
    const { statement, challenge } = await draft(rows);
    const signature = await assertion(page, challenge);
    expect((await approve(rows, { statement, signature, key_id: sent.key_id })).body.outcome).toBe('APPLIED');
  });
});
