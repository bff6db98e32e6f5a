import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { World } from '../../../infra/local/src/testing/world';
import { AppModule as Eligibility } from '../../../services/eligibility/src/app.module';
import { propose } from '../../../services/eligibility/test/saying';
import { run } from '../src/program';

jest.setTimeout(60_000);
let world: World;
let dataDir: string;

beforeAll(async () => {
  world = await World.open();
  await world.seed();
  dataDir = mkdtempSync(join(world.servers.dir, 'stack-'));
  const [operatorTokenFile, tokens] = [join(dataDir, 'operator.token'), join(dataDir, 'operators.json')];
  writeFileSync(operatorTokenFile, 'an-operator\n');
  const token_sha256 = createHash('sha256').update('an-operator').digest('hex');
  writeFileSync(tokens, JSON.stringify([{ token_sha256, operator: 'sam' }]));
  const service = await world.start('eligibility', Eligibility, { OPERATOR_TOKENS_FILE: tokens });
  const connection = {
    brokers: world.servers.brokers,
    users: { observer: world.servers.credentials('observer').passwordFile },
    urls: { eligibility: `http://127.0.0.1:${service.port}` },
    operatorTokenFile,
  };
  writeFileSync(join(dataDir, 'connection.json'), JSON.stringify(connection));
});
afterAll(() => world?.close());

async function call(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(argv, {
    env: { MANDATE_STACK: dataDir },
    out: (l) => out.push(l),
    err: (l) => err.push(l),
    confirm: null,
    interrupted: new Promise<void>(() => undefined),
  });
  return { code, text: out.join('\n'), err, lines: () => out.map((l) => JSON.parse(l)) };
}
const draft = (text: string): string => {
  const path = join(dataDir, 'draft.yaml');
  writeFileSync(path, text);
  return path;
};
const body = 'Please set the session timeout to 90 minutes.';

it('says what would become of an issue as of now, as a table and as JSON, and publishes nothing', async () => {
  const { code, text } = await call('publish', '--subject', 'Sessions', '--body', body, '--dry-run');
  expect(text).toMatch(/^It would become a contract of \w+ risk, which a founder decides on\.\nRead as {2}/);
  expect(text).toMatch(/Undo {5}session_lifetime lifetime_minutes 90 → 60; leads back to the same values/);
  expect(text).toMatch(/\nE-006 {4}passes\n/);
  expect(text).toMatch(/SYSTEM HEALTHY .* Nothing was stored or published\.$/);
  expect(code).toBe(0);
  const json = await call('publish', '--subject', 'Thanks', '--body', 'Thanks for everything.', '--dry-run', '--json');
  expect([json.code, json.lines()]).toMatchObject([1, [{ outcome: 'MAY_NOT', contract: null }]]);
  expect(world.all('CrmIssue')).toHaveLength(0);
});

it('judges past verdicts again: one, all, and by draft parameters', async () => {
  const { issueId, value } = await propose(world);
  await world.next('EligibilityJudged', (m) => m.value.issue_id === issueId);
  const one = await call('eligibility', 'replay', issueId);
  expect([one.code, one.text]).toEqual([0, expect.stringMatching(new RegExp(`${issueId} .* MAY .* same bytes`))]);
  const all = await call('eligibility', 'replay', '--json');
  expect([all.code, all.lines()]).toMatchObject([0, [{ replayed: 1, different: 0 }]]);
  expect((await call('eligibility', 'replay')).text).toMatch(/^1 verdict judged again, all gave the same bytes/);

  const stricter = await call('eligibility', 'what-if', '--parameters', draft('confidence_min: 0.95'), '--json');
  expect(stricter.lines()).toMatchObject([
    { issue_id: issueId, reference: `desk/${value.origin.reference}`, would_be: { first_failing_rule: 'E-001' } },
    { judged: 1, flips: 1, ended: { none: 1 } },
  ]);
  const { text } = await call('eligibility', 'what-if', '--parameters', draft('confidence_min: 0.95'));
  expect(text).toMatch(/MAY {2,}MAY_NOT E-001 {2,}none {2,}A change/);
  expect(text).toMatch(/\n1 of 1 past proposals would flip: 1 to MAY_NOT \(their contracts: 1 none\), 0 to MAY\.\n/);
});

it('refuses what it cannot do in a sentence', async () => {
  const unfit = await call('eligibility', 'what-if', '--parameters', draft('confidence: 1'));
  expect([unfit.code, unfit.err[0]]).toEqual([2, expect.stringContaining('confidence is no parameter of the rules')]);
  expect((await call('eligibility', 'what-if', '--parameters', '/nowhere')).code).toBe(2);
  expect((await call('eligibility', 'replay', '018f0000-0000-7000-8000-000000000000')).code).toBe(4);
  expect((await call('eligibility', 'replay', 'nobody-knows-this')).code).toBe(4);
  expect((await call('eligibility')).code).toBe(2);
});
