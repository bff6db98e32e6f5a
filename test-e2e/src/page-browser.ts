import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const DESK = { width: 1360, height: 900 };
const PHONE = { width: 360, height: 740 };

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** People with browsers before the page. */
export class PageBrowser {
  /** What the browser complained about: an error in a script, or something the page's policy refused. */
  readonly complaints: string[] = [];

  protected constructor(
    private readonly browser: Browser,
    readonly url: string,
  ) {}

  /** A person's browser, empty as after its installation. */
  async person(options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; page: Page }> {
    const context = await this.browser.newContext({ viewport: DESK, timezoneId: 'Europe/Berlin', ...options });
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

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** What axe finds against the page as it is; nothing should be. */
export async function barriers(page: Page): Promise<string[]> {
  // Legacy: it opens no page of its own to sum up; the page has no frames.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

/** How far the page reaches beyond its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What stands against the page as it is: on a desk in the light, and on a telephone in the dark. Nothing should. */
export async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const [viewport, colorScheme] of [
    [PHONE, 'dark'],
    [DESK, 'light'],
  ] as const) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const beyond = await overflow(page);
    const against = [...(beyond > 0 ? [`it reaches ${beyond} px beyond its window`] : []), ...(await barriers(page))];
    found.push(...against.map((fault) => `${viewport.width} px, ${colorScheme}: ${fault}`));
  }
  return found;
}
