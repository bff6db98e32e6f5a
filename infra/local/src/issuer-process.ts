import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startIdentityProvider } from './identity-provider';

/** The environment of the OpenID provider's process. */
export interface IssuerEnv {
  readonly HTTP_PORT: string;
  readonly HTTP_HOST?: string;
  readonly ISSUER_KEY_FILE: string;
  readonly CLIENT_SECRET_FILE: string;
  /** Where the review page is, as browsers name it. */
  readonly PAGE_URL: string;
}

/** The OpenID provider in a process of its own: what runs it holds the root's key and serves nobody. */
async function main(env: IssuerEnv): Promise<void> {
  const provider = await startIdentityProvider({
    port: Number(env.HTTP_PORT),
    host: env.HTTP_HOST,
    key: createPrivateKey(readFileSync(env.ISSUER_KEY_FILE)),
    client: { secret: readFileSync(env.CLIENT_SECRET_FILE, 'utf8'), pageUrls: [env.PAGE_URL] },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void provider.stop());
  console.log(`Issuing tokens as ${provider.url}.`);
  process.send?.({ url: provider.url });
}

if (require.main === module) {
  main(process.env as unknown as IssuerEnv).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
