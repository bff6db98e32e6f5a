// The review API's OpenAPI document -> openapi.json. Output is committed.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('../../infra/local/src/testing/typescript-hook.cjs');
const { openApiDocument } = require('./src/api/openapi.ts');

writeFileSync(new URL('openapi.json', import.meta.url), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
