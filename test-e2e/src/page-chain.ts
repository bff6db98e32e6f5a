import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type FounderKey, readManifest, sha256, signManifest, withFounderKey } from '@mandate/contracts';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { FullChain } from './full-chain';

const ENROLMENT_POLL_MS = 200;
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** All eight services, an OpenID provider, whoever enrols keys, and a browser before the page. */
export class PageChain {
  /** What the browser complained about: an error in a script, or something the page's policy refused. */
  readonly complaints: string[] = [];

  private constructor(
    readonly chain: FullChain,
    private readonly browser: Browser,
    private readonly enrolment: NodeJS.Timeout,
  ) {}

  /** @param prepare what is set before the services start */
  static async open(executablePath: string, prepare: (chain: FullChain) => void = () => undefined): Promise<PageChain> {
    const chain = await FullChain.open();
    prepare(chain);
    const operatorToken = randomBytes(24).toString('base64url');
    const operators = join(chain.world.keysDir, 'operators.json');
    const digest = sha256(operatorToken).toString('hex');
    writeFileSync(operators, JSON.stringify([{ token_sha256: digest, operator: 'operator@local' }]));
    // The services' processes inherit it.
    process.env['OPERATOR_TOKENS_FILE'] = operators;
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    await chain.startAll();
    const look = () => void enrolPending(chain, operatorToken).catch(() => undefined);
    return new PageChain(chain, browser, setInterval(look, ENROLMENT_POLL_MS));
  }

  get url(): string {
    return this.chain.pageUrl;
  }

  /** A person's browser, empty as after its installation. */
  async person(options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; page: Page }> {
    const context = await this.browser.newContext({
      viewport: { width: 1360, height: 900 },
      timezoneId: 'Europe/Berlin',
      ...options,
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    page.on('console', (message) => {
      const isExpected = message.text().includes('Failed to load resource');
      if (['error', 'warning'].includes(message.type()) && !isExpected) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('dialog', (dialog) => {
      this.complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return { context, page };
  }

  /** A browser in which somebody has signed in. */
  async signedIn(
    options: BrowserContextOptions = {},
    who = 'founder@local',
  ): Promise<{ context: BrowserContext; page: Page }> {
    const { context, page } = await this.person(options);
    await page.goto(this.url);
    await this.signIn(page, who);
    return { context, page };
  }

  async signIn(page: Page, who = 'founder@local'): Promise<void> {
    await page
      .getByRole('link', { name: 'Sign in' })
      .click()
      .catch(async (error: Error) => {
        throw new Error(`${error.message}\nThe page says: ${await page.locator('body').textContent()}`);
      });
    await page.getByRole('button', { name: who }).click();
    await page.waitForURL((url) => url.href.startsWith(this.url));
  }

  /** A CRM's issue, and its contract once it is ELIGIBLE and review has heard of it. */
  async contract(issue: { reference: string; subject: string; body: string }): Promise<string> {
    await this.chain.world.issue(issue);
    const { value } = await this.chain.eligible(issue.reference);
    return value.contract_id;
  }

  async close(): Promise<void> {
    clearInterval(this.enrolment);
    await this.browser.close();
    await this.chain.close();
    delete process.env['OPERATOR_TOKENS_FILE'];
  }
}

/** What axe finds against the page as it is; nothing should be. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

/** How far the page reaches beyond its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** The founders' keys that wait, signed into the manifest by the root, as a local stack does. */
async function enrolPending(chain: FullChain, operatorToken: string): Promise<void> {
  const headers = { authorization: `Bearer ${operatorToken}` };
  const response = await fetch(`${chain.url('review')}/api/v1/founder-keys/pending`, { headers });
  if (!response.ok) return;
  const { pending } = (await response.json()) as { pending: { entry: FounderKey }[] };
  for (const { entry } of pending) enrol(chain, entry);
}

/** Signs one more founder's key into the manifest. */
export function enrol(chain: FullChain, key: FounderKey): void {
  const { keysDir } = chain.world;
  const file = join(keysDir, 'authority.json');
  const root = createPrivateKey(readFileSync(join(keysDir, 'root.pem')));
  const before = readManifest(readFileSync(file, 'utf8'), createPublicKey(root));
  if (before.founders.some((known) => known.key_id === key.key_id)) return;
  writeFileSync(`${file}.new`, signManifest(withFounderKey(before, key), root));
  renameSync(`${file}.new`, file);
}

/** A site of somebody else's, of the same host name. */
export async function otherSite(): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>elsewhere</title>'),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return { url: `http://localhost:${port}`, stop: () => void server.close() };
}
