import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { NoticeStore } from '../src/adapters/notice.store';
import { type Notice } from '../src/domain/notice';
import { SignInWorld } from './sign-in-world';

interface Post {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const ids = { contract: '0197f000-0000-7000-8000-000000000001', other: '0197f000-0000-7000-8000-000000000002' };

describe('telling the founder', () => {
  let w: SignInWorld;
  let mailServer: SMTPServer;
  let hookServer: Server;
  const mails: { readonly from: string; readonly to: string; readonly text: string }[] = [];
  const posts: Post[] = [];
  let isDown = false;
  const secret = randomBytes(32);

  beforeAll(async () => {
    mailServer = await startMailServer(
      (mail) => mails.push(mail),
      () => isDown,
    );
    hookServer = await startHookServer(
      (post) => posts.push(post),
      () => isDown,
    );
    const smtpFile = join(tmpdir(), `mandate-smtp-${process.pid}`);
    const secretFile = join(tmpdir(), `mandate-hook-${process.pid}`);
    const { port } = mailServer.server.address() as AddressInfo;
    writeFileSync(smtpFile, `smtp://127.0.0.1:${port}?ignoreTLS=true`);
    writeFileSync(secretFile, `whsec_${secret.toString('base64')}`);
    w = await SignInWorld.open({
      NOTIFY_SMTP_URL_FILE: smtpFile,
      NOTIFY_MAIL_TO: 'founder@example.com',
      NOTIFY_MAIL_FROM: 'mandate@example.com',
      NOTIFY_WEBHOOK_URL: `http://127.0.0.1:${(hookServer.address() as AddressInfo).port}/hook`,
      NOTIFY_WEBHOOK_SECRET_FILE: secretFile,
    });
    await w.world.seed();
    await w.world.ready(w.review);
  }, 60_000);
  afterAll(async () => {
    await w?.close();
    await new Promise<void>((done) => mailServer.close(() => done()));
    hookServer.closeAllConnections();
    hookServer.close();
    for (const name of ['SMTP_URL_FILE', 'MAIL_TO', 'MAIL_FROM', 'WEBHOOK_URL', 'WEBHOOK_SECRET_FILE'])
      delete process.env[`NOTIFY_${name}`];
  });

  const notice = (more: Partial<Notice> = {}): Notice => ({
    ...{
      aggregate: 'contract',
      aggregateId: ids.contract,
      version: 4,
      kind: 'EXPIRING',
      title: 'Raise it',
      at: w.clock.now(),
    },
    path: `/contracts/${more.aggregateId ?? ids.contract}`,
    ...more,
  });
  const tell = (...notices: Notice[]) =>
    w.database.transaction((tx) => w.review.app.get(NoticeStore).tell(tx, notices));
  const states = (id: string) =>
    w.database.rows<{ channel: string; state: string; attempts: number }>(
      'SELECT channel, state, attempts FROM notices WHERE aggregate_id = $1 ORDER BY channel',
      [id],
    );
  async function until(fits: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = performance.now() + 10_000; performance.now() < end; ) {
      if (await fits()) return;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error('it never came about');
  }

  it('goes by mail and by webhook, with a link to the page, and nothing that approves', async () => {
    await tell(notice({ title: 'See https://evil.example now\r\nBcc: x@evil.example' }));
    await until(() => mails.length === 1 && posts.length === 1);
    const [mail, post] = [mails[0] as (typeof mails)[number], posts[0] as Post];
    expect([mail.from, mail.to]).toEqual(['mandate@example.com', 'founder@example.com']);
    const text = mail.text.replace(/=\r\n/g, '');
    expect(text).toContain(`${w.page}/contracts/${ids.contract}`);
    expect(text).toContain('https[:]//evil[.]example');
    expect(text).not.toMatch(/^Bcc:/m);
    expect(text).not.toMatch(/api\/v1|approve/);
    const body = JSON.parse(post.body);
    expect(body).toMatchObject({
      type: 'mandate.expiring',
      data: { aggregate_id: ids.contract, version: 4, link: `${w.page}/contracts/${ids.contract}` },
    });
    await until(async () => (await states(ids.contract)).every(({ state }) => state === 'DELIVERED'));
  });

  it('signs what it posts as Standard Webhooks have it', () => {
    const { headers, body } = posts[0] as Post;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const wanted = createHmac('sha256', secret).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${wanted}`);
  });

  it('REVIEW-006: is done once for each aggregate, version and channel, however many replicas read the change', async () => {
    await Promise.all(Array.from({ length: 10 }, () => tell(notice())));
    await tell(notice({ version: 5, kind: 'ESCALATED' }));
    await until(() => mails.length === 2 && posts.length === 2);
    await new Promise((r) => setTimeout(r, 300));
    expect([mails.length, posts.length]).toEqual([2, 2]);
  });

  it('tells nothing that is older than a day', async () => {
    await tell(notice({ version: 6, at: w.clock.now() - 86_400_000 }));
    expect(await states(ids.contract)).toHaveLength(4);
  });

  it('is tried again, later each time, until it is taken; its record says how often', async () => {
    isDown = true;
    await tell(notice({ aggregateId: ids.other }));
    await until(async () => (await states(ids.other)).every(({ attempts }) => attempts === 1));
    isDown = false;
    w.clock.advance(9_000);
    await new Promise((r) => setTimeout(r, 300));
    expect((await states(ids.other)).map(({ state }) => state)).toEqual(['PENDING', 'PENDING']);
    w.clock.advance(1_001);
    await until(async () => (await states(ids.other)).every(({ state }) => state === 'DELIVERED'));
    expect((await states(ids.other)).map(({ attempts }) => attempts)).toEqual([2, 2]);
  });
});

function startMailServer(
  take: (mail: { from: string; to: string; text: string }) => void,
  isDown: () => boolean,
): Promise<SMTPServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, { envelope }, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        if (isDown()) return done(new Error('come again later'));
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        take({ from, to: envelope.rcptTo.map((to) => to.address).join(), text });
        done();
      });
    },
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

function startHookServer(take: (post: Post) => void, isDown: () => boolean): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (!isDown()) take({ headers: request.headers as Record<string, string>, body });
      response.writeHead(isDown() ? 503 : 204).end();
    });
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}
