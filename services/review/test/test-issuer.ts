import type { KeyObject } from 'node:crypto';
import { claimsOf, mintJwt, reviewAudience, reviewClientId } from '../../../infra/local/src/identity-provider';
import { type ProviderProcess, startProviderProcess } from '../../../infra/local/src/testing/provider-process';

/** A real OpenID provider of a test's own, which also makes tokens of any content. */
export class TestIssuer {
  static readonly clientId = reviewClientId;

  private constructor(private readonly provider: ProviderProcess) {}

  /** @param pageUrl  where the review page is, for those who sign in with a browser */
  static async start(pageUrl = 'http://localhost:1'): Promise<TestIssuer> {
    return new TestIssuer(await startProviderProcess(pageUrl));
  }

  get url(): string {
    return this.provider.url;
  }

  get clientSecretFile(): string {
    return this.provider.clientSecretFile;
  }

  /** A founder's token; `claims` and `header` change what it says, `key` who signs it. */
  token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key?: KeyObject): string {
    const standard = { subject: 'founder@local', roles: ['founder'], audience: reviewAudience, ttlS: 600 };
    const said = { ...claimsOf(this.url, standard, Date.now()), ...claims };
    // The key's name is the provider's also where another one signs: that is what has to be noticed.
    return mintJwt(key ?? this.provider.key, said, { kid: kidOf(mintJwt(this.provider.key, {})), ...header });
  }

  stop(): Promise<void> {
    return this.provider.stop();
  }
}

function kidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString()).kid;
}
