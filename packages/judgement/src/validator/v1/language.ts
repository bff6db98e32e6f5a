import type { Sentence } from './tokens';

// The most frequent words of English text; a text without them is in another language.
const ENGLISH = new Set(
  `the a an to of in on for and or is are be was were been it this that we you i our your my please can could would should
   will with from at by as not have has had do does so if but us me they them their its there what when how why which who
   no yes all any more up off out set turn enable disable raise`.split(/\s+/),
);
const OTHER_LANGUAGES = new Set(
  `der das und ist nicht wir sie bitte auf für mit ein eine einen von zu wird bei le les des est et pour nous vous une un
   que de el los las por favor para con una il che di per sono het een voor niet wij och att inte är på não uma os proszę`.split(
    /\s+/,
  ),
);
const ENGLISH_WORDS_MIN = 6;

/** Whether enough words were seen to say that they are not English. Shorter texts are judged by their letters alone. */
export function isForeign(sentences: readonly Sentence[]): boolean {
  let words = 0;
  let latin = 0;
  let english = 0;
  let other = 0;
  for (const { tokens } of sentences) {
    for (const { kind, text } of tokens) {
      if (kind !== 'word') continue;
      words += 1;
      // Latin letters end at U+024F.
      if (text.charCodeAt(0) < 0x250) latin += 1;
      if (ENGLISH.has(text)) english += 1;
      else if (OTHER_LANGUAGES.has(text)) other += 1;
    }
  }
  if (latin * 2 < words) return true;
  return words >= ENGLISH_WORDS_MIN && (english * 10 < words || other > english);
}
