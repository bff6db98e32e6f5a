// npm run eval:speed: how long one verdict takes, in microseconds of processor time; the median of several rounds.
import { createRequire } from 'node:module';
import { build } from '../../../infra/local/bin/build.mjs';
import { textsOf } from './texts.mjs';

await build();
const { validate } = createRequire(import.meta.url)('../dist/index.js');
const shipped = textsOf('tune').filter((text) => text.id.includes('shipped'));
const { registry } = shipped[0];
const written = shipped.map((text) => text.issue.body).join('\n\n');
const hints = { severity: null, capabilities: [], change: null };
const issueOf = (body, subject = '') => ({ issue_id: 'speed', source: 'support_ticket', subject, body, hints });
const repeated = (piece) => piece.repeat(Math.ceil(10_000 / piece.length)).slice(0, 10_000);

const mail = shipped.find((text) => text.issue.body.includes('Managing Director')).issue.body.slice(0, 500);
const rows = [
  ['a mail of 500 characters', issueOf(mail), 100],
  ['reports and requests, 500 characters', issueOf(written.slice(9_000, 9_500)), 100],
  ['the same, 2,500 characters', issueOf(written.slice(3_000, 5_500)), null],
  ['the same, 5,000 characters', issueOf(written.slice(3_000, 8_000)), null],
  ['the largest issue: 10,000 characters', issueOf(written.slice(0, 10_000), 'x'.repeat(200)), 3_000],
  ...['a', 'not ', '1 ', 'API rate limit ', 'Please set the search depth to 9 and ', 'search depth 3 please, '].map(
    (piece) => [`10,000 characters of "${piece.trim()}"`, issueOf(repeated(piece)), 3_000],
  ),
];

function microseconds(issue) {
  const times = issue.body.length > 1_000 ? 40 : 400;
  const rounds = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    for (let n = 0; n < times; n++) validate(issue, registry);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  });
  return rounds.sort((a, b) => a - b)[4];
}

for (const [, issue] of rows) microseconds(issue); // so that the engine has compiled what is measured
for (const [what, issue, aim] of rows) {
  const took = microseconds(issue).toFixed(0).padStart(6);
  console.log(`${took} µs  ${what}${aim === null ? '' : ` (aim: at most ${aim})`}`);
}
