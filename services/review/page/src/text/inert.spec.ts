import { highlightedRuns, inertPieces } from './inert';

const shown = (text: string) =>
  inertPieces(text)
    .map((piece) => (piece.kind === 'text' ? piece.text : `[${piece.text}]`))
    .join('');
const says = (text: string) =>
  inertPieces(text)
    .filter((piece) => piece.kind !== 'text')
    .map((piece) => piece.says);

describe('outside text', () => {
  it('is left as it is where it hides nothing: accents, other scripts, line breaks', () => {
    for (const text of [
      'Bitte das Limit erhöhen',
      'Привет, мир',
      'Καλημέρα κόσμε',
      'a\n\tb',
      '限度を上げて',
      '',
      'naïve café',
      '👩‍💻 ❤️ 👍🏽',
    ])
      expect(
        inertPieces(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
  });

  it('shows what turns the reading direction or cannot be seen', () => {
    expect(shown('raise \u202Etimil\u202C now')).toBe('raise [U+202E]timil[U+202C] now');
    expect(shown('a\u200Bb\u2066c\uFEFF')).toBe('a[U+200B]b[U+2066]c[U+FEFF]');
    expect(says('\u202E')).toEqual(['U+202E right-to-left override']);
    expect(shown('a\u0000b\u001B[31m')).toBe('a[U+0000]b[U+001B][31m');
  });

  it('marks letters of another script among Latin ones, and names what they look like', () => {
    expect(shown('se\u0430rch_depth')).toBe('se[\u0430]rch_depth');
    expect(says('se\u0430rch_depth')).toEqual(['U+0430 looks like a and is not']);
  });

  it('marks a whole word in disguise where the text around it is Latin, and not among its own script', () => {
    expect(says('the \u0440\u043E\u0440\u0435 asks')).toHaveLength(4);
    expect(
      says('\u0440\u043E\u0440\u0435 \u0438 \u0436\u0438\u0437\u043D\u044C \u043B\u044E\u0434\u0435\u0439'),
    ).toEqual([]);
  });

  it('marks ASCII in another dress: full-width and mathematical letters', () => {
    expect(says('\uFF41\u{1D41A}')).toEqual(['U+FF41 looks like a and is not', 'U+1D41A looks like a and is not']);
  });

  it('shows a heap of marks as a count', () => {
    expect(shown(`Z${'\u0301'.repeat(10_000)}algo`)).toBe('Z[+10000 marks]algo');
    expect(shown('e\u0301')).toBe('e\u0301');
  });

  it('takes a lone half of a surrogate pair', () => {
    expect(shown('a\uD800b')).toBe('a[U+D800]b');
  });

  it('is cut where evidence begins and ends, by UTF-16 offsets', () => {
    const text = '\u{1F600} raise the limit';
    const at = text.indexOf('limit');
    const runs = highlightedRuns(text, [{ start: at, end: at + 5, label: 'capability' }]);
    expect(runs.map((run) => [run.pieces.map((piece) => piece.text).join(''), run.label])).toEqual([
      ['\u{1F600} raise the ', null],
      ['limit', 'capability'],
    ]);
  });

  it('bears spans that overlap, lie outside or are empty', () => {
    const runs = highlightedRuns('abcdef', [
      { start: 0, end: 4, label: 'x' },
      { start: 2, end: 99, label: 'y' },
      { start: 3, end: 3, label: 'z' },
      { start: -5, end: -1, label: 'w' },
    ]);
    expect(runs.map((run) => run.pieces.map((piece) => piece.text).join('')).join('')).toBe('abcdef');
    expect(runs.map((run) => run.label)).toEqual(['x', 'x, y', 'x, y', 'y']);
  });

  it('reads ten thousand characters at once', () => {
    expect(inertPieces('x'.repeat(10_000))).toHaveLength(1);
  });
});
