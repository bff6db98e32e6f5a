// A stack with dummy parts in a process of its own, from the build, for a test that kills it: killed-stack.cjs DATA DUMMY
const { stackParts } = require('../dist/parts.js');
const { Stack } = require('../dist/stack.js');

const [dataDir, program] = process.argv.slice(2);
const partsOf = (context) => stackParts(context).map((part) => (part.name === 'issuer' ? part : { ...part, program }));
const stack = new Stack({ dataDir, report: () => undefined, partsOf });
stack.start().then(
  () => {
    console.log('ready');
    setInterval(() => undefined, 1_000);
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
