import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkAuthority,
  decodeMandate,
  encodeMandate,
  linkDigest,
  type Manifest,
  newId,
  type Proof,
  type Revocation,
  rawPublicKey,
  readManifest,
  type Service,
  sha256,
  signManifest,
  topicOf,
  withRevokedKey,
  withRotatedKey,
} from '@mandate/contracts';
import { citingOutside, Keyring, type RunningService, type Saying, say } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { EchoModule } from './echo';

jest.setTimeout(60_000);

/** The manifest is read again every 250 ms; a new key begins when everybody must have read it. */
const READ_BY_ALL_MS = 1_000;

describe('the keys of running services (CHAIN-002)', () => {
  let world: World;
  let service: RunningService;

  beforeAll(async () => {
    world = await World.open();
    await world.seed();
    service = await world.start('validator', EchoModule);
  });
  afterAll(() => world.close());

  const path = (name: string) => join(world.keysDir, name);
  const change = (edit: (manifest: Manifest) => Manifest) => {
    const root = createPrivateKey(readFileSync(path('root.pem')));
    const manifest = readManifest(readFileSync(path('authority.json'), 'utf8'), createPublicKey(root));
    writeFileSync(path('authority.json'), signManifest(edit(manifest), root));
  };
  const rotate = (of: Service): number => {
    const { privateKey } = generateKeyPairSync('ed25519');
    appendFileSync(path(`${of}.pem`), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const from = Date.now() + READ_BY_ALL_MS;
    change((manifest) => withRotatedKey(manifest, of, rawPublicKey(privateKey), from));
    return from;
  };
  const keyOf = (mandate: Buffer): string => decodeMandate(mandate)?.own.proof?.keyId ?? '';
  const issueOf = (subject: string, now: number) => {
    const issueId = newId(now);
    const origin = { source: 'support_ticket', source_system: 'desk', reference: subject, received_at: 1 };
    const saying: Saying<'IssueReceived'> = {
      message: 'IssueReceived',
      key: issueId,
      says: 'RECEIVED',
      issueId,
      version: 1,
      planDigest: null,
      cites: citingOutside(sha256(subject)),
      now,
      value: {
        issue_id: issueId,
        origin: { ...origin, submitter: null, tenant: null },
        idempotency_key: subject,
        subject,
        body: '',
        hints: { severity: null, capabilities: [], change: null },
        payload_digest: sha256(subject),
        recurrence_of: null,
        related_to: null,
        follows: null,
        status: 'RECEIVED',
        received_at: 1,
      },
    };
    return { issueId, saying };
  };
  const sayIssue = async (subject: string) => {
    const { issueId, saying } = issueOf(subject, Date.now());
    return { ...(await world.say('ingestion', saying)), issueId };
  };
  const proposalOn = (issueId: string) => world.next('ProposalMade', (m) => m.value.issue_id === issueId);
  const violations = async (): Promise<string> => {
    const metrics = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    return metrics
      .split('\n')
      .filter((line) => line.startsWith('mandate_authority_violations_total{'))
      .join('\n');
  };

  it("are rotated under load, the reader's and the writer's, and nothing is lost or refused", async () => {
    const before = keyOf((await proposalOn((await sayIssue('first')).issueId)).mandate);
    const from = Math.max(rotate('ingestion'), rotate('validator'));
    const said: string[] = [];
    while (Date.now() < from + 1_500) {
      said.push((await sayIssue(`load ${said.length}`)).issueId);
      await new Promise((r) => setTimeout(r, 20));
    }
    const proposals = await Promise.all(said.map(proposalOn));
    expect(new Set(proposals.map((p) => keyOf(p.mandate))).size).toBe(2);
    expect(keyOf((proposals.at(-1) as { mandate: Buffer }).mandate)).not.toBe(before);
    expect(await violations()).toBe('');
  });

  it('are revoked: a thief says nothing more, whatever time a link claims; the service goes on with its next key', async () => {
    const before = await sayIssue('before the theft');
    await proposalOn(before.issueId);
    writeFileSync(path('authority.before.json'), readFileSync(path('authority.json')));
    const thief = Keyring.load('ingestion', readFileSync(path('ingestion.pem'), 'utf8'), {
      ...{ file: path('authority.before.json'), environment: 'local' },
      rootPem: readFileSync(path('root.pub'), 'utf8'),
    });
    const stolen = keyOf(before.mandate);
    const from = rotate('ingestion');
    await new Promise((r) => setTimeout(r, from + 50 - Date.now()));
    change((manifest) => withRevokedKey(manifest, stolen, { at: Date.now(), trusted_offsets: {}, citable: [] }));
    await new Promise((r) => setTimeout(r, READ_BY_ALL_MS));

    const { saying, issueId } = issueOf('by a thief', from - 1_000);
    const forged = say(saying);
    const link = decodeMandate(forged.mandate)?.own.link as Buffer;
    const proof = (await thief.prove([link], from - 1_000))[0] as Proof;
    const header = encodeMandate({ own: { link, proof }, cause: null, may: null, approve: null });
    await world.send('ingestion', forged.topic, forged.key, forged.value, { mandate: header });
    await proposalOn((await sayIssue('after the theft')).issueId);
    expect(world.all('ProposalMade').filter((m) => m.value.issue_id === issueId)).toEqual([]);
    expect(await violations()).toMatch(/code="KEY_REVOKED"[^}]*\} 1/);
  });

  it('that are revoked still count by the place and the digest of what was said before', async () => {
    const { saying } = issueOf('long ago', Date.now());
    const said = say(saying);
    const [cause, own] = [world.keyring('ingestion'), world.keyring('validator')];
    const link = decodeMandate(said.mandate)?.own.link as Buffer;
    const proof = (await cause.prove([link], Date.now()))[0] as Proof;
    const mandate = encodeMandate({ own: { link, proof }, cause: null, may: null, approve: null });
    const digest = linkDigest(link).toString('hex');
    const root = createPrivateKey(readFileSync(path('root.pem')));
    const check = async (revoked: Omit<Revocation, 'at'>, offset: string) => {
      const known = readManifest(readFileSync(path('authority.json'), 'utf8'), createPublicKey(root));
      const manifest = withRevokedKey(known, proof.keyId, { at: Date.now(), ...revoked });
      own.adopt({ manifest, text: '' }, readFileSync(path('validator.pem'), 'utf8'));
      const authorised = checkAuthority(topicOf('IssueReceived'), said.key, said.value, mandate);
      return own.verify(authorised, { topic: said.topic, partition: 2, offset });
    };
    const trusted_offsets = { [`${said.topic}/2`]: 41 };
    await expect(check({ trusted_offsets, citable: [] }, '41')).resolves.toBeUndefined();
    await expect(check({ trusted_offsets, citable: [digest] }, '42')).rejects.toMatchObject({ code: 'KEY_REVOKED' });
  });
});
