import type { Browser } from 'playwright-core';
import { freePorts } from '../../infra/local/src/ports';
import { ReviewWorld } from '../../services/review/test/review-world';
import { launchBrowser, PageBrowser } from './page-browser';

/** The review service alone, told by a test whatever the others would say, and a browser before its page. */
export class PageAlone extends PageBrowser {
  private constructor(
    browser: Browser,
    url: string,
    readonly review: ReviewWorld,
  ) {
    super(browser, url);
  }

  static async open(executablePath: string): Promise<PageAlone> {
    const [port] = (await freePorts(1)) as [number];
    const url = `http://localhost:${port}`;
    const review = await ReviewWorld.open(url);
    return new PageAlone(await launchBrowser(executablePath), url, review);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.review.close();
  }
}
