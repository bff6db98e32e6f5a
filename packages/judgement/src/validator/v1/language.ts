import type { Sentence } from './tokens';

// The most frequent words of English text, but those that another language has too.
const ENGLISH = new Set(
  `the a to of for and or is are be been it this that these those we you i our your my please can could would should will
   with from by not have has had does did but us they them their its there what when how why which who yes any more up off
   out set turn enable disable raise since after our too get got make need want just only if than then some because into
   about every each other still very much don't doesn't isn't can't we'd i'd it's i'm we're hello thanks thank increase lower
   when where while works working change new all on in as at so no do me an was`.split(/\s+/),
);
const OTHER_LANGUAGES = new Set(
  `der das und ist nicht wir sie bitte auf für mit ein eine einen zu wird bei können möchten ich den dem des von nach wenn
   auch noch unser unsere unseren danke vielen funktioniert mehr le les est et pour nous vous une un que du dans sur pas merci
   bonjour votre notre pouvez voudrais aimerions el los las por favor para con una necesitamos hola gracias nuestra nuestro
   puede pueden il che di per sono gli della vorremmo grazie nostri buongiorno potete het een voor niet wij kunnen jullie van
   naar graag onze dank kan worden och att inte är på vill gärna tack ett og ikke jeg det til vil não uma os nosso nossa
   obrigado obrigada olá gostaríamos poderiam prezados proszę prosimy się jest nie czy na dziękuję prosím děkuji bir için
   lütfen teşekkürler vă rog kiitos ja olisi`.split(/\s+/),
);
/** A text with fewer words is judged by its letters. */
const WORDS_MIN = 4;

/** Whether a text is in another language than English: its small words are another's, or it has none and strange letters. */
export function isForeign(sentences: readonly Sentence[]): boolean {
  let words = 0;
  let latin = 0;
  let accented = 0;
  let english = 0;
  let other = 0;
  for (const { tokens } of sentences) {
    for (const { kind, text } of tokens) {
      if (kind !== 'word') continue;
      words += 1;
      // Latin letters end at U+024F.
      if (text.charCodeAt(0) < 0x250) latin += 1;
      if (/[\u00c0-\u024f]/.test(text)) accented += 1;
      if (ENGLISH.has(text)) english += 1;
      else if (OTHER_LANGUAGES.has(text)) other += 1;
    }
  }
  if (latin * 2 < words) return true;
  if (other > english && other >= 2) return true;
  return words >= WORDS_MIN && english === 0 && other + accented > 0;
}
