// unit needs no server; local shares one broker and one database and stops them, so its files run one at a time; the
// files of integration and e2e have their own.
const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^@mandate/local$': '<rootDir>/infra/local/src/index.ts',
    '^@mandate/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.mandate/'],
};
const servers = {
  globalSetup: '<rootDir>/infra/local/src/testing/global-setup.ts',
  globalTeardown: '<rootDir>/infra/local/src/testing/global-teardown.ts',
  // Real servers on a busy machine: Jest's 5 s would be a measurement. A test that waits for a fact has its own limit.
  setupFilesAfterEnv: ['<rootDir>/infra/local/src/testing/limits.cjs'],
};
module.exports = {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{packages,services,infra}/**/src/**/*.spec.ts'] },
    { ...shared, ...servers, displayName: 'local', testMatch: ['<rootDir>/infra/local/test/**/*.test.ts'] },
    {
      ...shared,
      ...servers,
      displayName: 'integration',
      testMatch: ['<rootDir>/{packages,services,infra/sample-app,infra/prometheus}/**/test/**/*.test.ts'],
    },
    { ...shared, ...servers, displayName: 'e2e', testMatch: ['<rootDir>/test-e2e/**/*.test.ts'] },
  ],
};
