import { Database, type KitOverrides, type RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { checkAnswer } from './answer-check';
import { ReviewStory } from './review-story';
import { TestIssuer } from './test-issuer';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not typed
export type Json = any;
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

const LIMIT_MS = 15_000;

/** A world with the review service in it, its issuer, and a founder's way of asking. */
export class ReviewWorld {
  private keys = 0;

  private constructor(
    readonly world: World,
    readonly issuer: TestIssuer,
    readonly review: RunningService,
  ) {}

  /** Everything, ready to be asked. @param page where browsers reach it, if any do */
  static async open(page: string | null = null): Promise<ReviewWorld> {
    const opened = await ReviewWorld.openUnready(page);
    await opened.becomeReady();
    return opened;
  }

  /** The service answers, but has neither a registry nor health yet. */
  static async openUnready(page: string | null = null): Promise<ReviewWorld> {
    const [world, issuer] = await Promise.all([World.open(), TestIssuer.start(page ?? undefined)]);
    const extra = page === null ? {} : signInAt(page, issuer);
    return new ReviewWorld(world, issuer, await ReviewWorld.start(world, issuer, {}, false, extra));
  }

  async becomeReady(): Promise<void> {
    await this.world.seed();
    await this.world.ready(this.review);
    await this.eventually('/api/v1/contracts', () => true);
  }

  private static start(
    world: World,
    issuer: TestIssuer,
    overrides: KitOverrides = {},
    waitReady = true,
    extra: Readonly<Record<string, string>> = {},
  ) {
    const env = { OIDC_ISSUER: issuer.url, ACTION_WAIT: '2s', ...extra };
    return world.start('review', AppModule, env, overrides, waitReady);
  }

  /** Runs the service beside the first one, only to rebuild the projections. Returns how many messages that took. */
  async rebuild(): Promise<number> {
    let report: (messages: number) => void = () => undefined;
    const rebuilt = new Promise<number>((resolve) => {
      report = resolve;
    });
    const second = await ReviewWorld.start(this.world, this.issuer, { onRebuilt: (n) => report(n) }, false);
    const messages = await rebuilt;
    await this.world.stop(second);
    return messages;
  }

  /** Waits until everything that has been said is read: topics come in any order to one another. */
  async caughtUp(): Promise<void> {
    for (const until = performance.now() + 20_000; performance.now() < until; ) {
      const metrics = await (await fetch(this.url('/metrics'))).text();
      const lags = [...metrics.matchAll(/^mandate_consumer_lag\{.*\} (\d+)$/gm)].map(([, lag]) => Number(lag));
      if (lags.length > 0 && lags.every((lag) => lag === 0)) return;
      await new Promise((r) => setTimeout(r, 100));
    }
    throw new Error('review has not read everything after 20 s');
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.issuer.stop();
  }

  get database(): Database {
    return this.review.app.get(Database);
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.review.port}${path}`;
  }

  async ask(path: string, token: string | null = this.issuer.token()): Promise<Answer> {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    return answerOf(await fetch(this.url(path), { headers }), 'GET');
  }

  /** Posts an action, with an idempotency key of its own unless `headers` has one. */
  async act(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
    token = this.issuer.token(),
  ): Promise<Answer> {
    const standard = {
      'idempotency-key': `key-${this.keys++}`,
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    };
    const init = {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { ...standard, ...headers },
    };
    return answerOf(
      await fetch(this.url(`/api/v1/${path.startsWith('/') ? path.slice(1) : `contracts/${path}`}`), init),
      'POST',
    );
  }

  approve(story: ReviewStory, body: unknown = story.approval(), headers: Record<string, string> = {}): Promise<Answer> {
    const etag = `"${story.dossier.toString('hex')}"`;
    return this.act(`${story.contractId}/approve`, body, { 'if-match': etag, ...headers });
  }

  reject(story: ReviewStory, reason = 'not in this quarter', headers: Record<string, string> = {}): Promise<Answer> {
    return this.act(`${story.contractId}/reject`, { reason }, headers);
  }

  /** Asks until the answer fits; fails after the limit with what it was. */
  async eventually(path: string, fits: (body: Json) => boolean): Promise<Answer> {
    const until = performance.now() + LIMIT_MS;
    for (;;) {
      const answer = await this.ask(path);
      if (answer.status === 200 && fits(answer.body)) return answer;
      if (performance.now() > until) throw new Error(`never as wanted at ${path}: ${JSON.stringify(answer.body)}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  async shown(story: ReviewStory, fits: (page: Json) => boolean = () => true): Promise<Json> {
    return (await this.eventually(`/api/v1/contracts/${story.contractId}`, fits)).body;
  }

  /** An ELIGIBLE contract that review shows. */
  async told(terms: ConstructorParameters<typeof ReviewStory>[1] = {}): Promise<ReviewStory> {
    const story = await new ReviewStory(this.world, terms).eligible();
    await this.shown(story);
    return story;
  }

  /** The next decision that review says about a contract. */
  decided(story: ReviewStory) {
    return this.world.next('ReviewDecided', (m) => m.value.contract_id === story.contractId);
  }

  /** How many decisions review has said about a contract so far. */
  decisionsOn(story: ReviewStory): number {
    return this.world.all('ReviewDecided').filter((m) => m.value.contract_id === story.contractId).length;
  }
}

/** What it takes for somebody to sign in with a browser. */
function signInAt(page: string, issuer: TestIssuer): Record<string, string> {
  return {
    HTTP_PORT: new URL(page).port,
    PUBLIC_URL: page,
    // Nobody is there: who wants an auditor plays one.
    AUDITOR_PUBLIC_URL: 'http://localhost:9',
    OIDC_CLIENT_ID: TestIssuer.clientId,
    OIDC_CLIENT_SECRET_FILE: issuer.clientSecretFile,
  };
}

/** An answer; what the OpenAPI document does not say of it fails the test. */
export async function answerOf(response: Response, method: string): Promise<Answer> {
  const { status, headers, url } = response;
  const body = (await response.json()) as Json;
  checkAnswer(method, url, status, headers.get('content-type') ?? '', body);
  return { status, headers, body };
}
