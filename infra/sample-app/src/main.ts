import { readOptions } from './config';
import { Storefront } from './storefront';

async function main(): Promise<void> {
  const shop = await Storefront.start(readOptions(process.env));
  const stop = (): void => void shop.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`storefront listens on port ${shop.port}`);
}

main().catch((error: Error) => {
  console.error(`storefront cannot start: ${error.message}`);
  process.exit(78);
});
