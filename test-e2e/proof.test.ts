import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../infra/local/src/paths';
import { findPython } from '../infra/local/src/testing/python';
import { FullChain } from './src/full-chain';
import { Administrator } from './src/hand-edits';
import { chances } from './src/other-value';
import { ProofStories } from './src/proof-stories';

jest.setTimeout(300_000);

const python = findPython();
const FLIPS = 1_000;
const EDITS = 1_000;

/** Runs one of the verifier's programs. */
function runPython(...args: readonly string[]) {
  if ('missing' in python) throw new Error(`the verifier cannot run: ${python.missing}`);
  return spawnSync(python.command, args, { encoding: 'utf8', maxBuffer: 1 << 26, cwd: join(repositoryDir, 'verify') });
}

describe('the verifier by itself', () => {
  it('CHAIN-001, CHAIN-002: finds every bent chain, and ends hostile files with a sentence (its own tests)', () => {
    const { stderr, status } = runPython('-m', 'unittest', 'discover', '-s', 'tests');
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringMatching(/Ran \d+ tests[\s\S]*OK/) });
  });
});

interface Proof {
  readonly records: readonly { readonly topic: string; readonly offset: number; readonly value: string }[];
  readonly [field: string]: unknown;
}

describe('proof files of a real chain, checked by a verifier that shares nothing with it', () => {
  let chain: FullChain;
  let dir: string;
  let root: string;
  let stories: ProofStories;
  const fileOf = (name: string): string => join(dir, `${name}.json`);

  beforeAll(async () => {
    chain = await FullChain.open();
    dir = join(chain.world.servers.dir, 'proofs');
    root = join(chain.world.keysDir, 'root.pub');
    mkdirSync(dir);
    stories = new ProofStories(chain);
    await stories.start();
    await stories.tell();
    for (const name of stories.contracts.keys()) writeFileSync(fileOf(name), await stories.proof(name));
    await stories.resolve();
    writeFileSync(fileOf('resolved'), await stories.proof('undone'));
  });
  afterAll(() => chain?.close());

  const run = (program: string, ...args: readonly string[]) => runPython(program, ...args);
  const verify = (file: string, key = root) => run('verify.py', file, key);
  const altered = (name: string, alter: (proof: Proof) => object): string => {
    const file = join(dir, 'altered.json');
    writeFileSync(file, JSON.stringify(alter(JSON.parse(readFileSync(fileOf(name), 'utf8')) as Proof)));
    return file;
  };

  it.each([
    ['completed', 'COMPLETED: the approved change was executed, evaluated and audited (PASS)'],
    ['undone', 'FAILED: the change was judged a FAIL and had to be undone'],
    ['rejected', 'REJECTED: nothing was executed: not in this quarter, please'],
    ['superseded', 'SUPERSEDED: contract'],
    ['revision', 'COMPLETED: the approved change was executed'],
    ['attested', 'COMPLETED: the approved change was executed'],
    ['withdrawn', 'REJECTED: nothing was executed'],
    ['waiting', 'ELIGIBLE'],
    ['resolved', 'FAILED: the change was judged a FAIL and had to be undone'],
  ])('EVID-001, CHAIN-002: holds for a contract that was %s, and says so in plain words', (name, verdict) => {
    const { stdout, stderr, status } = verify(fileOf(name));
    expect({ stdout, stderr, status }).toMatchObject({ status: 0, stderr: '' });
    expect(stdout).toContain(`Verdict: ${verdict}`);
    expect(stdout).toMatch(/^HOLDS: \d+ messages/m);
  });

  it('tells who said what, when and on whose word, from the issue to the end of the rollback', () => {
    const { stdout } = verify(fileOf('undone'));
    for (const words of [
      'received HARM-1 from desk for alex@example.com',
      "on the CRM's own words",
      'the contract is ELIGIBLE',
      'founder@local approves, signed with key',
      'the verdict on the CHANGE job is FAIL',
      'the verdict on the ROLLBACK job is PASS',
      'Its incident is ROLLED_BACK',
    ])
      expect(stdout).toContain(words);
  });

  it.each([
    ['completed', 'founder@local approves, signed with passkey'],
    ['attested', 'founder@local attests'],
    ['attested', 'the verdict on the CHANGE job is INCONCLUSIVE'],
    ['resolved', 'Its incident is RESOLVED'],
    ['withdrawn', 'CANCELLED'],
    ['waiting', 'For all clerks, or for some of them?'],
  ])('AM-04, AM-13, AM-17: tells of a contract that was %s: %s', (name, words) => {
    expect(verify(fileOf(name)).stdout).toContain(words);
  });

  it('finds neither gap nor fork nor equivocation in what eight honest services said', async () => {
    expect(await stories.findings()).toEqual([]);
  });

  it('holds the whole lineage of a modified contract, whichever of its revisions is asked for', () => {
    const topics = (name: string) =>
      (JSON.parse(readFileSync(fileOf(name), 'utf8')) as Proof).records.map((r) => `${r.topic}/${r.offset}`);
    expect(topics('superseded')).toEqual(topics('revision'));
  });

  it(`EVID-001, CHAIN-002: finds a flipped bit of links, proofs, values or statement, ${FLIPS} of ${FLIPS}`, () => {
    const { stdout, stderr } = run('tests/flip_bits.py', fileOf('undone'), root, String(FLIPS), '7');
    expect({ stderr, ...JSON.parse(stdout) }).toMatchObject({ stderr: '', flipped: FLIPS, found: FLIPS, missed: [] });
  });

  it("EVID-001: finds every message that is left out; only of the last one it takes the auditor's seal", () => {
    const { records } = JSON.parse(readFileSync(fileOf('completed'), 'utf8')) as Proof;
    const foundBySealAlone = records.filter((left) => {
      const { stdout, status } = verify(
        altered('completed', (p) => ({ ...p, records: records.filter((r) => r !== left) })),
      );
      expect({ left: left.topic, status }).toEqual({ left: left.topic, status: 1 });
      expect(stdout).toContain('something in it was altered after the auditor sealed it');
      return stdout.includes('DOES NOT HOLD: 1 thing');
    });
    expect(foundBySealAlone).toEqual([records.at(-1)]);
  });

  it('does not hold under the key of another root, nor with a record of another contract', () => {
    const stranger = verify(fileOf('completed'), join(chain.world.keysDir, 'auditor.pub'));
    expect(stranger.status).toBe(1);
    expect(stranger.stdout).toContain('its manifest is not signed by root');
    const { records } = JSON.parse(readFileSync(fileOf('rejected'), 'utf8')) as Proof;
    const mixed = verify(altered('completed', (p) => ({ ...p, records: [...p.records, ...records] })));
    expect(mixed.status).toBe(1);
    expect(mixed.stdout).toContain('it is about another issue than the other messages');
  });

  describe("the databases of that chain in their administrators' hands", () => {
    const administrators: Administrator[] = [];

    beforeAll(async () => {
      const { code, out, err } = await stories.commandLine.call('audit');
      expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing was changed by hand/) });
      await stories.end();
      for (const expectation of await stories.commandLine.expectations()) {
        const { name } = await chain.world.database(expectation.service);
        const url = new URL(chain.world.servers.superuserUrl);
        url.pathname = `/${name}`;
        administrators.push(await Administrator.of(expectation, url.href));
      }
    });
    afterAll(() => Promise.all(administrators.map((a) => a.close())));

    it('EVID-001: nothing is found as long as they change nothing', async () => {
      for (const administrator of administrators) expect(await administrator.untouched()).toEqual([]);
    });

    it(`EVID-001: what they change by hand is found and named, ${EDITS} of ${EDITS}`, async () => {
      const chance = chances(20_261_125);
      const targets = administrators.flatMap((a) => a.tables.map((table) => ({ a, table })));
      const missed: string[] = [];
      for (let i = 0; i < EDITS; i++) {
        const { a, table } = targets[i % targets.length] as (typeof targets)[number];
        const { edit, findings } = await a.edited(table, chance);
        if (!edit.isFound(findings)) missed.push(`${edit.what} gave ${JSON.stringify(findings.slice(0, 3))}`);
      }
      expect(missed).toEqual([]);
      for (const administrator of administrators) expect(await administrator.untouched()).toEqual([]);
    });
  });
});
