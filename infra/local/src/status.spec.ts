import { formatTable, sumOf } from './status';

describe('the status table', () => {
  it('adds up the series of a metric, and tells none from zero', () => {
    const text = '# HELP lag x\nlag{topic="a",partition="0"} 2\nlag{topic="a",partition="1"} 3.5\nlag_total 7\n';
    expect(sumOf(text, 'lag')).toBe(5.5);
    expect(sumOf(text, 'lag_total')).toBe(7);
    expect(sumOf(text, 'parked')).toBeNull();
  });

  it('aligns words to the left and numbers to the right', () => {
    expect(
      formatTable([
        ['', 'port'],
        ['review', '80'],
        ['x', '–'],
      ]),
    ).toBe('        port\nreview    80\nx          –');
  });
});
