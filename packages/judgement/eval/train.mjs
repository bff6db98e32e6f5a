// npm run eval:train -- --reports reports.json: fits the weights of type and severity and writes them as whole numbers to
// src/validator/v1/generated/. It learns from the tune texts and from public bug reports, wishes and questions, which are
// not kept here (README.md tells where they are from). The held-out texts are not looked at.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from '../../../infra/local/bin/build.mjs';
import { common, fitWeights, sumsOf } from './fit.mjs';
import { textsOf } from './texts.mjs';

await build();
const need = createRequire(import.meta.url);
const { readIssue } = need('../dist/validator/v1/read.js');
const { typeFeatures, severityFeatures } = need('../dist/validator/v1/features.js');
const { visitWords } = need('../dist/validator/v1/word-features.js');
const { MODEL_TYPES, MODEL_LEVELS } = need('../dist/validator/v1/model.js');
const generated = join(import.meta.dirname, '../src/validator/v1/generated');

/** One weight is this many times what the logistic model holds. */
const SCALE = 100;
const TYPE_FIT = { penalty: 6, steps: 300, start: 0.1 };
const LEVEL_FIT = { penalty: 3, steps: 300, start: 0.1 };
/** Most texts are of medium severity; the others count more, so that they are not drowned. */
const OTHER_LEVEL_WEIGHT = 2;
/** A public report tells less of our tickets than one of our own texts. */
const REPORT_WEIGHT = 0.5;
/** Words of one product only are its own; words that hardly tell anything are left out. */
const WORD_ROWS_MIN = 8;
const WORD_SOURCES_MIN = 4;
const WORDS_MAX = Number(process.env.WORDS_MAX ?? 1500);
const REPORT_TYPES = { bug: 'bug_report', feature: 'capability_request', question: 'unknown' };

function wordsOf(reading) {
  const words = new Set();
  visitWords(reading, (before, word, isTitle) => {
    words.add(`w ${word}`);
    words.add(`w ${before} ${word}`);
    if (isTitle) words.add(`t ${word}`);
    if (isTitle) words.add(`t ${before} ${word}`);
  });
  return [...words];
}

function toRow(source, reading, right, weight) {
  const types = typeFeatures(reading);
  return { source, reading, types, right, weight, cues: [...types.keys()], words: wordsOf(reading) };
}

const argument = (name) => process.argv[process.argv.indexOf(name) + 1];
const texts = textsOf('tune');
const own = texts.map(({ id, issue, registry, right }) =>
  toRow(id.replace(/^tune\/|(?:-.*)?\.txt.*$/g, ''), readIssue(issue.subject, issue.body, registry), right.type, 1),
);
const { registry } = texts.find(({ id }) => id.includes('shipped'));
const reports = process.argv.includes('--reports') ? JSON.parse(readFileSync(argument('--reports'), 'utf8')) : [];
if (reports.length === 0) throw new Error('give the public reports: --reports reports.json (README.md)');
const public_ = reports.map(({ repo, subject, body, label }) =>
  toRow(repo, readIssue(subject, body, registry), REPORT_TYPES[label], REPORT_WEIGHT),
);

/** The weights of cues and words from these rows, as whole numbers. */
function typeModel(rows) {
  const cues = common(
    rows.map(({ cues, source }) => ({ features: cues, source })),
    3,
    1,
  );
  const words = common(
    rows.map(({ words, source }) => ({ features: words, source })),
    WORD_ROWS_MIN,
    WORD_SOURCES_MIN,
  );
  const fitted = (chosen) =>
    fitWeights(
      rows.map((r) => ({
        features: [...r.cues.filter((c) => cues.has(c)).map((c) => `c:${c}`), ...r.words.filter((w) => chosen.has(w))],
        right: r.right,
        weight: r.weight,
      })),
      MODEL_TYPES,
      TYPE_FIT,
    );
  const first = fitted(words);
  const spread = (w) => Math.max(...first.weights.get(w)) - Math.min(...first.weights.get(w));
  const telling = new Set([...words].sort((a, b) => spread(b) - spread(a) || (a < b ? -1 : 1)).slice(0, WORDS_MAX));
  return rounded(fitted(telling));
}

const whole = (row) => row.map((w) => Math.round(w * SCALE) + 0);
const rounded = ({ bias, weights }) => ({
  bias: whole(bias),
  weights: new Map([...weights].map(([name, row]) => [name, whole(row)])),
});
const featuresOf = ({ cues, words }) => [...cues.map((c) => `c:${c}`), ...words];

/** Macro-F1 over the types that the rows have, each source judged by weights that were fitted without it. */
function crossValidated(ofFold, rows) {
  const said = new Map();
  for (const fold of new Set(rows.map(ofFold))) {
    const all = [...own, ...public_];
    const model = typeModel(all.filter((r) => !rows.includes(r) || ofFold(r) !== fold));
    for (const row of rows) if (ofFold(row) === fold) said.set(row, sumsOf(model, featuresOf(row)));
  }
  return said;
}

function macroF1(said) {
  const pairs = [...said].map(([row, sums]) => [row.right, MODEL_TYPES[sums.indexOf(Math.max(...sums))]]);
  const classes = MODEL_TYPES.filter((c) => pairs.some(([right]) => right === c));
  const f1 = classes.map((c) => {
    const hits = pairs.filter(([right, is]) => right === c && is === c).length;
    return (
      (2 * hits) / (pairs.filter(([right]) => right === c).length + pairs.filter(([, is]) => is === c).length || 1)
    );
  });
  return `${(f1.reduce((a, b) => a + b, 0) / f1.length).toFixed(3)} (${classes.map((c, i) => `${c} ${f1[i].toFixed(2)}`).join(', ')})`;
}

if (process.argv.includes('--cross')) {
  const bySource = crossValidated((r) => r.source, own);
  console.log('own texts, each registry unseen:', macroF1(bySource));
  const byProduct = crossValidated((r) => r.source, public_);
  console.log('public reports, each product unseen:', macroF1(byProduct));
  console.log('public reports, products seen:', macroF1(crossValidated((r) => public_.indexOf(r) % 5, public_)));
  if (argument('--cross')?.endsWith('.json')) {
    const shown = (said) =>
      [...said].map(([{ reading, right, source, types }, sums]) => ({
        source,
        right,
        sums,
        isDetermined: reading.atoms.length > 0,
        isNamed: reading.named.length > 0,
        cues: [...types.keys()],
      }));
    writeFileSync(argument('--cross'), JSON.stringify({ own: shown(bySource), reports: shown(byProduct) }));
  }
}

/** Written to mislead about the change, nearly all of one severity: they would teach that nothing is urgent. */
const TRAPS = /\/(?:bankapi|payroll-[1-4]|video-[12]|warehouse|shipped-[568])/;
const levels = texts.flatMap(({ id, right }, n) =>
  TRAPS.test(id)
    ? []
    : [
        {
          features: [...severityFeatures(own[n].reading, right.type, own[n].types).keys()],
          right: right.severity,
          weight: right.severity === 'medium' ? 1 : OTHER_LEVEL_WEIGHT,
        },
      ],
);
const knownLevels = common(
  levels.map((r) => ({ ...r, source: '' })),
  3,
  1,
);
const level = rounded(
  fitWeights(
    levels.map((r) => ({ ...r, features: r.features.filter((f) => knownLevels.has(f)) })),
    MODEL_LEVELS,
    LEVEL_FIT,
  ),
);
const type = typeModel([...own, ...public_]);

const shown = ({ bias, weights }, name = (n) => n) =>
  [['bias', bias], ...[...weights].map(([n, row]) => [name(n), row])]
    .map(([n, row]) => `  '${n}': [${row.join(', ')}],`)
    .join('\n');
const isCue = ([name]) => name.startsWith('c:');
const header = `// GENERATED by packages/judgement/eval/train.mjs from ${own.length} texts and ${public_.length} public reports. Weights in hundredths;
// the order of a row is the model's.`;
writeFileSync(
  join(generated, 'weights.ts'),
  `${header}
export const TYPE_WEIGHTS = {
${shown({ bias: type.bias, weights: [...type.weights].filter(isCue) }, (n) => n.slice(2))}
} as const;
export const SEVERITY_WEIGHTS = {
${shown(level)}
} as const;
`,
);
const words = [...type.weights].filter((entry) => !isCue(entry) && entry[1].some((w) => w !== 0));
writeFileSync(
  join(generated, 'word-weights.ts'),
  `${header}
// w: a word, or a word behind another; t: the same in a subject.
export const WORD_WEIGHTS = \`
${words.map(([name, row]) => `${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('$', '\\$')}\\t${row.join('\\t')}`).join('\n')}
\`;
`,
);
await build();
