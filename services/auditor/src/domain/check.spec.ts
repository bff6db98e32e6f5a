import { Findings } from './check';

describe('what a check rests on', () => {
  it('is shown as far as a message has room, and counted', () => {
    const found = new Findings();
    found.show('changes', [...Array(250).keys()]);
    for (let i = 0; i < 250; i++) found.fail(`change ${i}`);
    const { result, evidence } = found.conclude('A-000');
    expect(result).toBe('FAIL');
    expect(evidence).toMatchObject({ changes_in_all: 250 });
    expect([evidence.changes, evidence.failures].map((list) => (list as unknown[]).length)).toEqual([100, 100]);
  });

  it('PART2-003: an answer that health does not give is no YES', () => {
    const result = (answer: 'YES' | 'NO' | 'UNKNOWN' | undefined) => {
      const found = new Findings();
      found.answered('it', answer);
      return found.conclude('A-000').result;
    };
    expect([result('YES'), result('NO'), result('UNKNOWN'), result(undefined)]).toEqual([
      'PASS',
      'FAIL',
      'INCONCLUSIVE',
      'INCONCLUSIVE',
    ]);
  });
});
