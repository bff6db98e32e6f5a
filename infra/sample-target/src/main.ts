import { readOptions } from './config';
import { Target } from './target';

async function main(): Promise<void> {
  const target = await Target.start({ ...readOptions(process.env), now: () => Date.now() });
  const stop = (): void => void target.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`sample target listens on port ${target.port}`);
}

main().catch((error: Error) => {
  console.error(`sample target cannot start: ${error.message}`);
  process.exit(78);
});
