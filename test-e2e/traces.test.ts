import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId, SERVICES, type Service, sha256 } from '@mandate/contracts';
import type { CrmIssue } from '@mandate/schemas';
import { citingOutside } from '@mandate/service-kit';
import { Client } from 'pg';
import { OtlpReceiver, type ReceivedSpan } from '../infra/local/src/testing/otlp-receiver';
import { FullChain } from './src/full-chain';

jest.setTimeout(240_000);

/** What a customer may write, and must not. */
const PRIVATE = {
  name: 'Ottilie Brandgruber',
  address: 'ottilie.brandgruber@kunde.example',
  phone: '+49 171 5550199',
  password: 'Tr0ub4dor-and-3-horses',
  token: 'sk-live-9f8e7d6c5b4a39281706f5e4',
  cloudKey: 'AKIAIOSFODNN7EXAMPLE',
  key: 'MC4CAQAwBQYDK2VwBCIEIJ8kkQ0vVnpZm5kZ3R1c3RvbWVyS2V5',
} as const;
const LETTER = [
  `${PRIVATE.name}, ${PRIVATE.address}, ${PRIVATE.phone}`,
  `password: ${PRIVATE.password}`,
  `Authorization: Bearer ${PRIVATE.token}`,
  `aws_access_key_id=${PRIVATE.cloudKey}`,
  `-----BEGIN PRIVATE KEY-----\n${PRIVATE.key}\n-----END PRIVATE KEY-----`,
].join('\n');
const INTAKE_TOKEN = 'intake-3c1f9a77b2e04d6c';
const issue = (reference: string, ask: string): Partial<CrmIssue> & { reference: string } => ({
  reference,
  submitter: PRIVATE.address,
  tenant: PRIVATE.name,
  subject: `API rate limit for ${PRIVATE.name}`,
  body: `${ask}\n\n${LETTER}`,
  raw_payload: Buffer.from(JSON.stringify({ letter: LETTER })),
});

type Line = Record<string, unknown> & { readonly msg?: string };

describe('traces and logs of all eight services', () => {
  let chain: FullChain;
  let receiver: OtlpReceiver;
  let printed = '';
  const linesOf = (service: string): Line[] =>
    printed
      .split('\n')
      .filter((line) => line.startsWith(`{`) && line.includes(`"name":"${service}"`))
      .map((line) => JSON.parse(line) as Line);

  beforeAll(async () => {
    [receiver, chain] = await Promise.all([OtlpReceiver.start(), FullChain.open()]);
    const tokens = join(chain.world.servers.dir, 'intake-tokens.json');
    writeFileSync(
      tokens,
      JSON.stringify([{ token_sha256: sha256(INTAKE_TOKEN).toString('hex'), source_system: 'portal' }]),
    );
    const rest = new Map<string, string>(); // a chunk may end within a line
    chain.onOutput = (name, text) => {
      if (!SERVICES.includes(name as Service)) return;
      const whole = (rest.get(name) ?? '') + text;
      const end = whole.lastIndexOf('\n') + 1;
      printed += whole.slice(0, end);
      rest.set(name, whole.slice(end));
    };
    for (const service of SERVICES)
      chain.extraEnv.set(service, {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        LOG_LEVEL: 'debug',
        INTAKE_TOKENS_FILE: tokens,
      });
    await chain.startAll();
  });
  afterAll(async () => {
    await chain?.close();
    await receiver?.stop();
  });

  /** The lines of a service about one thing, once there are any. */
  async function said(service: string, about: (line: Line) => boolean): Promise<Line> {
    for (const until = performance.now() + 30_000; ; ) {
      const found = linesOf(service).find(about);
      if (found) return found;
      if (performance.now() > until) throw new Error(`${service} logged no such line:\n${printed.slice(-4_000)}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  it('one issue is one trace: from the CRM to its completion, through all eight services, each span under what led to it', async () => {
    await chain.world.issue(issue('TRACE-1', 'Please raise the API rate limit from 100 to 160 per minute.'));
    const { value: contract } = await chain.eligible('TRACE-1');
    await chain.approveWhenHealthy(contract);
    const completed = await chain.reaches(contract.contract_id, 'COMPLETED');

    const traceId = contract.issue_id.replaceAll('-', '');
    expect(completed.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    const isEnd = (s: ReceivedSpan): boolean =>
      s.name === 'process mandate.contracts.v1' && s.attributes['mandate.message.says'] === 'COMPLETED';
    const spans = await receiver.trace(traceId, (found) =>
      ['review', 'executor', 'ingestion'].every((service) => found.some((s) => s.service === service && isEnd(s))),
    );

    expect([...new Set(spans.map((s) => s.service))].sort()).toEqual([...SERVICES].sort());
    expect(new Set(spans.map((s) => s.spanId)).size).toBe(spans.length);
    expect(spans.filter((s) => s.status !== 0)).toEqual([]);
    const roots = spans.filter((s) => s.parentSpanId === '');
    expect(roots.map((s) => `${s.service} ${s.name}`)).toEqual(['ingestion process crm.issues.v1']);
    const byId = new Map(spans.map((s) => [s.spanId, s]));
    const wrong = spans.filter((s) => s.parentSpanId !== '' && !isUnder(s, byId.get(s.parentSpanId)));
    expect(wrong).toEqual([]);
  });

  /** A message is taken in under its being sent, on the same topic; and said under what the same service did before. */
  function isUnder(span: ReceivedSpan, parent: ReceivedSpan | undefined): boolean {
    if (!parent || parent.startMs > span.startMs + 1) return false;
    if (span.name.startsWith('send ')) return parent.service === span.service;
    return parent.name === span.name.replace('process ', 'send ');
  }

  it('spans name their contract, and what they carry is OpenTelemetry’s words for messaging', () => {
    const spans = receiver.spans.filter((s) => /mandate\.(contracts|reviews|jobs|evaluations|audits)\.v1/.test(s.name));
    expect(spans.length).toBeGreaterThan(20);
    for (const { attributes } of spans) {
      expect(attributes['mandate.contract.id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(attributes['mandate.issue.id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(attributes['messaging.system']).toBe('kafka');
      expect(attributes['messaging.destination.name']).toMatch(/^mandate\./);
    }
  });

  it('a message that is parked has a failed span, and a line with the ids of its trace, issue and contract', async () => {
    const [issueId, contractId] = [newId(Date.now()), newId(Date.now())];
    const origin = {
      ...{ source: 'support_ticket', source_system: 'desk', reference: 'PARKED-1', submitter: PRIVATE.address },
      ...{ tenant: PRIVATE.name, received_at: Date.now() },
    };
    await chain.world.say('ingestion', {
      ...{ message: 'CancellationReceived', key: contractId, says: 'CANCELLED', issueId, version: 1, planDigest: null },
      ...{ cites: citingOutside(sha256(LETTER)), now: Date.now() },
      value: { issue_id: issueId, contract_id: contractId, reason: LETTER, origin, received_at: Date.now() },
    });
    const traceId = issueId.replaceAll('-', '');
    const line = await said('contract', (l) => l['contract_id'] === contractId && 'err' in l);
    expect(line).toMatchObject({ issue_id: issueId, trace_id: traceId, err: { code: 'NOT_FOUND' } });
    const isFailed = (s: ReceivedSpan): boolean => s.service === 'contract' && s.status === 2;
    const [failed] = (await receiver.trace(traceId, (spans) => spans.some(isFailed))).filter(isFailed);
    expect(failed?.attributes).toMatchObject({ 'error.type': 'NOT_FOUND', 'mandate.contract.id': contractId });
  });

  it('what is refused, forged or fails in the database tells its kind and its place', async () => {
    const { world } = chain;
    // Refused at every way in.
    await world.send('crm', 'crm.issues.v1', 'desk/GARBAGE-1', Buffer.from(LETTER));
    await world.issue(issue('NONSENSE-1', 'Everything is fine, thank you.'));
    const http = {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${PRIVATE.token}` },
    };
    const allowed = { ...http, headers: { ...http.headers, authorization: `Bearer ${INTAKE_TOKEN}` } };
    const intake = `${chain.url('ingestion')}/api/v1/issues`;
    expect((await fetch(intake, { ...http, body: JSON.stringify({ body: LETTER }) })).status).toBe(401);
    expect((await fetch(intake, { ...allowed, body: `{"body": ${LETTER}` })).status).toBe(422);
    for (const path of [`contracts?q=${encodeURIComponent(LETTER)}`, 'session', encodeURIComponent(PRIVATE.name)])
      await fetch(`${chain.url('review')}/api/v1/${path}`, { headers: http.headers });
    await fetch(`${chain.url('review')}/api/v1/contracts/x/approve`, { ...http, body: LETTER });
    // Forged: nobody signed it.
    await world.send('ingestion', 'mandate.issues.v1', newId(Date.now()), Buffer.from(LETTER), { mandate: LETTER });
    await said('validator', (l) => /authority violation/.test(l.msg ?? ''));
    // The database refuses a statement, with everything that it was given.
    const owner = new Client({ connectionString: (await world.database('ingestion')).ownerUrl });
    await owner.connect();
    await owner.query('ALTER TABLE issue_events RENAME TO issue_events_away');
    await world.issue(issue('FAULT-1', 'Please raise the API rate limit from 100 to 170 per minute.'));
    await said('ingestion', (l) => /issue_events/.test(l.msg ?? '') && l['topic'] === 'crm.issues.v1');
    await owner.query('ALTER TABLE issue_events_away RENAME TO issue_events');
    await owner.end();
    // An approval with a key that nobody registered.
    await world.issue(issue('STRANGE-1', 'Please raise the API rate limit from 160 to 180 per minute.'));
    const { value } = await chain.eligible('STRANGE-1');
    expect((await chain.approve(value, FullChain.strangeKey())).body.code).toBe('FOUNDER_KEY_UNKNOWN');
  });

  it('every line is a JSON object of a service', () => {
    const lines = printed.split('\n').filter((l) => l !== '');
    const odd = lines.filter((l) => !SERVICES.includes(parsed(l)?.['name'] as Service));
    expect(odd).toEqual([]);
    for (const service of SERVICES) expect(linesOf(service).length).toBeGreaterThan(0);
  });

  it('no line and no span has personal data or a secret: neither a customer’s nor our own', async () => {
    await Promise.all(SERVICES.map((service) => chain.kill(service, 'SIGTERM'))); // what they still hold is exported
    const told = printed + receiver.received;
    expect(told.length).toBeGreaterThan(50_000);
    const found = [...privateWords(), ...ownSecrets(chain), INTAKE_TOKEN, 'founder@local'].filter((word) =>
      told.includes(word),
    );
    expect(found).toEqual([]);
  });
});

/** Each word, and how JSON or a URL would write it. */
function privateWords(): string[] {
  const words = [...Object.values(PRIVATE), 'Brandgruber', '5550199', 'TRACE-1'];
  return words.flatMap((word) => [
    word,
    encodeURIComponent(word),
    Buffer.from(word).toString('base64').replace(/=+$/, '').slice(0, -2),
  ]);
}

/** Passwords, private keys and tokens that the services hold. */
function ownSecrets(chain: FullChain): string[] {
  const { keysDir, servers } = chain.world;
  const pems = readdirSync(keysDir).filter((file) => file.endsWith('.pem'));
  const keys = pems.map((file) => readFileSync(join(keysDir, file), 'utf8').split('\n')[1] as string);
  const passwords = SERVICES.map((s) => readFileSync(servers.credentials(s).passwordFile, 'utf8').trim());
  return [...keys, ...passwords, chain.founderHeaders()['authorization']?.slice(7) as string];
}

function parsed(line: string): Line | null {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return null;
  }
}
