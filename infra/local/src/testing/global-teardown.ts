import { removeTestStack, type TestStack } from './test-stack';

/** Jest's globalTeardown: stops what the setup started and leaves nothing. */
export default async function stopServersOnce(): Promise<void> {
  const text = process.env.MANDATE_TEST_STACK;
  if (text === undefined) return;
  delete process.env.MANDATE_TEST_STACK;
  await removeTestStack((JSON.parse(text) as TestStack).dir);
}
