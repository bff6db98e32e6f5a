import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FounderKey, readManifest, signManifest, withFounderKey } from '@mandate/contracts';
import { Authenticator, type Otherwise } from './authenticator';
import type { Browser } from './browser';
import { ReviewStory } from './review-story';
import type { Json } from './review-world';
import { OPERATOR_TOKEN, SignInWorld } from './sign-in-world';

describe('founders’ keys', () => {
  let w: SignInWorld;
  let browser: Browser;
  let passkey: Authenticator;
  let requests = 0;

  beforeAll(async () => {
    w = await SignInWorld.open({ ACTION_WAIT: '0ms', RATE_SIGN_INS: '1000' });
    await w.world.seed();
    await w.world.ready(w.review);
    browser = await w.signedIn();
    passkey = new Authenticator(w.page);
  }, 60_000);
  afterAll(() => w?.close());

  const body = async (response: Promise<Response>): Promise<Json> => {
    const answer = await response;
    return { http: answer.status, ...((await answer.json()) as object) };
  };
  const challenge = async (of: Browser = browser): Promise<string> =>
    (await body(of.post('/founder-keys/options', {}))).publicKey.challenge;
  const enrol = (made: object, of: Browser = browser) =>
    body(of.post('/founder-keys', { kind: 'passkey', label: 'Laptop', response: made }));
  const keys = async (): Promise<Json[]> => (await body(browser.send(`${w.page}/api/v1/session`))).keys;
  const pending = async (token = OPERATOR_TOKEN): Promise<Json> =>
    body(
      fetch(`${w.page}/api/v1/founder-keys/pending`, { headers: token ? { authorization: `Bearer ${token}` } : {} }),
    );
  const statusOf = async (keyId: string) => (await keys()).find((key) => key.key_id === keyId)?.status;

  /** What the holder of the root key does. */
  async function signRoot(entry: FounderKey): Promise<void> {
    const file = join(w.world.keysDir, 'authority.json');
    const root = createPrivateKey(readFileSync(join(w.world.keysDir, 'root.pem')));
    const before = readManifest(readFileSync(file, 'utf8'), createPublicKey(root));
    writeFileSync(file, signManifest(withFounderKey(before, entry), root));
    for (const until = performance.now() + 10_000; performance.now() < until; ) {
      if ((await statusOf(entry.key_id)) === 'active') return;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error('the key never became active');
  }

  async function contract(): Promise<string> {
    const { contractId } = await new ReviewStory(w.world).eligible();
    for (const until = performance.now() + 10_000; performance.now() < until; ) {
      if ((await browser.send(`${w.page}/api/v1/contracts/${contractId}`)).ok) return contractId;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error('the contract is never shown');
  }

  async function statementFor(contractId: string): Promise<{ statement: string; etag: string }> {
    const shown = await browser.send(`${w.page}/api/v1/contracts/${contractId}`);
    const etag = shown.headers.get('etag') as string;
    const { statement } = await body(
      browser.post(`/contracts/${contractId}/approval-statement`, {}, { 'if-match': etag }),
    );
    return { statement, etag };
  }

  const approve = (contractId: string, signed: object, etag: string) =>
    body(
      browser.post(`/contracts/${contractId}/approve`, signed, {
        'if-match': etag,
        'idempotency-key': `key-${requests++}`,
      }),
    );

  it('asks an authenticator for a passkey that identifies its person', async () => {
    const { publicKey } = await body(browser.post('/founder-keys/options', {}));
    expect(publicKey.rp.id).toBe('localhost');
    expect(publicKey.authenticatorSelection).toMatchObject({
      residentKey: 'preferred',
      userVerification: 'required',
    });
    expect(publicKey.pubKeyCredParams.map(({ alg }: { alg: number }) => alg)).toEqual([-7, -8]);
  });

  it.each<[string, Otherwise]>([
    ['of another origin', { origin: 'http://elsewhere.example' }],
    ['of another site', { rpId: 'elsewhere.example' }],
    ['that did not identify its person', { flags: 0x01 }],
    ['for another challenge', { challenge: 'x' }],
  ])('PART2-002: takes no passkey %s', async (_, otherwise) => {
    const made = new Authenticator(w.page).register(otherwise.challenge ?? (await challenge()), otherwise);
    expect(await enrol(made)).toMatchObject({ http: 422, code: 'REGISTRATION_INVALID' });
  });

  it('PART2-002: takes a challenge once, in the session that asked for it, while it is fresh', async () => {
    const foreign = await challenge(await w.signedIn());
    expect(await enrol(new Authenticator(w.page).register(foreign))).toMatchObject({ code: 'REGISTRATION_INVALID' });
    const once = await challenge();
    const [first, second] = [new Authenticator(w.page), new Authenticator(w.page)];
    expect((await enrol(first.register(once))).http).toBe(202);
    expect(await enrol(second.register(once))).toMatchObject({ code: 'REGISTRATION_INVALID' });
    const late = await challenge();
    w.clock.advance(300_000);
    expect(await enrol(second.register(late))).toMatchObject({ code: 'REGISTRATION_INVALID' });
  });

  it('keeps a new passkey pending until the root’s holder has signed a manifest that names it', async () => {
    const made = passkey.register(await challenge());
    expect(await enrol(made)).toEqual({ http: 202, key_id: passkey.keyId, status: 'pending' });
    expect(await statusOf(passkey.keyId)).toBe('pending');
    const waiting = (await pending()).pending.find((each: Json) => each.entry.key_id === passkey.keyId);
    expect(waiting).toMatchObject({
      label: 'Laptop',
      entry: {
        ...{ founder: 'founder@local', kind: 'passkey', rp_id: 'localhost', origin: w.page },
        public_key: passkey.spki.toString('base64'),
      },
    });
    await signRoot(waiting.entry);
    const left = (await pending()).pending.map((each: Json) => each.entry.key_id);
    expect(left).not.toContain(passkey.keyId);
  });

  it('shows what is pending to operators alone', async () => {
    for (const token of ['', 'not an operator', w.issuer.token()])
      expect(await pending(token)).toMatchObject({ http: 401, code: 'NOT_AN_OPERATOR' });
  });

  it('takes no key from a script: a token alone does not lead to a key', async () => {
    const init = {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${w.issuer.token()}` },
    };
    const answer = await body(fetch(`${w.page}/api/v1/founder-keys/options`, init));
    expect(answer).toMatchObject({ http: 403, code: 'SESSION_NEEDED' });
  });

  it('takes a browser’s key on a local run, and only a P-256 one', async () => {
    const spki = (namedCurve: string) =>
      generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const ask = (public_key_spki: string) =>
      body(browser.post('/founder-keys', { kind: 'browser', label: 'This browser', public_key_spki }));
    const taken = spki('P-256');
    expect(await ask(taken)).toMatchObject({ status: 'pending' });
    expect(await ask(taken)).toMatchObject({ http: 409, code: 'KEY_KNOWN' });
    expect(await ask(spki('P-384'))).toMatchObject({ http: 422, code: 'REGISTRATION_INVALID' });
  });

  it('PART2-002: takes an approval that a passkey signed, once', async () => {
    const contractId = await contract();
    const { statement, etag } = await statementFor(contractId);
    const signed = { statement, signature: passkey.sign(statement), key_id: passkey.keyId };
    expect(await approve(contractId, signed, etag)).toMatchObject({ outcome: 'PENDING' });
    expect(await approve(contractId, signed, etag)).toMatchObject({ http: 422, code: 'PASSKEY_REUSED' });
    const recorded = await w.database.rows<{ session_id: string }>('SELECT session_id FROM review_events');
    const [session] = await w.database.rows<{ session_id: string }>(
      'SELECT session_id FROM sessions ORDER BY started_at LIMIT 1',
    );
    expect(recorded[0]?.session_id).toBe(session?.session_id);
  });

  it.each<[string, Otherwise, string]>([
    ['on a page of another origin', { origin: 'http://elsewhere.example' }, 'FOUNDER_SIGNATURE_INVALID'],
    ['for another site', { rpId: 'elsewhere.example' }, 'FOUNDER_SIGNATURE_INVALID'],
    ['on another challenge', { challenge: 'AAAA' }, 'FOUNDER_SIGNATURE_INVALID'],
    ['without identifying the person', { flags: 0x01 }, 'FOUNDER_SIGNATURE_INVALID'],
    ['with a counter that does not grow', { count: 1 }, 'PASSKEY_REUSED'],
    ['with a counter that has vanished', { count: 0 }, 'PASSKEY_REUSED'],
  ])('PART2-002: refuses an approval signed %s', async (_, otherwise, code) => {
    const contractId = await contract();
    const { statement, etag } = await statementFor(contractId);
    const signed = { statement, signature: passkey.sign(statement, otherwise), key_id: passkey.keyId };
    expect(await approve(contractId, signed, etag)).toMatchObject({ code });
  });

  it('PART2-002: refuses a replayed assertion, another key’s signature, and another founder’s key', async () => {
    const contractId = await contract();
    const earlier = await statementFor(contractId);
    const signature = passkey.sign(earlier.statement);
    const { statement, etag } = await statementFor(contractId);
    const replayed = { statement, signature, key_id: passkey.keyId };
    expect(await approve(contractId, replayed, etag)).toMatchObject({ code: 'FOUNDER_SIGNATURE_INVALID' });
    const stranger = new Authenticator(w.page);
    const claimed = { statement, signature: stranger.sign(statement), key_id: passkey.keyId };
    expect(await approve(contractId, claimed, etag)).toMatchObject({ code: 'FOUNDER_SIGNATURE_INVALID' });
    const entry: FounderKey = {
      ...{ founder: 'ada', key_id: stranger.keyId, kind: 'passkey', public_key: stranger.spki.toString('base64') },
      ...{ rp_id: 'localhost', origin: w.page },
    };
    const file = join(w.world.keysDir, 'authority.json');
    const root = createPrivateKey(readFileSync(join(w.world.keysDir, 'root.pem')));
    writeFileSync(
      file,
      signManifest(withFounderKey(readManifest(readFileSync(file, 'utf8'), createPublicKey(root)), entry), root),
    );
    await new Promise((r) => setTimeout(r, 1_000));
    const others = { statement, signature: stranger.sign(statement), key_id: stranger.keyId };
    expect((await approve(contractId, others, etag)).code).toMatch(
      /^(FOUNDER_KEY_UNKNOWN|STATEMENT_FOR_ANOTHER_FOUNDER)$/,
    );
  });
});
