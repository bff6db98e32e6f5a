import { writeFileSync } from 'node:fs';
import { Database, type RunningService, TestClock } from '@mandate/service-kit';
import { freePorts } from '../../../infra/local/src/ports';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { Browser } from './browser';
import { TestIssuer } from './test-issuer';

/** The review service with a real OpenID provider beside it, and a clock that a test moves. */
export class SignInWorld {
  private constructor(
    readonly world: World,
    readonly issuer: TestIssuer,
    readonly review: RunningService,
    readonly page: string,
    readonly clock: TestClock,
  ) {}

  static async open(extra: Readonly<Record<string, string>> = {}): Promise<SignInWorld> {
    const [port] = (await freePorts(1)) as [number];
    const page = `http://localhost:${port}`;
    const [world, issuer] = await Promise.all([World.open({ observes: false }), TestIssuer.start(page)]);
    const operators = `${world.keysDir}/operators.json`;
    writeFileSync(operators, JSON.stringify([{ token_sha256: OPERATOR_DIGEST, operator: 'operator@local' }]));
    const clock = new TestClock(Date.now());
    const env = {
      HTTP_PORT: String(port),
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: TestIssuer.clientId,
      OIDC_CLIENT_SECRET_FILE: issuer.clientSecretFile,
      OPERATOR_TOKENS_FILE: operators,
      PUBLIC_URL: page,
      ...extra,
    };
    const review = await world.start('review', AppModule, env, { clock }, false);
    return new SignInWorld(world, issuer, review, page, clock);
  }

  get database(): Database {
    return this.review.app.get(Database);
  }

  browser(): Browser {
    return new Browser(this.page);
  }

  async signedIn(person?: string): Promise<Browser> {
    const browser = this.browser();
    await browser.signIn(person);
    return browser;
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.issuer.stop();
  }
}

export const OPERATOR_TOKEN = 'operator';
/** SHA-256 of it. */
const OPERATOR_DIGEST = '06e55b633481f7bb072957eabcf110c972e86691c3cfedabe088024bffe42f23';
