// Every invariant's id -> docs/traceability.md: the code that names it, the tests whose titles name it. Output is committed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const TREES = ['bench', 'infra', 'packages', 'services', 'test-e2e'];
const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'coverage', '.mandate']);

/** In families; an id is the family, a dash and the place in the list, of three digits. */
const INVARIANTS = {
  PART2: [
    'a CRM cannot make a contract',
    "nothing is executed without a founder's approval",
    'a job cannot override health',
    'no way leads round the audit',
    "the platform's own invariants are evaluated (INV-1…INV-5)",
  ],
  REVIEW: [
    'an approval needs an ELIGIBLE contract',
    'a rejection gives a reason of more than ten characters',
    'an approval sets the window of activation',
    'every review action is recorded, refused ones too',
    'a modification supersedes by a new version',
    'time that runs out expires a contract and never approves it',
  ],
  CONTRACT: [
    'only the transitions of the state machine',
    'what is APPROVED says by whom and when',
    'ACTIVE begins inside the window; one CHANGE and one ROLLBACK job at most',
    'COMPLETED has a PASS',
    'a terminal state stays as it is',
    'proposed changes have the shape of their kind and their key',
    'a confidence lies between 0 and 1',
  ],
  VAL: [
    'the validator keeps no state',
    'a proposal names the versions it was made with',
    'the confidence is kept within its bounds',
    'what is unknown is deferred',
    'an escalation is escalated',
  ],
  ELIG: [
    'the gate is deterministic',
    'a verdict gives its reasons',
    'MAY only if nothing says MAY_NOT',
    'nothing passes while the system is not healthy',
    'nothing that is frozen is touched',
  ],
  JOB: [
    'a job stays within what was approved',
    'health is looked at before each step',
    'a failure leads to a rollback',
    'one step after the other, each once',
    'a job that has ended is audited',
    'a rollback takes back the completed steps',
  ],
  AUDIT: [
    'every finished job gets a verdict',
    'a contract completes on a PASS only',
    'a FAIL leads to a rollback',
    'a verdict is never changed',
    'evidence is kept as it came',
    'without a snapshot from before there is no PASS',
  ],
  SM: [
    'a CHANGE job only for an ACTIVE contract',
    'an audit only of a finished job',
    'a contract becomes COMPLETED on a PASS only',
    'FAILED orders the rollback',
    'state is made final on a verdict only',
    'no second job of a kind for a contract',
  ],
  HOLD: ['no two contracts hold one capability at once'],
  HEALTH: ['nobody acts on health past the end of its validity'],
  CHAIN: [
    'one writer per topic',
    'every message proves its cause and its permits',
    'a message that fails the check is set aside and does nothing',
  ],
  FLOW: [
    'an acknowledged issue is never lost',
    'a message takes effect once, however often and in whatever order it comes',
    "one aggregate's messages are published in the order of its versions",
    'a message that cannot be processed holds only its own key, and is kept',
    'a service that lost its broker or database goes on by itself, nothing lost, nothing repeated',
    "nothing is decided on facts older than the message's",
  ],
  EVID: ['an edit of recorded history is found'],
};

const idOf = (family, number) => `${family}-${String(number).padStart(3, '0')}`;
const known = new Map(
  Object.entries(INVARIANTS).flatMap(([family, says]) => says.map((text, i) => [idOf(family, i + 1), text])),
);

/** The ids that a text names; `VAL-001…005` names five, and a constraint `job_001_…` one. */
function idsIn(text) {
  const found = new Set();
  const pattern = new RegExp(
    `\\b(${Object.keys(INVARIANTS).join('|')})-(\\d{3})(?:(?:…|\\.{2,3}|–)(?:\\1-)?(\\d{3}))?`,
    'g',
  );
  for (const [, family, first, last] of text.matchAll(pattern))
    for (let number = Number(first); number <= Number(last ?? first); number++) found.add(idOf(family, number));
  const inNames = new RegExp(`(?<![a-z0-9])(${Object.keys(INVARIANTS).join('|').toLowerCase()})_(\\d{3})_`, 'g');
  for (const [, family, number] of text.matchAll(inNames)) found.add(`${family.toUpperCase()}-${number}`);
  return found;
}

function* files(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* files(path);
    else if (entry.isFile()) yield path;
  }
}

const isTest = (path) => /\.(spec|test)\.ts$|\/test\/.*\.ts$|^test-e2e\/.*\.ts$/.test(path);
const isCode = (path) =>
  /\.(ts|tsx|mjs|cjs|sql)$/.test(path) && !isTest(path) && !/\/testing(\/|\.ts$)|\/schema\.sql$/.test(path);

/** What a table of `it.each` puts into the first `count` places of a title. */
function fillings(table, count, source) {
  const given = ts.isAsExpression(table) ? table.expression : table;
  if (ts.isIdentifier(given)) {
    const named = declared(given.text, source);
    return named ? fillings(named, count, source) : [];
  }
  if (!ts.isArrayLiteralExpression(given)) return [];
  return given.elements.map((row) => {
    const cells = ts.isArrayLiteralExpression(row) ? row.elements.slice(0, count) : [row];
    return cells.map((cell) => (ts.isStringLiteralLike(cell) ? cell.text : undefined));
  });
}

function declared(name, source) {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const found = statement.declarationList.declarations.find((d) => d.name.getText(source) === name);
    if (found?.initializer) return found.initializer;
  }
  return undefined;
}

/** The titles of a call of `it`, `test` or `describe`, and of what their `each` makes; none for any other call. */
function titlesOf(call, source) {
  const [first] = call.arguments;
  if (!first || !/^(it|test|describe)\b/.test(call.expression.getText(source))) return [];
  const title = ts.isStringLiteralLike(first)
    ? first.text
    : ts.isTemplateExpression(first)
      ? first.getText(source).slice(1, -1)
      : null;
  if (title === null) return [];
  const each = call.expression;
  const count = title.match(/%[psdifjo]/g)?.length ?? 0;
  if (!ts.isCallExpression(each) || count === 0 || !each.arguments[0]) return [title];
  const filled = fillings(each.arguments[0], count, source).map((cells) =>
    cells.reduce((text, cell) => (cell === undefined ? text : text.replace(/%[psdifjo]/, () => cell)), title),
  );
  return idsIn(title).size > 0 || filled.length === 0 ? [title] : filled;
}

/** Every title of a file with the ids it names. */
function* titled(path) {
  const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node)) found.push(...titlesOf(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const title of found) yield { title, ids: idsIn(title) };
}

const all = TREES.flatMap((tree) => [...files(tree)]);
const code = new Map([...known.keys()].map((id) => [id, []]));
const tests = new Map([...known.keys()].map((id) => [id, new Map()]));
const strange = new Map();
const remember = (id, path) => strange.set(id, [...new Set([...(strange.get(id) ?? []), path])]);

for (const path of all.filter(isCode)) {
  for (const id of idsIn(readFileSync(join(root, path), 'utf8')))
    if (known.has(id)) code.get(id).push(path);
    else remember(id, path);
}
for (const path of all.filter(isTest)) {
  for (const { title, ids } of titled(path))
    for (const id of ids) {
      if (!known.has(id)) remember(id, path);
      else tests.get(id).set(path, [...(tests.get(id).get(path) ?? []), title]);
    }
}

const link = (path) => `[${path}](${relative('docs', path)})`;
const escaped = (title) => title.replaceAll(/([*_<>[\]|`\\])/g, '\\$1');
const section = ([id, text]) => [
  `### ${id}: ${text}`,
  '',
  `Code: ${code.get(id).map(link).join(', ') || 'none names it'}`,
  '',
  ...(tests.get(id).size === 0 ? ['Tests: none names it'] : ['Tests:', '']),
  ...[...tests.get(id)].map(
    ([path, titles]) => `- ${link(path)}: ${[...new Set(titles)].map((t) => `“${escaped(t)}”`).join('; ')}`,
  ),
  '',
];
const uncoded = [...known.keys()].filter((id) => code.get(id).length === 0);
const untested = [...known.keys()].filter((id) => tests.get(id).size === 0);
const list = (ids) => ids.join(', ') || 'none';

const page = [
  '# Traceability',
  '',
  '<!-- GENERATED by docs/generators/traceability.mjs from code, migrations and test titles. Run: npm run gen -->',
  '',
  'An invariant is named where it is enforced, in a comment or a constraint’s name, and in the title of each test that',
  'proves it. This page is read from those. That a file names an id does not make it right; that none does is a gap.',
  '',
  '## Invariants',
  '',
  ...[...known].flatMap(section),
  '## Gaps',
  '',
  `- No code names: ${list(uncoded)}`,
  `- No test’s title names: ${list(untested)}`,
  `- Named, but not in the list: ${
    [...strange]
      .sort()
      .map(([id, paths]) => `${id} (${paths.map(link).join(', ')})`)
      .join('; ') || 'none'
  }`,
  '',
];
writeFileSync(join(root, 'docs/traceability.md'), page.join('\n'));

// The page is written all the same, so that it shows what is missing; but no check passes with a gap.
const gaps = [
  ...uncoded.map((id) => `${id} (${known.get(id)}) is named by no code that enforces it`),
  ...untested.map((id) => `${id} (${known.get(id)}) is named by no test's title`),
  ...[...strange].map(([id, paths]) => `${id}, which ${paths.join(', ')} names, is in no list of invariants`),
];
if (gaps.length > 0) {
  console.error(gaps.join('\n'));
  process.exitCode = 1;
}
