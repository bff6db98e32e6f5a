import { decisionOfFigures } from './figures';

const errors = { warn: { above: 0.01 }, blocked: { above: 0.05 } };

describe("a query's figures", () => {
  it.each([
    [[0], 'OK'],
    [[0.01], 'OK'],
    [[0.02], 'WARN'],
    [[0, 0.06, 0.02], 'BLOCKED'],
    [[Number.NaN, 0.02], 'WARN'],
    [[Number.POSITIVE_INFINITY], 'BLOCKED'],
  ] as const)('%j are %s by their bounds', (figures, decision) => {
    expect(decisionOfFigures(figures, errors)).toBe(decision);
  });

  it('can be too low as well', () => {
    const rate = { warn: { below: 10 }, blocked: { below: 1, above: 1_000 } };
    expect([20, 5, 0, 2_000].map((figure) => decisionOfFigures([figure], rate))).toEqual([
      'OK',
      'WARN',
      'BLOCKED',
      'BLOCKED',
    ]);
  });

  it('are no observation when there are none, or none that is a number', () => {
    expect(decisionOfFigures([], errors)).toBeNull();
    expect(decisionOfFigures([Number.NaN], errors)).toBeNull();
  });
});
