// The dependency rule of ARCHITECTURE.md, as data. Each rule is proven by a planted violation in
// infra/fences/src/dependency-rule.spec.ts; the comment is what its breaker reads.
const { join } = require('node:path');

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });
const specs = '\\.spec\\.ts$|/testing/';
const tests = '/test/';

module.exports = {
  forbidden: [
    rule(
      'schemas-stand-alone',
      'Schemas are the words everybody shares: they import nothing of ours. Move what needs more into packages/contracts.',
      { path: '^packages/schemas/src/' },
      { path: '^(packages/(?!schemas/)|services/|infra/|bench/|test-e2e/)' },
    ),
    rule(
      'contracts-on-schemas-only',
      'Contracts are shared words: they import packages/schemas and nothing else of ours.',
      { path: '^packages/contracts/src/' },
      { path: '^(packages/(?!contracts/|schemas/)|services/|infra/|bench/|test-e2e/)' },
    ),
    rule(
      'kit-on-contracts-and-schemas',
      'The kit knows no service and no rule: it imports packages/contracts and packages/schemas only.',
      { path: '^packages/service-kit/src/' },
      { path: '^(packages/(?!service-kit/|contracts/|schemas/)|services/|infra/|bench/|test-e2e/)' },
    ),
    rule(
      'judgement-on-contracts-only',
      'Judgement is pure: besides its own files it imports packages/contracts. Pass facts in as arguments.',
      { path: '^packages/judgement/src/', pathNot: specs },
      { path: '^(packages/(?!judgement/|contracts/)|services/|infra/|bench/|test-e2e/)' },
    ),
    rule(
      'judgement-without-io',
      'Judgement decides the same for ever: no module of Node, no framework, no client. A JSON Schema validator is all it needs.',
      { path: '^packages/judgement/src/', pathNot: specs },
      {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '(^|/)node_modules/ajv(-formats)?/',
      },
    ),
    rule(
      'domain-decides-alone',
      'The domain sees no message, table or clock: it imports its own folder, packages/contracts and packages/judgement. Map messages in adapters/<message>.wire.ts and pass the rest in.',
      { path: '^services/([^/]+)/src/domain/', pathNot: specs },
      { pathNot: ['^services/$1/src/domain/', '^packages/(contracts|judgement)/src/'] },
    ),
    rule(
      'adapters-do-not-decide',
      'An adapter carries what was decided and decides nothing: let the handler call decide() and pass the outcome on.',
      { path: '^services/([^/]+)/src/adapters/', pathNot: specs },
      { path: '^services/$1/src/domain/decide', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'adapters-not-on-handlers',
      'A way out knows no way in: move what both need into adapters/ or domain/.',
      { path: '^services/[^/]+/src/adapters/' },
      { path: '^services/[^/]+/src/(handlers/|app\\.module|main)' },
    ),
    rule(
      'handlers-not-on-wiring',
      'Only main.ts and app.module.ts wire a service together: inject what the handler needs.',
      { path: '^services/[^/]+/src/handlers/' },
      { path: '^services/[^/]+/src/(app\\.module|main)' },
    ),
    rule(
      'no-service-on-another',
      'Services speak by messages only: take what you need from the topic, or move shared words into packages/contracts.',
      { path: '^services/([^/]+)/', pathNot: tests },
      { path: '^services/(?!$1/)' },
    ),
    rule(
      'nothing-on-a-service',
      'Nothing imports a service but bench and tests: what others need belongs into a package.',
      { path: '^(packages|infra)/', pathNot: tests },
      { path: '^services/' },
    ),
    rule(
      'services-not-on-tools',
      'A service runs without the local stack, the bench and the command line.',
      { path: '^services/[^/]+/src/', pathNot: specs },
      { path: '^(infra/|bench/|test-e2e/|packages/cli/)' },
    ),
    rule(
      'clients-in-the-kit-only',
      'Broker and database are reached through packages/service-kit: use Tx, Outlet and Reference.',
      {
        path: '^(packages|services|infra)/',
        pathNot: ['^packages/(service-kit|cli)/', '^infra/local/', tests],
      },
      { path: '(^|/)node_modules/(kafkajs|pg|typeorm|@nestjs/typeorm)/' },
    ),
    rule(
      'packages-by-their-root',
      "A package's index.ts is its word: export there what others may use.",
      { path: '^(?:packages/([^/]+)|services|infra|bench|test-e2e)/' },
      { path: '^packages/(?!$1/)[^/]+/(src/(?!index\\.ts$)|dist/)' },
    ),
    rule(
      'no-test-in-code',
      'Code that runs does not import tests or what only tests need.',
      { path: '^(packages|services)/[^/]+/src/', pathNot: specs },
      { path: `${specs}|/test/|(^|/)node_modules/(fast-check|jest|@jest|@nestjs/testing)/` },
    ),
    rule(
      'no-cycle',
      'Two files that need each other are one file, or a third is missing between them.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'not-to-unresolvable',
      'The import leads nowhere: correct the path, or add the package to package.json with "catalog:".',
      {},
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: join(process.cwd(), 'tsconfig.json') },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'types', 'default'] },
  },
};
