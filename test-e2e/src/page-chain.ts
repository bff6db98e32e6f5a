import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type FounderKey, readManifest, sha256, signManifest, withFounderKey } from '@mandate/contracts';
import type { Browser } from 'playwright-core';
import { FullChain } from './full-chain';
import { launchBrowser, PageBrowser } from './page-browser';

const ENROLMENT_POLL_MS = 200;

/** All eight services, an OpenID provider, whoever enrols keys, and a browser before the page. */
export class PageChain extends PageBrowser {
  private constructor(
    readonly chain: FullChain,
    browser: Browser,
    private readonly enrolment: NodeJS.Timeout,
  ) {
    super(browser, chain.pageUrl);
  }

  /** @param prepare what is set before the services start */
  static async open(executablePath: string, prepare: (chain: FullChain) => void = () => undefined): Promise<PageChain> {
    const chain = await FullChain.open();
    chain.extraEnv.set('review', { AUDITOR_PUBLIC_URL: chain.url('auditor') });
    prepare(chain);
    const operatorToken = randomBytes(24).toString('base64url');
    const operators = join(chain.world.keysDir, 'operators.json');
    const digest = sha256(operatorToken).toString('hex');
    writeFileSync(operators, JSON.stringify([{ token_sha256: digest, operator: 'operator@local' }]));
    // The services' processes inherit it.
    process.env['OPERATOR_TOKENS_FILE'] = operators;
    const browser = await launchBrowser(executablePath);
    await chain.startAll();
    const look = () => void enrolPending(chain, operatorToken).catch(() => undefined);
    return new PageChain(chain, browser, setInterval(look, ENROLMENT_POLL_MS));
  }

  /** A CRM's issue, and its contract once it is ELIGIBLE and review has heard of it. */
  async contract(issue: { reference: string; subject: string; body: string }): Promise<string> {
    await this.chain.world.issue(issue);
    const { value } = await this.chain.eligible(issue.reference);
    return value.contract_id;
  }

  override async close(): Promise<void> {
    clearInterval(this.enrolment);
    await super.close();
    await this.chain.close();
    delete process.env['OPERATOR_TOKENS_FILE'];
  }
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
