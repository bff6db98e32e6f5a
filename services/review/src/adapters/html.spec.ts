import { escapeText, html } from './html';

describe('text in a page', () => {
  it('is never markup', () =>
    expect(html`<p title="${`"'<b>&`}">${'<script>'}</p>`.text).toBe(
      '<p title="&quot;&#39;&lt;b&gt;&amp;">&lt;script&gt;</p>',
    ));
  it('shows what cannot be seen or turns the direction', () =>
    expect(escapeText('a\u202Eb\u200Bc\u0000\n')).toBe('a<b>U+202E</b>b<b>U+200B</b>c<b>U+0000</b>\n'));
  it('takes what is Html already as it is', () =>
    expect(html`${[html`<i>${1}</i>`, html`<i>${null}</i>`]}`.text).toBe('<i>1</i><i>–</i>'));
});
