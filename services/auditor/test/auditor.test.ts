import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLink, decodeMandate } from '@mandate/contracts';
import type { Messages } from '@mandate/schemas';
import { citing, Database, type RunningService } from '@mandate/service-kit';
import { type Heard, type Said, World } from '../../../infra/local/src/testing/world';
import { AppModule } from '../src/app.module';
import { Books } from './books';
import { Chain } from './chain';

const TOKEN = 'a-token-of-sam';
type Check = Messages['AuditConcluded']['checks'][number];

describe('the auditor', () => {
  let world: World;
  let service: RunningService;
  let books: Books;

  beforeAll(async () => {
    world = await World.open();
    books = await Books.open(world);
    const tokens = join(world.servers.dir, 'operators.json');
    writeFileSync(
      tokens,
      JSON.stringify([{ token_sha256: createHash('sha256').update(TOKEN).digest('hex'), operator: 'sam' }]),
    );
    service = await world.start('auditor', AppModule, {
      OPERATOR_TOKENS_FILE: tokens,
      AUDIT_WAIT: '2s',
      AUDIT_RETRY: '500ms',
      INCONCLUSIVE_MAX: '2s',
    });
  }, 120_000);

  afterAll(async () => {
    await world?.close();
  }, 60_000);

  const verdict = (chain: Chain, fits: (m: Heard<'AuditConcluded'>) => boolean = () => true) =>
    world.next('AuditConcluded', (m) => m.value.contract_id === chain.contractId && fits(m));
  const failing = (checks: readonly Check[], result: Check['result'] = 'FAIL') =>
    checks.filter((c) => c.result === result).map((c) => c.id);

  let passed: Chain;
  it('AUDIT-001: passes a complete, honest chain, and says on which checks', async () => {
    passed = new Chain(world, books, 200);
    await passed.evaluate(await passed.run(await passed.untilActive()));
    const heard = await verdict(passed);
    expect(heard.value.checks.filter((c) => c.result !== 'PASS')).toEqual([]);
    expect(heard.value).toMatchObject({
      verdict: 'PASS',
      is_final: true,
      attempt: 1,
      kind: 'CHANGE',
      registry_version: 6,
    });
    expect(heard.link).toMatchObject({ says: 'PASS', version: 1 });
  }, 30_000);

  it('AUDIT-005: keeps every hop of it as it was said', async () => {
    const ask = (token: string) =>
      fetch(`http://127.0.0.1:${service.port}/api/v1/contracts/${passed.contractId}/evidence`, {
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await ask('another')).status).toBe(401);
    const answer = (await (await ask(TOKEN)).json()) as { hops: { message: string; says: string }[] };
    const said = answer.hops.map((h) => `${h.message} ${h.says}`);
    for (const hop of [
      'IssueReceived RECEIVED',
      'ProposalMade PROPOSED',
      'EligibilityJudged MAY',
      'ReviewDecided APPROVE',
      'ContractChanged ACTIVE',
      'CapabilityChanged CHANGED',
      'JobChanged JOB_DONE',
      'JobEvaluated EVALUATED',
    ]) {
      expect(said).toContain(hop);
    }
  });

  it('fails a harmful change, and passes the rollback that puts everything back', async () => {
    const chain = new Chain(world, books, 300);
    const active = await chain.untilActive();
    await chain.evaluate(await chain.run(active), { capabilities_healthy: 'NO' });
    const fail = await verdict(chain);
    expect(fail.value).toMatchObject({ verdict: 'FAIL', is_final: true });
    expect(failing(fail.value.checks)).toEqual(['A-002']);

    const failed = await chain.fail(fail);
    await chain.evaluate(await chain.rollBack(failed), {}, 'ROLLBACK_EVALUATED');
    const undone = await verdict(chain, (m) => m.value.kind === 'ROLLBACK');
    expect(undone.value.checks.filter((c) => c.result !== 'PASS')).toEqual([]);
    expect(undone.value).toMatchObject({ verdict: 'PASS', is_final: true });
    expect(undone.link).toMatchObject({ says: 'ROLLBACK_PASS', version: 2 });
  }, 30_000);

  it('A-003: fails a rollback that leaves another value, and a change that is not as planned', async () => {
    const chain = new Chain(world, books, 250);
    await chain.evaluate(await chain.run(await chain.untilActive(), { limit: 251 }));
    const fail = await verdict(chain);
    expect(failing(fail.value.checks)).toEqual(['A-003']);
    await chain.evaluate(await chain.rollBack(await chain.fail(fail), { limit: 249 }), {}, 'ROLLBACK_EVALUATED');
    const undone = await verdict(chain, (m) => m.value.kind === 'ROLLBACK');
    expect(undone.value.verdict).toBe('FAIL');
    expect(failing(undone.value.checks)).toEqual(['A-003']);
  }, 30_000);

  it.each([
    ['A-004', 'a job that ended after its window', {}, { endedAt: Date.now() + 7_200_000 }],
    ['APPROVAL', "PART2-002: a founder's signature that is none", { signature: Buffer.alloc(64, 1) }, {}],
    ['ELIGIBILITY', 'ELIG-001: a MAY that the recorded facts do not give', { isStillApplicable: false }, {}],
  ])('%s: fails %s', async (id, _, bend, run) => {
    const chain = new Chain(world, books, books.limit + 1);
    await chain.evaluate(await chain.run(await chain.untilActive(bend), run));
    const heard = await verdict(chain);
    expect(heard.value.verdict).toBe('FAIL');
    expect(failing(heard.value.checks)).toContain(id);
  });

  it('A-001: fails a job of which health saw changes outside its contract', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive(), { limit: books.limit + 1 });
    await chain.evaluate(ended, {
      invariants: ['INV-1', 'INV-2', 'INV-3', 'INV-4', 'INV-5'].map((id) => ({
        id,
        holds: id === 'INV-2' ? 'NO' : 'YES',
        evidence: '{}',
      })),
    });
    expect(failing((await verdict(chain)).value.checks)).toEqual(['A-001']);
  });

  it('AM-11: fails a job that failed, at once and for good', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    await chain.evaluate(await chain.run(await chain.untilActive(), { hasFailed: true }), { execution_matched: 'NO' });
    expect((await verdict(chain)).value).toMatchObject({ verdict: 'FAIL', is_final: true, attempt: 1 });
  });

  it('AUDIT-006, AM-14: waits for evidence, is inconclusive twice, then fails', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive());
    const startedAt = Date.now();
    await chain.evaluate(ended, { registry_version: books.registryVersion + 1 });
    const first = await verdict(chain);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(2_000);
    expect(first.value).toMatchObject({ verdict: 'INCONCLUSIVE', is_final: false, attempt: 1 });
    expect(failing(first.value.checks, 'INCONCLUSIVE')).toEqual(['A-007']);
    expect((await verdict(chain)).value).toMatchObject({ verdict: 'INCONCLUSIVE', is_final: true, attempt: 2 });
    expect((await verdict(chain)).value).toMatchObject({ verdict: 'FAIL', is_final: true, attempt: 3 });
  }, 30_000);

  it('says PASS when the missing evidence comes while it waits', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive());
    await chain.evaluate(ended, { registry_version: books.registryVersion + 1 });
    await new Promise((r) => setTimeout(r, 500));
    expect(world.all('AuditConcluded').some((m) => m.value.contract_id === chain.contractId)).toBe(false);
    await books.define();
    expect((await verdict(chain)).value.verdict).toBe('PASS');
  }, 30_000);

  it('AUDIT-004: keeps verdicts and evidence as they are, whoever asks', async () => {
    const { url, ownerUrl } = await world.database('auditor');
    for (const [who, address] of [
      ['runtime', url],
      ['owner', ownerUrl],
    ] as const) {
      const database = await Database.open(address, `auditor-${who}`);
      for (const sql of [
        "UPDATE audits SET verdict = 'PASS'",
        'DELETE FROM audits',
        'DELETE FROM evidence',
        "UPDATE evidence SET says = 'PASS'",
      ]) {
        await expect(database.rows(sql)).rejects.toThrow(/permission denied|append-only/);
      }
      await database.close();
    }
  });

  it('EVID-001: finds what was edited behind the database, where it rests on it', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive());
    const database = await Database.open((await world.database('auditor')).ownerUrl, 'auditor-owner');
    const recorded = () =>
      database.rows(`SELECT 1 FROM evidence WHERE contract_id = $1 AND says = 'JOB_DONE'`, [chain.contractId]);
    while ((await recorded()).length === 0) await new Promise((r) => setTimeout(r, 50));
    await database.rows('ALTER TABLE evidence DISABLE TRIGGER evidence_append_only');
    await database.rows(`UPDATE evidence SET value = value || '\\x00' WHERE contract_id = $1 AND says = 'JOB_DONE'`, [
      chain.contractId,
    ]);
    await database.rows('ALTER TABLE evidence ENABLE TRIGGER evidence_append_only');
    await database.close();
    await chain.evaluate(ended);
    const heard = await verdict(chain);
    expect(heard.value.verdict).toBe('FAIL');
    expect(heard.value.checks.find((c) => c.id === 'CHAIN')?.evidence).toContain('VALUE_ALTERED');
  });

  it('counts two messages in one place as an equivocation', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const active = await chain.untilActive();
    await chain.repeatActive(active);
    await chain.evaluate(await chain.run(active));
    const heard = await verdict(chain);
    expect(failing(heard.value.checks)).toEqual(['CHAIN']);
    const metrics = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    expect(metrics).toMatch(/mandate_findings_total\{[^}]*kind="EQUIVOCATION"[^}]*\} 1/);
  });

  it('FLOW-002: takes the same evaluation twice as one', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive());
    const evaluated: Said = await chain.evaluate(ended);
    await world.send('health', evaluated.topic, evaluated.key, evaluated.value, { mandate: evaluated.mandate });
    await verdict(chain);
    await new Promise((r) => setTimeout(r, 1_000));
    expect(world.all('AuditConcluded').filter((m) => m.value.contract_id === chain.contractId)).toHaveLength(1);
  });

  const attest = (chain: Chain, inconclusive: Heard<'AuditConcluded'>, checks: readonly string[], version: number) =>
    world.say('review', {
      message: 'ReviewDecided',
      key: chain.contractId,
      says: 'ATTEST',
      issueId: chain.issueId,
      version,
      planDigest: chain.plan,
      cites: citing(inconclusive),
      now: Date.now(),
      value: chain.attestation(inconclusive, checks),
    });

  it('AM-04: says PASS on a signed word about what could not be told, and carries it', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive());
    await chain.evaluate(ended, { registry_version: books.registryVersion + 1 });
    const inconclusive = await verdict(chain, (m) => m.value.is_final);
    await attest(chain, inconclusive, ['A-001'], 2);
    const again = await verdict(chain, (m) => m.value.attempt === 3);
    expect(again.value).toMatchObject({ verdict: 'INCONCLUSIVE', is_final: true });
    await attest(chain, again, ['A-007'], 3);
    const passed = await verdict(chain, (m) => m.value.attempt === 4);
    expect(passed.value).toMatchObject({ verdict: 'PASS', attestation: { founder: world.founder.founder } });
    expect(decodeLink(decodeMandate(passed.mandate)?.cause?.link ?? Buffer.alloc(0))?.says).toBe('ATTEST');
  }, 30_000);

  it('AM-04: an attestation of an audit that is no longer the last one changes nothing', async () => {
    const chain = new Chain(world, books, books.limit + 1);
    const ended = await chain.run(await chain.untilActive());
    await chain.evaluate(ended, { registry_version: books.registryVersion + 1 });
    const first = await verdict(chain, (m) => !m.value.is_final);
    await verdict(chain, (m) => m.value.is_final);
    await attest(chain, first, ['A-007'], 2);
    expect((await verdict(chain, (m) => m.value.attempt === 3)).value.verdict).toBe('FAIL');
    const database = await Database.open((await world.database('auditor')).ownerUrl, 'auditor-test');
    const kept = await database.rows('SELECT problem FROM attestations WHERE contract_id = $1', [chain.contractId]);
    expect(kept).toEqual([{ problem: 'TOO_LATE' }]);
    await database.close();
  }, 30_000);
});
