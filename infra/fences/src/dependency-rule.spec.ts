import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const config = join(root, '.dependency-cruiser.cjs');

/** A small tree that keeps the rule, with what breaks it in places: file → its imports. */
const KEPT = {
  'packages/schemas/src/index.ts': [],
  'packages/contracts/src/index.ts': ['@mandate/schemas'],
  'packages/judgement/src/index.ts': ['@mandate/contracts', 'ajv'],
  'packages/service-kit/src/index.ts': ['@mandate/contracts', '@mandate/schemas', 'kafkajs', 'pg', 'node:fs'],
  'packages/service-kit/src/clock.ts': [],
  'services/contract/src/domain/contract.ts': ['@mandate/contracts', '@mandate/judgement'],
  'services/contract/src/domain/decide.ts': ['./contract'],
  'services/contract/src/adapters/contract.store.ts': ['@mandate/service-kit', '../domain/contract'],
  'services/contract/src/handlers/on-review-decided.handler.ts': ['../domain/decide', '../adapters/contract.store'],
  'services/contract/src/app.module.ts': ['./handlers/on-review-decided.handler'],
  'services/contract/test/contract.test.ts': ['../src/app.module', 'pg', '../../review/src/app.module'],
  'services/review/src/app.module.ts': ['@mandate/service-kit'],
  'bench/src/bench.ts': ['../../services/contract/src/app.module', 'kafkajs'],
  'infra/local/src/stack.ts': ['@mandate/contracts', 'pg'],
};
const PLANTED: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['schemas-stand-alone', 'packages/schemas/src/p01.ts', '@mandate/contracts'],
  ['contracts-on-schemas-only', 'packages/contracts/src/p02.ts', '@mandate/service-kit'],
  ['kit-on-contracts-and-schemas', 'packages/service-kit/src/p03.ts', '@mandate/judgement'],
  ['kit-on-contracts-and-schemas', 'packages/service-kit/src/p04.ts', '../../../services/review/src/app.module'],
  ['judgement-on-contracts-only', 'packages/judgement/src/p05.ts', '@mandate/service-kit'],
  ['judgement-without-io', 'packages/judgement/src/p06.ts', 'node:fs'],
  ['judgement-without-io', 'packages/judgement/src/p07.ts', '@nestjs/common'],
  ['domain-decides-alone', 'services/contract/src/domain/p08.ts', '../adapters/contract.store'],
  ['domain-decides-alone', 'services/contract/src/domain/p09.ts', '../handlers/on-review-decided.handler'],
  ['domain-decides-alone', 'services/contract/src/domain/p10.ts', '@mandate/service-kit'],
  ['domain-decides-alone', 'services/contract/src/domain/p11.ts', '@mandate/schemas'],
  ['domain-decides-alone', 'services/contract/src/domain/p12.ts', 'node:fs'],
  ['domain-decides-alone', 'services/contract/src/domain/p13.ts', 'node:net'],
  ['domain-decides-alone', 'services/contract/src/domain/p14.ts', '@nestjs/common'],
  ['adapters-do-not-decide', 'services/contract/src/adapters/p15.ts', '../domain/decide'],
  ['adapters-not-on-handlers', 'services/contract/src/adapters/p16.ts', '../handlers/on-review-decided.handler'],
  ['handlers-not-on-wiring', 'services/review/src/handlers/p17.ts', '../app.module'],
  ['no-service-on-another', 'services/contract/src/handlers/p18.ts', '../../../review/src/app.module'],
  ['nothing-on-a-service', 'infra/local/src/p19.ts', '../../../services/contract/src/app.module'],
  ['services-not-on-tools', 'services/contract/src/handlers/p20.ts', '../../../../infra/local/src/stack'],
  ['clients-in-the-kit-only', 'services/contract/src/adapters/p21.ts', 'kafkajs'],
  ['clients-in-the-kit-only', 'services/contract/src/adapters/p22.ts', 'pg'],
  ['clients-in-the-kit-only', 'packages/contracts/src/p23.ts', 'typeorm'],
  ['packages-by-their-root', 'services/contract/src/handlers/p24.ts', '../../../../packages/service-kit/src/clock'],
  ['no-test-in-code', 'services/contract/src/handlers/p25.ts', 'fast-check'],
  ['not-to-unresolvable', 'services/contract/src/handlers/p26.ts', './nowhere'],
  ['no-cycle', 'services/contract/src/handlers/p27.ts', './p27'],
];
const CLIENTS = ['ajv', 'kafkajs', 'pg', 'typeorm', 'fast-check', '@nestjs/common'];

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** Lays the tree out in a new folder, with packages that are as empty as it needs them. */
function plant(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mandate-fences-')));
  const files = [...Object.entries(KEPT), ...PLANTED.map(([, file, imported]) => [file, [imported]] as const)];
  for (const [file, imports] of files) {
    const lines = imports.map((imported, i) => `import * as i${i} from '${imported}';\nexport { i${i} };`);
    write(folder, file, `${lines.join('\n')}\nexport const here = 1;\n`);
  }
  // A cycle needs two.
  write(folder, 'services/contract/src/handlers/p27.ts', "export * as back from './p28';\n");
  write(folder, 'services/contract/src/handlers/p28.ts', "export * as back from './p27';\n");
  for (const name of CLIENTS) {
    write(folder, `node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(folder, `node_modules/${name}/index.js`, 'module.exports = {};\n');
  }
  const dependencies = Object.fromEntries(CLIENTS.map((name) => [name, '1.0.0']));
  write(folder, 'package.json', JSON.stringify({ name: 'planted', version: '1.0.0', dependencies }));
  const paths = { '@mandate/*': ['./packages/*/src/index.ts'] };
  write(
    folder,
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { module: 'node16', moduleResolution: 'node16', paths } }),
  );
  // dependency-cruiser looks for the compiler from where it runs.
  symlinkSync(realpathSync(join(root, 'node_modules/typescript')), join(folder, 'node_modules/typescript'));
  return folder;
}

function cruise(folder: string): Promise<Violation[]> {
  const args = ['--config', config, '--output-type', 'json', 'packages', 'services', 'infra', 'bench'];
  return new Promise((done, reject) => {
    const options = { cwd: folder, maxBuffer: 50_000_000 };
    execFile(join(root, 'node_modules/.bin/depcruise'), args, options, (_error, stdout, stderr) => {
      try {
        done((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations);
      } catch (cause) {
        reject(new Error(`dependency-cruiser said no JSON: ${stderr}`, { cause }));
      }
    });
  });
}

describe('the dependency rule', () => {
  let folder: string;
  let violations: Violation[];
  beforeAll(async () => {
    folder = plant();
    violations = await cruise(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(PLANTED)('%s catches %s on %s', (rule, file) => {
    expect(violations.filter((v) => v.from === file).map((v) => v.rule.name)).toContain(rule);
  });

  it('leaves what keeps it alone', () => {
    const kept = new Set(Object.keys(KEPT));
    expect(violations.filter((v) => kept.has(v.from))).toEqual([]);
  });

  it('has a planted violation for each of its rules, and each rule says what to do instead', () => {
    const rules = (require(config) as { forbidden: { name: string; comment: string }[] }).forbidden;
    expect([...new Set(PLANTED.map(([rule]) => rule))].sort()).toEqual(rules.map(({ name }) => name).sort());
    for (const { comment } of rules) expect(comment.length).toBeGreaterThan(40);
  });
});
