export type { Expectation, Finding } from './audit/compare';
export type { ServiceExpectation } from './audit/look';
export { TableReader } from './audit/rows';
export { cell, type Row } from './audit/table';
export { expectationsOf } from './commands/audit';
export { run } from './program';
export type { Terminal } from './terminal';
