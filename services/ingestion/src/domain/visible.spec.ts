import fc from 'fast-check';
import { levelsOf, memberText, readDocument } from './json-document';
import { visibleJson, visibleText } from './visible';

describe('visibleText', () => {
  it('leaves well-formed text without NUL as it is, and all other text storable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(visibleText(text)).toBe(text.replaceAll('\u0000', '␀'));
      }),
    );
    const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((u) => String.fromCharCode(...u));
    fc.assert(fc.property(anyUnits, (text) => expect(visibleText(text)).not.toMatch(/[\p{Surrogate}\0]/u)));
  });
});

describe('visibleJson', () => {
  it('replaces what jsonb refuses, and shows what it replaced', () => {
    expect(visibleJson('{"a\\u0000":"\\ud800x","b":"\\ud83d\\ude00"}')).toBe('{"a␀":"\ufffdx","b":"😀"}');
    expect(visibleJson('[1e400,-1e400,1e-9999,1.5,-0,12345678901234567890]')).toBe(
      '["1e400","-1e400","1e-9999",1.5,-0,12345678901234567890]',
    );
    expect(visibleJson(`[${'9'.repeat(41)}]`)).toBe(`["${'9'.repeat(41)}"]`);
  });

  it('does not touch numbers and brackets inside strings', () => {
    const text = '{"1e400":"a \\" 1e400 [ { \\\\","x":[true,false,null]}';
    expect(visibleJson(text)).toBe(text);
  });

  it('gives JSON that means the same wherever nothing had to be replaced', () => {
    const harmless = fc.jsonValue({ stringUnit: 'grapheme' });
    fc.assert(
      fc.property(harmless, (value) => {
        const shown = JSON.parse(visibleJson(JSON.stringify(value))) as unknown;
        const hasExtremes = /e[+-]?\d{3}/.test(JSON.stringify(value));
        if (!hasExtremes) expect(JSON.stringify(shown)).toBe(JSON.stringify(value).replaceAll('\\u0000', '␀'));
      }),
    );
  });

  it('is linear: a hostile document at the limit ends long before the time limit of a test', () => {
    for (const unit of ['\\u0000', '\\"', '"', '[1e400],', '\\\\'])
      visibleJson(`"${unit.repeat(65_536 / unit.length)}"`);
  });
});

describe('readDocument', () => {
  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const document = readDocument(bytes);
        if ('text' in document) JSON.parse(document.text);
      }),
    );
  });

  it('counts levels outside strings only', () => {
    expect(levelsOf('{"a":[{"b":"[[[[\\"[["}]}')).toBe(3);
    expect(levelsOf('"["')).toBe(0);
  });
});

describe('memberText', () => {
  it('gives a member as it was written', () => {
    const text = '{"a":{"raw_payload":0},"raw_payload" : {"n":1.50,"s":"\\u0041,}"} ,"z":[1,2]}';
    expect(memberText(text, 'raw_payload')).toBe('{"n":1.50,"s":"\\u0041,}"}');
    expect(memberText(text, 'z')).toBe('[1,2]');
    expect(memberText(text, 'n')).toBeNull();
    expect(memberText('{}', 'a')).toBeNull();
    expect(memberText('{"a":1,"a":2}', 'a')).toBe('2');
    expect(memberText('{"\\u0061":"x"}', 'a')).toBe('"x"');
  });

  it('agrees with a parser on every object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue()), fc.nat(3), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        for (const name of Object.keys(object)) {
          expect(JSON.parse(memberText(text, name) as string)).toEqual(JSON.parse(JSON.stringify(object[name])));
        }
      }),
    );
  });
});
