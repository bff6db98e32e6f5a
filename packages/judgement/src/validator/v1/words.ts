import { phraseTable } from './phrases';

/** Where a sentence stops saying what and begins to say why. */
export const REASON_STARTS = phraseTable<'reason'>([
  {
    value: 'reason',
    phrases: [
      'because',
      'since',
      'due to',
      'as we',
      'as our',
      'as it',
      'as this',
      'as the',
      'so that',
      'so we',
      'in order to',
      'otherwise',
    ],
  },
]);

/** Words that may stand directly before a name without making it another thing ("the", "our current"). */
export const BEFORE_NAME = new Set(
  `the our your this that my its a an all of to in for on off and or is be new current existing default present global
   overall maximum max minimum capability feature setting value option both please as at by with from into again back
   everyone's their every want need like have require love wish get more additional extra further mind using use could can may would should hi hello`.split(
    /\s+/,
  ),
);

/** Words that may stand directly behind a name without making it another thing ("bulk export notifications" is one). */
export const AFTER_NAME = new Set(
  `for in on off to from at by of with and or as is be are was should must needs need has now again today asap please pls
   immediately because since due so that which when if until till feature capability option setting settings functionality
   flag value values up down back out entirely completely enabled disabled turned switched set raised increased lowered
   reduced changed last stay has can could permanently too also per after before right thanks thank here it we i altogether
   configuration everywhere globally being not only temporarily ? want increase raise reduction extension bump change
   decrease adjustment request available accessible`.split(/\s+/),
);

/** Words that make a value vague: it is not the value that is asked for. */
export const VAGUE = new Set([
  'around',
  'about',
  'roughly',
  'approximately',
  'approx',
  'least',
  'between',
  'maybe',
  'perhaps',
  'circa',
  'over',
  'under',
  'minimum',
  'something',
  'like',
  '~',
  'almost',
  'nearly',
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
