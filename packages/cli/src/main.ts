import { createInterface } from 'node:readline/promises';
import { run } from './program';
import type { Terminal } from './terminal';

async function confirm(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(question)).trim());
  } finally {
    prompt.close();
  }
}

const terminal: Terminal = {
  env: process.env,
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  confirm: process.stdin.isTTY ? confirm : null,
  interrupted: new Promise((resolve) => process.once('SIGINT', () => resolve())),
};

run(process.argv.slice(2), terminal).then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(70);
  },
);
