import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningService } from '@mandate/service-kit';
import { Client } from 'pg';
import { repositoryDir } from '../../../infra/local/src/paths';
import { findPython } from '../../../infra/local/src/testing/python';
import { rateLimitChange, World } from '../../../infra/local/src/testing/world';
import { AppModule as Auditor } from '../../../services/auditor/src/app.module';
import { AppModule as Contract } from '../../../services/contract/src/app.module';
import { Chain, type HeardContract } from '../../../services/contract/test/chain';
import { caller, type Line } from './calling';

jest.setTimeout(120_000);
const TOKEN = 'a-token-of-sam';
const TOPIC = 'mandate.reviews.v1';

describe('what an operator does at the command line, against a real contract service and a real auditor', () => {
  let world: World;
  let chain: Chain;
  let contracts: RunningService;
  let owner: Client;
  let dataDir: string;
  let tokens: Record<string, string>;

  beforeAll(async () => {
    world = await World.open();
    chain = new Chain(world);
    await world.seed();
    dataDir = mkdtempSync(join(world.servers.dir, 'stack-'));
    const digest = createHash('sha256').update(TOKEN).digest('hex');
    writeFileSync(join(dataDir, 'operators.json'), JSON.stringify([{ token_sha256: digest, operator: 'sam' }]));
    writeFileSync(join(dataDir, 'token'), TOKEN);
    tokens = { OPERATOR_TOKENS_FILE: join(dataDir, 'operators.json') };
    contracts = await world.start('contract', Contract, { ...tokens, ACTIVATION_POLL: '50ms' });
    const auditor = await world.start('auditor', Auditor, tokens);
    connect({ contract: contracts.port, auditor: auditor.port });
    owner = new Client({ connectionString: (await world.database('contract')).ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await world?.close();
  });

  const connect = (ports: Record<string, number>): void => {
    const urls = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]));
    const connection = {
      brokers: world.servers.brokers,
      users: { observer: world.servers.credentials('observer').passwordFile },
      urls,
      operatorTokenFile: join(dataDir, 'token'),
      manifestFile: join(world.keysDir, 'authority.json'),
      rootPublicKeyFile: join(world.keysDir, 'root.pub'),
    };
    writeFileSync(join(dataDir, 'connection.json'), JSON.stringify(connection));
  };
  const call = caller(() => dataDir);
  const eventually = async <T>(look: () => Promise<T>, fits: (found: T) => boolean): Promise<T> => {
    for (const until = performance.now() + 30_000; ; ) {
      const found = await look();
      if (fits(found)) return found;
      if (performance.now() > until) throw new Error(`not within 30 s: ${JSON.stringify(found).slice(0, 2_000)}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  };
  const versionsOf = async (contract: HeardContract): Promise<[number, string | null][]> => {
    const { rows } = await owner.query(
      'SELECT version, reason FROM contract_transitions WHERE contract_id = $1 ORDER BY version',
      [contract.value.contract_id],
    );
    return rows.map((r: { version: string; reason: string | null }) => [Number(r.version), r.reason]);
  };
  const note = (contract: HeardContract, reason: string) => chain.decide(contract, 'NOTE', { reason });

  /** A contract whose first note the database refuses, and two notes behind it. */
  const poisoned = async (value: number, first: string): Promise<HeardContract> => {
    const contract = await chain.eligible([rateLimitChange(value)]);
    await owner.query(`ALTER TABLE contract_transitions ADD CONSTRAINT poison CHECK (reason <> '${first}') NOT VALID`);
    await note(contract, first);
    await note(contract, 'the second');
    await note(contract, 'the third');
    await eventually(
      async () => (await call('parked', 'list', 'contract', '--key', contract.value.contract_id, '--json')).lines(),
      (rows) => rows.length === 3,
    );
    return contract;
  };
  const mend = () => owner.query('ALTER TABLE contract_transitions DROP CONSTRAINT poison');

  it('FLOW-004: a key that a fault parked is shown, re-driven once it is mended, and keeps its order', async () => {
    const contract = await poisoned(210, 'the poison');
    const key = contract.value.contract_id;
    const listed = (await call('parked', 'list', 'contract', '--key', key, '--json')).lines();
    expect(listed.map((r) => [r.service, r.kind, r.code])).toEqual([
      ['contract', 'PARKED', 'HELD'],
      ['contract', 'PARKED', 'HELD'],
      ['contract', 'PARKED', 'BUG'],
    ]);
    const shown = (await call('parked', 'show', 'contract', '--topic', TOPIC, '--key', key, '--json')).lines();
    expect(shown.map((r) => [r.said.writer, r.said.says, r.value.reason])).toEqual([
      ['review', 'NOTE', 'the poison'],
      ['review', 'NOTE', 'the second'],
      ['review', 'NOTE', 'the third'],
    ]);
    const followed = await call('follow', key);
    expect([followed.code, followed.text]).toEqual([
      0,
      expect.stringMatching(/\nStands: ELIGIBLE, for .*turn of founder/),
    ]);

    const redrive = ['parked', 'redrive', 'contract', '--topic', TOPIC, '--key', key];
    expect((await call(...redrive)).code).toBe(2); // no reason
    const early = await call(...redrive, '--reason', 'is it mended?');
    expect([early.code, early.text]).toEqual([1, expect.stringMatching(/^0 handled, 3 still parked: BUG: .*poison/)]);
    await mend();
    const done = await call(...redrive, '--reason', 'the constraint is gone', '--json');
    expect([done.code, done.lines().at(-1)]).toEqual([0, { redriven: 3, left: 0 }]);
    expect((await versionsOf(contract)).slice(-3)).toEqual([
      [4, 'the poison'],
      [5, 'the second'],
      [6, 'the third'],
    ]);
    const said = world.all('OperatorActed').filter((m) => m.value.action === 'REDRIVE');
    expect(said.at(-1)?.value).toMatchObject({
      ...{ service: 'contract', operator: 'sam', reason: 'the constraint is gone', outcome: '3 handled, 0 left' },
      ...{ issue_id: contract.value.issue_id, contract_id: key },
    });
  });

  it('FLOW-004, EVID-001: a message that is given up is told to the auditor, and the proof says by whom and why', async () => {
    const contract = await poisoned(220, 'the hopeless');
    const key = contract.value.contract_id;
    const [first] = (await call('parked', 'list', 'contract', '--key', key, '--json')).lines().slice(-1);
    const place = `${first.topic}/${first.partition}/${first.offset}`;
    expect((await call('parked', 'discard', 'contract', place, '--reason', 'no use')).code).toBe(1);
    const reason = 'said twice, the other one counts';
    const gone = await call('parked', 'discard', 'contract', place, '--reason', reason);
    expect([gone.code, gone.text]).toEqual([0, 'Discarded. 2 of its key still parked: re-drive them.']);
    expect((await call('parked', 'discard', 'contract', place, '--reason', reason)).code).toBe(4);
    await mend();
    const redrive = [
      'parked',
      'redrive',
      'contract',
      '--topic',
      TOPIC,
      '--key',
      key,
      '--reason',
      'behind what is gone',
    ];
    expect((await call(...redrive)).text).toBe('2 handled, 0 still parked.');
    expect((await versionsOf(contract)).slice(-2)).toEqual([
      [4, 'the second'],
      [5, 'the third'],
    ]);

    const evidence = await eventually(
      async () => {
        const url = `${urlOf('auditor')}/api/v1/contracts/${key}/evidence`;
        const answer = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });
        return ((await answer.json()) as { hops?: Line[] }).hops ?? [];
      },
      (hops) => hops.filter((h) => h.message === 'OperatorActed').length === 2,
    );
    expect(evidence.filter((h) => h.message === 'OperatorActed').map((h) => [h.writer, h.says])).toEqual([
      ['contract', 'OPERATED'],
      ['contract', 'OPERATED'],
    ]);
    const followed = await call('follow', key, '--json');
    const acted = followed.lines().filter((h) => h.message === 'OperatorActed');
    expect(acted.map((h) => [h.verified, h.sentence])).toEqual([
      [true, `sam did DISCARD at contract, ${place}: ${reason} (given up, 2 of its key left)`],
      [true, expect.stringContaining('sam did REDRIVE')],
    ]);

    const file = join(dataDir, 'proof.json');
    expect((await call('prove', key, '--out', file)).code).toBe(0);
    const python = findPython();
    if ('missing' in python) return console.warn(`The proof is not checked by the verifier: ${python.missing}.`);
    const verifier = join(repositoryDir, 'verify/verify.py');
    const checked = spawnSync(python.command, [verifier, file, join(world.keysDir, 'root.pub')], { encoding: 'utf8' });
    expect(checked).toMatchObject({ status: 0, stderr: '' });
    expect(checked.stdout).toContain(`operator sam gave up ${place}, which had been stopped as BUG: “${reason}”`);
  });

  const urlOf = (service: string): string =>
    JSON.parse(readFileSync(join(dataDir, 'connection.json'), 'utf8')).urls[service];
  /** Members of the contract service's deciding group, and how often it has been rebalanced. */
  const groupState = async (): Promise<string> => {
    const admin = world.servers.kafka('admin').admin();
    await admin.connect();
    const { groups } = await admin.describeGroups(['mandate.contract']);
    await admin.disconnect();
    return groups.map((g) => `${g.state} ${g.members.map((m) => m.memberId).join()}`).join();
  };

  it('FLOW-001: a paused consumer keeps its place and its group, over a restart, and goes on where it stopped', async () => {
    const contract = await chain.eligible([rateLimitChange(230)]);
    const before = await groupState();
    expect((await call('pause', 'contract', '--topic', TOPIC)).code).toBe(2); // no reason
    expect((await call('pause', 'contract', '--topic', 'mandate.health.v1', '--reason', 'x')).code).toBe(4);
    const paused = await call('pause', 'contract', '--topic', TOPIC, '--reason', 'looking into a bug', '--json');
    expect([paused.code, paused.lines().find((l) => l.topic === TOPIC)?.paused]).toEqual([
      0,
      expect.objectContaining({ operator: 'sam', reason: 'looking into a bug', until: null }),
    ]);
    await note(contract, 'while paused');
    const lagging = await eventually(
      async () => (await call('status', '--json')).lines().find((l) => l.service === 'contract'),
      (s) => s.lag === 1,
    );
    expect(lagging).toMatchObject({ isReady: true, paused: [TOPIC] });
    expect((await call('status')).text).toMatch(/contract .* ready, paused: mandate\.reviews\.v1/);
    // The pause itself: longer than a session, so that whoever did not beat would be out of the group.
    await new Promise((r) => setTimeout(r, 7_000));
    expect(await groupState()).toBe(before);
    expect(await versionsOf(contract)).toHaveLength(3);

    await world.stop(contracts);
    contracts = await world.start('contract', Contract, { ...tokens, ACTIVATION_POLL: '50ms' });
    connect({ contract: contracts.port, auditor: Number(new URL(urlOf('auditor')).port) });
    const other = await chain.eligible([rateLimitChange(240)]); // other topics go on
    expect(other.value.status).toBe('ELIGIBLE');
    expect(await versionsOf(contract)).toHaveLength(3);

    expect((await call('resume', 'contract', '--reason', 'mended')).text).toMatch(/reviews\.v1 +goes on/);
    expect((await call('resume', 'contract', '--reason', 'again')).code).toBe(1);
    await eventually(
      () => versionsOf(contract),
      (versions) => versions.at(-1)?.[1] === 'while paused',
    );
  });

  it('a pause ends by itself when it was given an end', async () => {
    const contract = await chain.eligible([rateLimitChange(250)]);
    expect((await call('pause', 'contract', '--for', '2s', '--reason', 'a moment')).code).toBe(0);
    await note(contract, 'after the moment');
    await eventually(
      () => versionsOf(contract),
      (versions) => versions.at(-1)?.[1] === 'after the moment',
    );
    expect((await call('status', '--json')).lines().find((l) => l.service === 'contract').paused).toEqual([]);
  });

  it('FLOW-006: reference data is rebuilt from its topics while the service decides', async () => {
    const copy = async () => (await owner.query('SELECT * FROM ref_capabilities ORDER BY capability')).rows;
    const before = await copy();
    await owner.query(`UPDATE ref_capabilities SET state = jsonb_set(state, '{enabled}', 'false')`);
    const rebuilt = await call('rebuild', 'contract', 'reference', '--reason', 'edited by hand', '--json');
    expect([rebuilt.code, rebuilt.lines().at(-1)]).toEqual([
      0,
      { service: 'contract', projection: 'reference', messages: expect.any(Number) },
    ]);
    expect(rebuilt.lines()[0]).toMatchObject({ progress: { total: expect.any(Number) } });
    expect(await copy()).toEqual(before);
    expect((await call('rebuild', 'contract', 'own', '--reason', 'x')).code).toBe(4);
    expect((await call('rebuild', 'contract', 'everything', '--reason', 'x')).code).toBe(2);
    expect((await chain.eligible([rateLimitChange(260)])).value.status).toBe('ELIGIBLE');
  });

  it('AM-18: shows who did what, why and with what outcome; what was changed is told without a gap', async () => {
    const { lines } = await call('actions', 'contract', '--all', '--json');
    const found = lines();
    expect(found.filter((a) => a.actor !== 'sam')).toEqual([]);
    expect(found.filter((a) => a.action === 'SHOW_PARKED').map((a) => a.outcome)).toContain('shown');
    expect(found.filter((a) => a.action === 'DISCARD').map((a) => a.outcome)).toEqual([
      'refused: FIELD_MISSING',
      'given up, 2 of its key left',
      'refused: NOT_PARKED',
    ]);
    expect(found.map((a) => a.action)).toEqual(expect.arrayContaining(['PAUSE', 'RESUME', 'REBUILD', 'REDRIVE']));
    const told = found.filter((a) => a.told_as !== null);
    expect(told.map((a) => a.told_as)).toEqual(told.map((_, i) => i + 1));
    const heard = await eventually(
      async () => world.all('OperatorActed'),
      (all) => all.length === told.length,
    );
    expect(heard.map((m) => [m.value.number, m.value.action, m.value.reason])).toEqual(
      told.map((a) => [a.told_as, a.action, a.reason]),
    );
    expect((await call('actions', 'contract')).text).toMatch(
      /sam +PAUSE +mandate\.reviews\.v1 +paused until it is resumed/,
    );
  });

  it('tells of a service that does not answer, and ends with 1', async () => {
    const { code, text } = await call('status');
    expect(code).toBe(1);
    expect(text).toMatch(/executor .* the stack names no address/);
  });
});
