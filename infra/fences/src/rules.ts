import ts from 'typescript';
import { type Finding, findIn, type Source } from './source';

/** One fence over single files. */
export interface Rule {
  /** What holds, as the check's name. */
  readonly name: string;
  /** What to do instead, for whoever breaks it. */
  readonly instead: string;
  readonly covers: (path: string) => boolean;
  readonly find: (source: Source) => Finding[];
}

const LINES_MAX = 300;
const BANNED_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'base', 'data', 'info'];
const isSpec = (path: string) => /\.spec\.ts$|\/testing\//.test(path);
const isCode = (path: string) => /\.(ts|tsx|mjs|cjs|js)$/.test(path);
const isDecidingCode = (path: string) =>
  /^services\/[^/]+\/src\/domain\//.test(path) || path.startsWith('packages/judgement/src/');

/** `object.member`, however it is written; undefined for anything else. */
function member(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return `${node.expression.getText()}.${node.name.text}`;
  const isByText = ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression);
  return isByText ? `${node.expression.getText()}.${(node.argumentExpression as ts.StringLiteral).text}` : undefined;
}

/** `name: value`, `name = value` or `const name = value`. */
function assigned(node: ts.Node): { readonly name: string; readonly value: ts.Expression } | undefined {
  if (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) {
    const name = ts.isStringLiteral(node.name) ? node.name.text : node.name.getText();
    return node.initializer && { name, value: node.initializer };
  }
  const isAssignment = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (!isAssignment) return undefined;
  const name = (member(node.left) ?? node.left.getText()).split('.').at(-1) as string;
  return { name, value: node.right };
}

const isSwitchedOff = (value: ts.Expression) =>
  value.kind === ts.SyntaxKind.FalseKeyword ||
  (ts.isPrefixUnaryExpression(value) && value.operator === ts.SyntaxKind.ExclamationToken);

const clock: Rule = {
  name: 'one clock, no chance (text fence)',
  instead: 'take `now` as an argument, or inject CLOCK; ids come from newId(now)',
  covers: (path) =>
    (/^services\/[^/]+\/src\//.test(path) ||
      /^packages\/(schemas|contracts|judgement|service-kit)\/src\//.test(path)) &&
    path !== 'packages/service-kit/src/clock.ts' &&
    !isSpec(path),
  find: (source) =>
    findIn(source, (node) => {
      const name = member(node);
      // The back-off's jitter is the one place for chance.
      if (name === 'Math.random' && source.path !== 'packages/service-kit/src/faults.ts') return name;
      if (name === 'Date.now') return name;
      const isDate = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'Date';
      if (!isDate) return undefined;
      return ts.isCallExpression(node) || !node.arguments?.length ? 'the present time as a Date' : undefined;
    }),
};

const environment: Rule = {
  name: 'one reader of the environment (text fence)',
  instead: "read the variable in the service's config.ts with readConfig, and inject what it gives",
  covers: (path) =>
    /^(services\/[^/]+|packages\/(?!cli\/)[^/]+|infra\/sample-app)\/src\//.test(path) &&
    !/\/(config|main)\.ts$/.test(path) &&
    !['packages/service-kit/src/run-service.ts', 'packages/service-kit/src/migrate.ts'].includes(path) &&
    !isSpec(path),
  find: (source) =>
    findIn(source, (node) => {
      if (member(node) === 'process.env') return 'process.env';
      const isTaken = ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name);
      return isTaken && node.initializer?.getText() === 'process' ? 'the environment of process' : undefined;
    }),
};

const mandate: Rule = {
  name: 'the mandate is never off (text fence)',
  instead: 'leave it out: only bench/ may switch signing and checking off, by an argument',
  covers: (path) => isCode(path) && !path.startsWith('bench/'),
  find: (source) =>
    findIn(source, (node) => {
      const given = assigned(node);
      if (given && ['mandate', 'checks', 'signs'].includes(given.name) && isSwitchedOff(given.value))
        return node.getText();
      const isKitName = ts.isImportSpecifier(node) && /^services\/[^/]+\/src\//.test(source.path);
      const name = isKitName ? (node.propertyName ?? node.name).text : '';
      return ['KitOverrides', 'KitModule', 'startService'].includes(name) ? `an import of ${name}` : undefined;
    }),
};

const migrations: Rule = {
  name: 'tables change by migrations only (text fence)',
  instead: 'write a numbered SQL file in migrations/',
  covers: isCode,
  find: (source) =>
    findIn(source, (node) => {
      const given = assigned(node);
      const isOn = given?.name === 'synchronize' && given.value.kind !== ts.SyntaxKind.FalseKeyword;
      return isOn ? node.getText() : undefined;
    }),
};

const synchronous: Rule = {
  name: 'deciding is synchronous (text fence)',
  instead: 'let the handler fetch what is needed and pass it in',
  covers: (path) => isDecidingCode(path) && !isSpec(path),
  find: (source) =>
    findIn(source, (node) => {
      if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
      if (ts.isAwaitExpression(node)) return 'await';
      const isPromise =
        ts.isIdentifier(node) && ['Promise', 'setTimeout', 'setImmediate', 'queueMicrotask'].includes(node.text);
      return isPromise ? node.text : undefined;
    }),
};

const names: Rule = {
  name: 'files say what they hold (name fence)',
  instead: 'name it after the noun it holds or the thing it does',
  covers: () => true,
  find: ({ path }) => {
    const banned = path.split('/').flatMap((step) => step.split(/[.-]/).filter((word) => BANNED_NAMES.includes(word)));
    return banned.map((word) => ({ path, line: 0, what: `the name "${word}"` }));
  },
};

const length: Rule = {
  name: `no file over ${LINES_MAX} lines (text fence)`,
  instead: 'it holds two things: give each its own file',
  covers: isCode,
  find: ({ path, text }) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    return lines > LINES_MAX ? [{ path, line: 0, what: `${lines} lines` }] : [];
  },
};

const TESTS = ['it', 'test', 'describe'];
const SKIPS = ['skip', 'only', 'todo', 'failing', 'skipIf'];

const skips: Rule = {
  name: 'no test is skipped, left to do or alone (text fence)',
  instead: 'make it pass or take it out; only a *.container.test.ts or *.browser.test.ts may skip, and says why',
  covers: (path) => isCode(path) && !/\.(container|browser)\.test\.ts$/.test(path),
  find: (source) =>
    findIn(source, (node) => {
      const [suite = '', ...ways] = member(node)?.split('.') ?? [];
      if (TESTS.includes(suite) && ways.some((way) => SKIPS.includes(way))) return member(node);
      const called = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : '';
      return ['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe'].includes(called) ? `${called}()` : undefined;
    }),
};

const exported: Rule = {
  name: 'every export has a name (text fence)',
  instead: 'export it by its name, so that it is called the same everywhere',
  // Jest asks its global set-up for a default export.
  covers: (path) => /\.(tsx?|mjs)$/.test(path) && !/\/testing\/global-(setup|teardown)\.ts$/.test(path),
  find: (source) =>
    findIn(source, (node) => {
      if (ts.isExportAssignment(node) && !node.isExportEquals) return 'export default';
      if (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)) return 'export default';
      return ts.isExportSpecifier(node) && node.name.text === 'default' ? 'export { … as default }' : undefined;
    }),
};

/** All fences over single files. */
export const RULES: readonly Rule[] = [
  clock,
  environment,
  mandate,
  migrations,
  synchronous,
  names,
  length,
  skips,
  exported,
];

/** What breaks a rule, a sentence each: where, what, and what to do instead. */
export function breaches(rule: Rule, sources: readonly Source[]): string[] {
  const found = sources.filter(({ path }) => rule.covers(path)).flatMap(rule.find);
  return found.map(({ path, line, what }) => `${path}${line > 0 ? `:${line}` : ''} has ${what}: ${rule.instead}.`);
}
