// npm run eval [-- --json | --wrong [part]]: how well the validator reads texts whose labels are known.
import { build } from '../../../infra/local/bin/build.mjs';

const args = process.argv.slice(2);
const isJson = args.includes('--json');
if (!isJson) await build();
const { figuresOf, verdictOn } = await import('./measure.mjs');
const { parts, textsOf } = await import('./texts.mjs');

const percent = (x) => (x === null ? '–' : `${(100 * x).toFixed(1)} %`);

function print(part, f) {
  console.log(`\n${part}: ${f.texts} texts`);
  for (const what of ['type', 'severity']) {
    console.log(`  ${what}: accuracy ${percent(f[what].accuracy)}, macro-F1 ${f[what].macro_f1.toFixed(3)}`);
    for (const p of f[what].per) {
      const row = `precision ${percent(p.precision)}, recall ${percent(p.recall)} of ${p.texts}`;
      console.log(`    ${p.name.padEnd(20)} F1 ${p.f1 === null ? '–' : p.f1.toFixed(3)}  ${row}`);
    }
  }
  for (const what of ['capabilities', 'changes']) {
    console.log(`  ${what}: precision ${percent(f[what].precision)}, recall ${percent(f[what].recall)}`);
  }
  console.log(`  exactly the changes asked for: ${percent(f.exact_changes.share)} of ${f.exact_changes.of}`);
  console.log(`  right among those that could become a MAY: ${percent(f.may.share)} of ${f.may.of}`);
  console.log(`  confidence (expected calibration error ${f.calibration.ece.toFixed(3)}):`);
  for (const b of f.calibration.table) {
    console.log(
      `    from ${b.from.toFixed(1)}: said ${b.confidence.toFixed(2)}, right ${percent(b.right)} of ${b.texts}`,
    );
  }
}

function printWrong({ text, proposal, changes, is, mayBe }) {
  const flaws = Object.keys(is).filter((what) => !is[what]);
  if (flaws.length === 0) return;
  console.log(`\n--- ${text.id} ${mayBe ? '!! MAY ' : ''}wrong: ${flaws.join(', ')}`);
  console.log(`${text.issue.subject}\n${text.issue.body}`.trim());
  const { right } = text;
  console.log(`  right: ${right.type} ${right.severity} [${right.capabilities}] [${right.changes}]`);
  const { issue_type, severity, affected_capabilities, confidence_score, reason } = proposal;
  console.log(
    `  said:  ${issue_type} ${severity} [${affected_capabilities}] [${changes}] ${confidence_score}; ${reason}`,
  );
}

const wanted = parts.filter((part) => parts.every((p) => !args.includes(p)) || args.includes(part));
const verdicts = Object.fromEntries(wanted.map((part) => [part, textsOf(part).map(verdictOn)]));
if (args.includes('--wrong')) for (const part of wanted) verdicts[part].forEach(printWrong);
const figures = Object.fromEntries(wanted.map((part) => [part, figuresOf(verdicts[part])]));
if (isJson) console.log(JSON.stringify(figures));
else for (const part of wanted) print(part, figures[part]);
