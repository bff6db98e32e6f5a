import type { Level } from '@mandate/contracts';
import { phraseTable } from './phrases';

/** Words that tell how bad it is. A negated one tells nothing; those that say "not" themselves are listed whole. */
export const SEVERITY_CUES = phraseTable<Level>([
  {
    value: 'critical',
    phrases: [
      'critical',
      'sev1',
      'sev 1',
      'sev0',
      'p0',
      'p1',
      'outage',
      'total outage',
      'data loss',
      'losing data',
      'lost data',
      'production is down',
      'production down',
      'prod is down',
      'site is down',
      'system is down',
      'everything is down',
      'service is down',
      'completely down',
      'all customers are affected',
      'nobody can',
      'no one can',
      'security breach',
      'data breach',
      'emergency',
      'catastrophic',
    ],
  },
  {
    value: 'high',
    phrases: [
      'urgent',
      'urgently',
      'asap',
      'as soon as possible',
      'immediately',
      'right away',
      'high priority',
      'blocking us',
      'blocks us',
      'blocked',
      'blocker',
      'severe',
      'severely',
      'serious',
      'major',
      'very important',
      'sev2',
      'sev 2',
      'p2',
      'losing money',
      'losing customers',
      'many customers',
      'deadline',
    ],
  },
  {
    value: 'low',
    phrases: [
      'minor',
      'low priority',
      'nice to have',
      'no rush',
      'no hurry',
      'not urgent',
      "isn't urgent",
      'not critical',
      "isn't critical",
      'whenever you',
      'when you have time',
      'when you get a chance',
      'cosmetic',
      'typo',
      'trivial',
      'small thing',
      'not important',
      'sev4',
      'p4',
      'low severity',
    ],
  },
]);

/** Words that hand the matter to a human. */
export const ESCALATION_CUES = phraseTable<'escalation'>([
  {
    value: 'escalation',
    phrases: [
      'escalate',
      'escalated',
      'escalation',
      'speak to a manager',
      'speak to your manager',
      'talk to a manager',
      'speak with a manager',
      'talk to your manager',
      'your supervisor',
      'our lawyer',
      'our lawyers',
      'legal action',
      'lawsuit',
      'attorney',
      'security incident',
      'security breach',
      'data breach',
      'data protection authority',
      'formal complaint',
      'breach of contract',
      'terminate our contract',
      'cancel our contract',
    ],
  },
]);

/** Words that report a failure: `strong` says that something fails, `weak` that it could. */
export const BUG_CUES = phraseTable<'strong' | 'weak'>([
  {
    value: 'strong',
    phrases: [
      'bug',
      'broken',
      'crash',
      'crashes',
      'crashed',
      'crashing',
      'stopped working',
      'stops working',
      'fails',
      'failing',
      'failed',
      'throws',
      'is down',
      'are down',
      'went down',
      'outage',
      'regression',
      'corrupted',
      'error 500',
      'http 500',
      'internal server error',
      'times out',
      'timing out',
      'timed out',
      'hangs',
      'freezes',
      'data loss',
      'lost data',
      'malfunction',
      'does not work',
      "doesn't work",
      'not working',
      "isn't working",
      'no longer works',
      "don't work",
      'do not work',
      "didn't work",
      'not load',
      "doesn't load",
      'does not load',
      'not loading',
      "won't load",
      "won't start",
      "won't open",
      'does not respond',
      "doesn't respond",
      'not responding',
      "can't log in",
      'cannot log in',
      "can't login",
      'unable to',
      'exception',
      'wrong result',
      'wrong results',
      'goes down',
    ],
  },
  {
    value: 'weak',
    phrases: [
      'error',
      'errors',
      'slow',
      'slower',
      'sluggish',
      'incorrect',
      'wrong',
      'problem',
      'issue',
      'glitch',
      'missing',
      'unexpected',
    ],
  },
]);

/** Words that ask for something without saying how it is to be changed. */
export const WISH_CUES = phraseTable<'wish'>([
  {
    value: 'wish',
    phrases: [
      'feature request',
      'would be great',
      'would be nice',
      'would love',
      "we'd love",
      "i'd love",
      'would like',
      "we'd like",
      "i'd like",
      'please add',
      'add support',
      'support for',
      'we need',
      'i need',
      'we want',
      'it would help',
      'could you add',
      'can you add',
      'wish we had',
      'requesting',
      'request for',
      'please allow',
      'please provide',
      'please enable',
    ],
  },
]);

/** Words that take back what was asked, or say that it has been done. */
export const WITHDRAWALS = phraseTable<'withdrawn'>([
  {
    value: 'withdrawn',
    phrases: [
      'never mind',
      'nevermind',
      'please ignore',
      'ignore my',
      'ignore this',
      'please disregard',
      'disregard this',
      'disregard my',
      'no longer needed',
      'no longer need',
      'not needed any more',
      'not needed anymore',
      'changed our mind',
      'changed my mind',
      'please cancel this',
      'cancel this request',
      'cancel my request',
      'withdraw this',
      'withdraw my',
      'do nothing',
      'no action needed',
      'no action required',
      'no changes needed',
      'no change needed',
      'this is a test',
      'just a test',
      'for example',
      'hypothetically',
      'already been done',
      'has been resolved',
      'is resolved now',
    ],
  },
]);

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

/** Whether enough words were seen to say that they are not English. Shorter texts are judged by their words alone. */
export function isForeign(words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const latin = words.filter((word) => /^[a-zà-ɏ']+$/.test(word.replace(/\d/g, ''))).length;
  if (latin * 2 < words.length) return true;
  if (words.length < ENGLISH_WORDS_MIN) return false;
  const english = words.filter((word) => ENGLISH.has(word)).length;
  return english * 10 < words.length || words.filter((word) => OTHER_LANGUAGES.has(word)).length > english;
}
