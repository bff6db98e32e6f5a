import { breaches, RULES } from './rules';

const HANDLER = 'services/contract/src/handlers/on-review-decided.handler.ts';
const DOMAIN = 'services/contract/src/domain/contract.ts';
const SPEC = 'services/contract/src/domain/contract.spec.ts';

/** What the rule whose name starts so says about one file. */
function said(rule: string, path: string, text: string): string[] {
  const found = RULES.find(({ name }) => name.startsWith(rule));
  if (!found) throw new Error(`no rule is called ${rule}`);
  return breaches(found, [{ path, text }]);
}
const CLOCK = 'one clock';
const ENVIRONMENT = 'one reader of the environment';
const MANDATE = 'the mandate is never off';
const MIGRATIONS = 'tables change by migrations only';
const SYNCHRONOUS = 'deciding is synchronous';
const NAMES = 'files say what they hold';
const LENGTH = 'no file over 300 lines';
const SKIPS = 'no test is skipped';
const EXPORTS = 'every export has a name';

describe('a planted violation is caught, with the line and what to do instead', () => {
  it.each([
    [CLOCK, HANDLER, 'const at = Date.now();', ':1 has Date.now: take `now` as an argument, or inject CLOCK'],
    [CLOCK, HANDLER, 'const clock = Date["now"];', 'Date.now'],
    [CLOCK, HANDLER, '\nconst at = new Date();', ':2 has the present time as a Date'],
    [CLOCK, HANDLER, 'const at = new Date;', 'the present time as a Date'],
    [CLOCK, HANDLER, 'const at = Date();', 'the present time as a Date'],
    [CLOCK, 'packages/service-kit/src/outlet.ts', 'const jitter = Math.random();', 'Math.random'],
    [CLOCK, 'packages/judgement/src/validator/validate.ts', 'const at = Date.now();', 'Date.now'],
    [
      ENVIRONMENT,
      HANDLER,
      'const limit = process.env.LIMIT;',
      "process.env: read the variable in the service's config.ts",
    ],
    [ENVIRONMENT, HANDLER, 'const { env } = process;', 'the environment of process'],
    [ENVIRONMENT, 'packages/service-kit/src/keyring.ts', 'const on = process.env["MANDATE"];', 'process.env'],
    [MANDATE, HANDLER, 'start(service, { mandate: false });', 'mandate: false: leave it out: only bench/ may'],
    [MANDATE, HANDLER, 'start(service, { "mandate": !isSlow });', 'mandate'],
    [MANDATE, HANDLER, 'const mandate = false; start({ mandate });', 'mandate = false'],
    [MANDATE, HANDLER, 'server.checks = false;', 'checks = false'],
    [MANDATE, 'packages/service-kit/src/outlet.ts', 'new Outlet({ signs: false });', 'signs: false'],
    [MANDATE, 'services/contract/test/contract.test.ts', 'world.start({ mandate: false });', 'mandate: false'],
    [MANDATE, HANDLER, "import { type KitOverrides } from '@mandate/service-kit';", 'an import of KitOverrides'],
    [MANDATE, HANDLER, "import { startService as s } from '@mandate/service-kit';", 'an import of startService'],
    [MIGRATIONS, 'packages/service-kit/src/database.ts', 'open({ synchronize: true });', 'write a numbered SQL file'],
    [MIGRATIONS, HANDLER, 'open({ synchronize: isLocal });', 'synchronize: isLocal'],
    [SYNCHRONOUS, DOMAIN, 'export async function decide() {}', 'async: let the handler fetch what is needed'],
    [SYNCHRONOUS, DOMAIN, 'export function decide(): Promise<void> { return later; }', 'Promise'],
    [SYNCHRONOUS, 'packages/judgement/src/plan/risk.ts', 'const risk = async () => 1;', 'async'],
    [NAMES, 'services/contract/src/adapters/contract.utils.ts', '', 'the name "utils": name it after the noun'],
    [NAMES, 'packages/contracts/src/common/link.ts', '', 'the name "common"'],
    [NAMES, 'services/review/src/domain/contract-info.ts', '', 'the name "info"'],
    [NAMES, 'services/review/migrations/0001-base.sql', '', 'the name "base"'],
    [LENGTH, HANDLER, 'const a = 1;\n'.repeat(301), '301 lines: it holds two things'],
    [SKIPS, SPEC, 'it.skip("expires", () => {});', 'it.skip: make it pass or take it out'],
    [SKIPS, SPEC, 'describe.only("a contract", () => {});', 'describe.only'],
    [SKIPS, SPEC, 'it.todo("expires");', 'it.todo'],
    [SKIPS, SPEC, 'it.skip.each([1])("expires %i", () => {});', 'it.skip'],
    [SKIPS, SPEC, '(hasDocker ? it : it.skip)("runs", () => {});', 'it.skip'],
    [SKIPS, SPEC, 'xit("expires", () => {});', 'xit()'],
    [EXPORTS, DOMAIN, 'export default class Contract {}', 'export default: export it by its name'],
    [EXPORTS, DOMAIN, 'const decide = 1;\nexport default decide;', ':2 has export default'],
    [EXPORTS, DOMAIN, 'const decide = 1;\nexport { decide as default };', 'export { … as default }'],
  ])('%s: %s: %s', (rule, path, text, message) => {
    const all = said(rule, path, text);
    expect(all.length).toBeGreaterThan(0);
    expect(all[0]).toContain(path);
    expect(all[0]).toContain(message);
  });

  it('covers every rule', () => {
    const planted = [CLOCK, ENVIRONMENT, MANDATE, MIGRATIONS, SYNCHRONOUS, NAMES, LENGTH, SKIPS, EXPORTS];
    expect(RULES.map(({ name }) => planted.findIndex((start) => name.startsWith(start)))).toEqual([...planted.keys()]);
  });
});

describe('what is allowed stays allowed', () => {
  it.each([
    [CLOCK, HANDLER, '// never Date.now()\nconst at = new Date(now).toISOString(); const text = "Math.random()";'],
    [CLOCK, 'packages/service-kit/src/clock.ts', 'export const systemClock = { now: () => Date.now() };'],
    [CLOCK, 'packages/service-kit/src/faults.ts', 'function backOff(random = Math.random) {}'],
    [CLOCK, SPEC, 'const at = Date.now();'],
    [ENVIRONMENT, 'services/contract/src/config.ts', 'export const config = () => readConfig(process.env, shape);'],
    [MANDATE, HANDLER, 'store.save({ mandate: message.mandate, checks: audit.checks });'],
    [MANDATE, 'bench/src/bench.ts', 'startService(name, AppModule, env, { mandate: false });'],
    [MIGRATIONS, 'packages/service-kit/src/database.ts', 'open({ synchronize: false });'],
    [SYNCHRONOUS, HANDLER, 'async function handle() { await store.save(); }'],
    [NAMES, 'packages/service-kit/src/database.ts', ''],
    [LENGTH, HANDLER, 'const a = 1;\n'.repeat(300)],
    [SKIPS, 'infra/docker/stack.container.test.ts', 'it.skip("no engine answers", () => {});'],
    [SKIPS, SPEC, 'it.each([1])("expires %i", () => {}); queue.skip(1);'],
    [EXPORTS, DOMAIN, 'switch (a) { default: throw a; } export { decide } from "./decide";'],
  ])('%s: %s', (rule, path, text) => {
    expect(said(rule, path, text)).toEqual([]);
  });
});
