import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, type RunningService } from '@mandate/service-kit';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule as Auditor } from '../../../services/auditor/src/app.module';
import { rowHash } from '../../../services/auditor/src/domain/chain-hash';
import { Books } from '../../../services/auditor/test/books';
import { Chain } from '../../../services/auditor/test/chain';
import { run } from '../src/program';

const TOKEN = 'a-token-of-sam';

describe('checkpoints and proof files at the command line, against a real auditor', () => {
  let world: World;
  let auditor: RunningService;
  let owner: Database;
  let dataDir: string;
  let passed: Chain;

  beforeAll(async () => {
    world = await World.open();
    const books = await Books.open(world);
    dataDir = mkdtempSync(join(world.servers.dir, 'stack-'));
    const tokens = join(dataDir, 'operators.json');
    const digest = createHash('sha256').update(TOKEN).digest('hex');
    writeFileSync(tokens, JSON.stringify([{ token_sha256: digest, operator: 'sam' }]));
    writeFileSync(join(dataDir, 'token'), TOKEN);
    auditor = await world.start('auditor', Auditor, { OPERATOR_TOKENS_FILE: tokens, CHECKPOINT_EVERY: '300ms' });
    const connection = {
      urls: { auditor: `http://127.0.0.1:${auditor.port}` },
      operatorTokenFile: join(dataDir, 'token'),
      manifestFile: join(world.keysDir, 'authority.json'),
      rootPublicKeyFile: join(world.keysDir, 'root.pub'),
    };
    writeFileSync(join(dataDir, 'connection.json'), JSON.stringify(connection));
    owner = await Database.open((await world.database('auditor')).ownerUrl, 'auditor-owner');
    passed = new Chain(world, books, 200);
    await passed.evaluate(await passed.run(await passed.untilActive()));
    await world.next('AuditConcluded', (m) => m.value.contract_id === passed.contractId);
  }, 60_000);
  afterAll(async () => {
    await owner?.close();
    await world?.close();
  });

  const call = async (...argv: string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await run(argv, {
      env: { MANDATE_STACK: dataDir },
      out: (l) => out.push(l),
      err: (l) => err.push(l),
      confirm: null,
      interrupted: new Promise<void>(() => undefined),
    });
    return { code, text: [...out, ...err].join('\n') };
  };
  const rowsOf = (text: string): number => {
    const { checkpoint } = JSON.parse(text) as { checkpoint: { heads: { rows: number }[] } };
    return checkpoint.heads.reduce((sum, h) => sum + h.rows, 0);
  };
  /** Keeps a checkpoint that covers everything that has been recorded. */
  const kept = async (name: string): Promise<string> => {
    const file = join(dataDir, name);
    for (const until = performance.now() + 15_000; ; ) {
      const { text, code } = await call('checkpoint', '--json', '--out', file);
      const [recorded] = await owner.rows<{ n: string }>('SELECT count(*) AS n FROM evidence');
      if (code === 0 && rowsOf(text) === Number(recorded?.n)) return file;
      if (performance.now() > until) throw new Error(`no whole checkpoint: ${text}`);
      await new Promise((r) => setTimeout(r, 100));
    }
  };
  /** As a database's owner can: past the triggers. */
  const byHand = async (sql: string, parameters: readonly unknown[] = []): Promise<void> => {
    await owner.transaction(async (tx) => {
      await tx.run('ALTER TABLE evidence DISABLE TRIGGER ALL');
      await tx.run(sql, parameters);
      await tx.run('ALTER TABLE evidence ENABLE TRIGGER ALL');
    });
  };

  it('EVID-001: prints how far the evidence goes, signed, with what it weighs', async () => {
    await kept('first.json');
    const { code, text } = await call('checkpoint');
    expect(code).toBe(0);
    expect(text).toMatch(/^Checkpoint \d+ of /);
    expect(text).toMatch(/mandate\.contracts\.v1\/\d +\d+ {2}[0-9a-f]{64}/);
    expect(text).toMatch(/Signed with key [0-9a-f]{16}/);
    expect(text).toMatch(/Evidence: \d+ messages, [\d.]+ MB for [\d.]+ MB on the topics, [\d.]+ times/);
  });

  it('EVID-001: a checkpoint that was kept holds as long as nobody changed what it covers', async () => {
    const file = await kept('holds.json');
    await world.sayHealth('SYSTEM', 'HEALTHY', 99);
    const { code, text } = await call('checkpoint', '--against', file);
    expect({ code, text }).toMatchObject({ code: 0, text: expect.stringMatching(/^History holds: all \d+ messages/) });
  });

  it('writes the proof file of a contract', async () => {
    const file = join(dataDir, 'proof.json');
    const { code, text } = await call('prove', passed.contractId, '--out', file, '--json');
    expect({ code, text }).toMatchObject({ code: 0 });
    const { messages } = JSON.parse(text) as { messages: number };
    const proof = JSON.parse(readFileSync(file, 'utf8')) as { records: unknown[]; contract_id: string };
    expect(proof).toMatchObject({ format: 'mandate-proof-v1', contract_id: passed.contractId });
    expect(proof.records).toHaveLength(messages);
    expect((await call('prove', '00000000-0000-7000-8000-000000000000')).code).toBe(4);
  });

  it('EVID-001: shows that a value was edited, and where', async () => {
    const file = await kept('edited.json');
    const where = `contract_id = $1 AND says = 'JOB_DONE'`;
    const [before] = await owner.rows<{ value: Buffer }>(`SELECT value FROM evidence WHERE ${where}`, [
      passed.contractId,
    ]);
    await byHand(`UPDATE evidence SET value = value || '\\x00' WHERE ${where}`, [passed.contractId]);
    const { code, text } = await call('checkpoint', '--against', file);
    expect(code).toBe(1);
    expect(text).toMatch(
      /HISTORY WAS CHANGED[\s\S]*mandate\.jobs\.v1\/\d was rewritten, from offset \d+ on: it, or a row before it/,
    );
    await byHand(`UPDATE evidence SET value = $2 WHERE ${where}`, [passed.contractId, before?.value]);
    expect((await call('checkpoint', '--against', file)).code).toBe(0);
  });

  it('EVID-001: shows that what stands beside a message was edited', async () => {
    const file = await kept('beside.json');
    await byHand(`UPDATE evidence SET says = 'FAIL' WHERE contract_id = $1 AND says = 'PASS'`, [passed.contractId]);
    const { code, text } = await call('checkpoint', '--against', file);
    expect({ code, text }).toMatchObject({
      code: 1,
      text: expect.stringContaining('says beside it is not what it says'),
    });
    await byHand(`UPDATE evidence SET says = 'PASS' WHERE contract_id = $1 AND says = 'FAIL'`, [passed.contractId]);
  });

  it('EVID-001: shows that the last message of a log was cut off, with a head to match', async () => {
    const file = await kept('cut.json');
    const log = `(SELECT log FROM evidence WHERE contract_id = $1 AND message_type = 'AuditConcluded' LIMIT 1)`;
    await byHand(`DELETE FROM evidence WHERE log = ${log} AND seq = (SELECT rows FROM logs WHERE log = ${log})`, [
      passed.contractId,
    ]);
    const { code, text } = await call('checkpoint', '--against', file);
    expect(code).toBe(1);
    expect(text).toMatch(/mandate\.audits\.v1\/\d was cut, the last message is gone/);
  });

  it('EVID-001: shows that history was rewritten even if every row fits the one before it again', async () => {
    const file = join(dataDir, 'edited.json');
    interface Row {
      readonly [column: string]: Buffer | string | number;
    }
    const rows = await owner.rows<Row>(
      `SELECT e.* FROM evidence e JOIN logs l USING (log) WHERE l.topic = 'mandate.issues.v1' ORDER BY log, seq`,
    );
    const log = rows[0]?.['log'];
    const [genesisRow] = await owner.rows<{ topic: string; partition: number }>(
      'SELECT topic, partition FROM logs WHERE log = $1',
      [log],
    );
    let hash: Buffer = createHash('sha256')
      .update(`mandate-evidence-v1 ${genesisRow?.topic}/${genesisRow?.partition}`)
      .digest();
    for (const row of rows.filter((r) => r['log'] === log)) {
      const recordedAt = Number(row['recorded_at']) - 1;
      const [key, mandate, value] = [row['key'], row['mandate'], row['value']] as Buffer[] as [Buffer, Buffer, Buffer];
      hash = rowHash(hash, { offset: Number(row['offset']), recordedAt, key, mandate, value });
      await byHand('UPDATE evidence SET recorded_at = recorded_at - 1, hash = $3 WHERE log = $1 AND seq = $2', [
        log,
        row['seq'],
        hash,
      ]);
    }
    const { code, text } = await call('checkpoint', '--against', file);
    expect(code).toBe(1);
    expect(text).toMatch(
      /mandate\.issues\.v1\/\d was rewritten, every row fits the one before it, but not this checkpoint/,
    );
  });

  it('takes no checkpoint that the auditor did not sign', async () => {
    const file = join(dataDir, 'first.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"at": (\d+)/, '"at": 1$1'));
    const { code, text } = await call('checkpoint', '--against', file);
    expect({ code, text }).toMatchObject({
      code: 1,
      text: expect.stringContaining('proves nothing: its signature does not hold'),
    });
    expect((await call('checkpoint', '--against', '/dev/null')).code).toBe(2);
  });
});
