import { parseArguments, type StackCommand, usage } from './arguments';

describe('the command line', () => {
  it('takes a data folder, relative to where the user is, in both spellings', () => {
    expect(parseArguments(['start', '--data', 'two'], '/home/me')).toMatchObject({
      command: 'start',
      dataDir: '/home/me/two',
    });
    expect(parseArguments(['stop', '--data=/var/two'], '/home/me').dataDir).toBe('/var/two');
    expect(parseArguments(['status'], '/home/me').dataDir).toMatch(/\.mandate\/stack$/);
  });

  it('takes flags and numbers', () => {
    expect(parseArguments(['start', '--detach', '--empty', '--port-base', '18000'], '/')).toMatchObject({
      isDetached: true,
      isEmpty: true,
      portBase: 18_000,
      partitions: undefined,
    });
    expect(parseArguments(['reset', '--yes'], '/').isYes).toBe(true);
  });

  it('passes everything but --data on to the programs', () => {
    const parsed = parseArguments(['mandate', 'publish', '--json', '--data', 'x', '--port-base', '1'], '/');
    expect(parsed).toMatchObject({
      dataDir: '/x',
      rest: ['publish', '--json', '--port-base', '1'],
      portBase: undefined,
    });
  });

  it.each([
    ['start', ['--data', '--port-base', '--partitions', '--empty', '--detach']],
    ['stop', ['--data']],
    ['status', ['--data', '--json']],
    ['reset', ['--data', '--yes']],
    ['demo', ['--data', '--json']],
    ['bench', ['--json']],
  ] as const)('%s --help names the options of that command', (command, options) => {
    for (const word of ['--help', '-h']) expect(parseArguments([command, word], '/').isHelp).toBe(true);
    expect(usage(command).match(/^ {2}--[a-z-]+/gm)).toEqual(options.map((option) => `  ${option}`));
  });

  it('leaves --help to mandate, which has its own', () => {
    expect(parseArguments(['mandate', 'approve', '--help'], '/')).toMatchObject({
      isHelp: false,
      rest: ['approve', '--help'],
    });
  });

  it.each<[StackCommand, string]>([
    ['start', '/tmp/x'],
    ['stop', 'x'],
    ['start', '18000'],
    ['demo', '/tmp/x'],
  ])('says of %s %s, which npm left of an option, where options go', (command, word) => {
    expect(() => parseArguments([command, word], '/')).toThrow(
      /is not understood: .*are\. Options go behind `--`, as in `npm start -- --data x`\.$/,
    );
  });

  it.each([
    [['begin'], '"begin" is not a command'],
    [[], '"" is not a command'],
    [['start', '--fast'], '"--fast" is not understood'],
    [['demo', '--fast'], '"--fast" is not understood: --data and --json are.'],
    [['start', '--data'], '--data needs a value'],
    [['start', '--port-base', 'x'], '--port-base is "x"; it wants a whole number from 1024 to 65500'],
  ])('refuses %j with a sentence', (argv, sentence) => {
    expect(() => parseArguments(argv, '/')).toThrow(sentence);
  });
});
