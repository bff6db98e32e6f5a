import { parseArguments } from './arguments';

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
    [['begin'], '"begin" is not a command'],
    [[], '"" is not a command'],
    [['start', '--fast'], '"--fast" is not understood'],
    [['start', '--data'], '--data needs a value'],
    [['start', '--port-base', 'x'], '--port-base is "x"; it wants a whole number from 1024 to 65500'],
  ])('refuses %j with a sentence', (argv, sentence) => {
    expect(() => parseArguments(argv, '/')).toThrow(sentence);
  });
});
