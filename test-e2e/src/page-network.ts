import type { Page, Route } from 'playwright-core';

/** Lets requests through, and none of their answers, until it is over. */
export async function loseAnswers(page: Page, pattern: string) {
  await page.route(pattern, async (route) => {
    await route.fetch();
    await route.abort();
  });
  return { over: () => page.unrouteAll({ behavior: 'wait' }) };
}

/** Keeps requests waiting until they are answered. */
export async function hold(page: Page, pattern: string, isWanted: (url: URL) => boolean = () => true) {
  const waiting: Route[] = [];
  let answer: { readonly status: number; readonly json: unknown } | null = null;
  await page.route(pattern, async (route) => {
    if (!isWanted(new URL(route.request().url()))) return route.continue();
    if (answer) return route.fulfill(answer);
    waiting.push(route);
  });
  return {
    /** Those that wait, and all that follow. */
    answerOthers: async (status: number, json: unknown): Promise<void> => {
      answer = { status, json };
      await Promise.all(waiting.splice(0).map((route) => route.fulfill({ status, json })));
    },
  };
}
