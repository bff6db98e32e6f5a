// Prints what breaks each fence; exit code 1 if anything does. The sources are TypeScript, run as the tests run them.
const { resolve } = require('node:path');

require('../local/src/testing/typescript-hook.cjs');
const { fences } = require('./src/index.ts');

module.exports = { fences: () => fences(resolve(__dirname, '../..')) };

if (require.main === module) {
  const all = module.exports.fences();
  for (const { name, breaches } of all)
    console.log([`${breaches.length === 0 ? '✓' : '✗'} ${name}`, ...breaches].join('\n  '));
  process.exitCode = all.some(({ breaches }) => breaches.length > 0) ? 1 : 0;
}
