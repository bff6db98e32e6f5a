// Lets a child process of a test run TypeScript sources as jest does: transpiled by swc, packages by their sources.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const Module = require('node:module');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..', '..', '..', '..');
const swcrc = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swcrc, filename, swcrc: false });
  module._compile(code, filename);
};
const resolve = Module._resolveFilename;
Module._resolveFilename = function resolveFilename(request, ...rest) {
  const own = /^@mandate\/(schemas|contracts|judgement|service-kit)$/.exec(request);
  return resolve.call(this, own ? join(root, 'packages', own[1], 'src', 'index.ts') : request, ...rest);
};
