import { ensureClassArchive } from '../kafka';
import { chooseProvider } from './container-servers';
import { removeTestStack, startTestStack, sweepTestStacks } from './test-stack';

/**
 * Jest's globalSetup of the integration and e2e projects: one broker and one database server for the whole run, told
 * to the tests in MANDATE_TEST_STACK. The second project of a run finds them started.
 */
export default async function startServersOnce(): Promise<void> {
  if (process.env.MANDATE_TEST_STACK !== undefined) return;
  await sweepTestStacks();
  console.log((await chooseProvider()).sentence);
  await ensureClassArchive((line) => console.log(line));
  const stack = await startTestStack();
  process.env.MANDATE_TEST_STACK = JSON.stringify(stack);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void removeTestStack(stack.dir).finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
    });
  }
}
