import { cuesIn, cueTable } from './cue-patterns';
import type { Sentence } from './tokens';

const UNITS = 'minute|minutes|hour|hours|day|days|week|weeks|month|months|year|years|quarter';
const WEEKDAYS = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday';
const MONTHS = 'january|february|march|april|june|july|august|september|october|november|december';

/**
 * What anywhere in a text stands against acting on what it asks for, even when that is wholly determined. Rather too
 * wide than too narrow: a change that is not fully meant costs more than a question back.
 */
const GROUPS = {
  withdrawn: `
    solved
    ignore
    obsolete
    close the|this ticket
    just kidding
    kidding
    only|was joking
    never|forget mind|it|that|this|about|my|what
    nevermind
    no thanks|thank
    no longer|not needed|need|necessary|required|wanted
    please|so do not
    never do that|it|this
    do|don't not? do that|it|this|anything
    leave|keep it|that|everything|things as|like|alone
    so leave|drop|forget it|that
    but|however i|we disagree
    it|this was nonsense|wrong|mistaken
    they|he|she said it|they
    they said
    is what i|we would
    only|just an? intern
    after all
    false alarm
    was mistaken
    wrong ticket|recipient|address|mail`,
  corrected: `
    i|we meant|mean
    sorry no|not|actually|rather|make|it's|wrong
    oops|whoops|ups|scratch|correction
    actually no|wait|not|make|rather|let
    no|oh|hmm|but|hang wait|on
    or rather|better|leave|maybe|not
    on second thought|thoughts
    make it|that rather|instead
    i|we was|were wrong
    typo`,
  waiting: `
    hold off|on|it|this|that|back
    wait with|for|until|till
    maybe|please|better|just wait
    let me|us check|ask|think|confirm|see|get|first|talk|speak
    need|needs|has|have|want|wants to check|confirm|approve|ask|agree|sign|discuss|decide
    still|first has|have|needs|need|must to
    sign|signs|signed|signing it|this|that|them? off
    until|once|unless|till i|we|he|she|they|you
    as soon as the|we|i|our|he|she|they|it
    get|come|be|i'll|i'd|we'll back to you
    come back on
    if|unless nobody|anybody|anyone|no|anna|he|she|they
    if anything changes|happens
    awaiting|pending
    not|isn't|yet yet? decided|final|approved|confirmed|clear
    subject to
    disregard|ignore|forget this|that|it|if|my|the`,
  later: `
    next|coming|following ${WEEKDAYS}|week|month|year|quarter|spring|summer|autumn|winter
    in|from|on|starting|during|until|till|before|after|this ${WEEKDAYS}|${MONTHS}|may|q1|q2|q3|q4|spring|summer|autumn|winter
    a|one|two|three|few|couple|some ${UNITS} later
    later on
    and? then back|again|to|up|down|further
    while|whilst|throughout we|i|our|the|they|it|you|this
    as|for|just a?|the? test|trial|pilot|experiment|try
    as|for|just an experiment
    as|on a?|an? temporary|interim|trial
    after|over|during|until|till the fair|holidays|weekend|event|migration|campaign|launch|season|audit|test
    effective|starting|beginning from|of|on|at|next|in|tomorrow
    as from|of next|tomorrow|january|february|march|april|june|july|august|september|october|november|december|monday|the`,
  reverting: `
    go|going|went|switch|change|put|set|turn|like back to|again|in|after
    set|turn|put|change|have|want|like it|that|them|this back
    the old|previous|former one|value|limit|setting back
    a|one|two|three|few|couple|some ${UNITS} later`,
  partial: `
    only|just for|on|in|at|the|our|to|with|from
    this|that|it|which is|was|applies|should|concerns|only only? apply? for|to|on|in
    everyone|everybody|anyone else
    the|all|every rest|other|others
    others|others'|elsewhere
    leave|keep lines|line|everything|everybody|everyone|others
    alone
    don't|doesn't|do|does not? need|want it|that|this
    pilot group|users|team|customers
    belongs to
    except|excluding|unless|apart
    not for|on|in|the`,
  elsewhere: `
    on|in it|one
    there
    can|should|shall|must|may|will stay|remain|keep
    for|on|to|with|at|by them|those|these|him|her
    never`,
  alternative: `
    whichever|whatever|whoever
    you choose|decide|pick
    your choice|call|decision
    up to you
    at most
    at the most
    or so|similar|something|thereabouts|less|more
    either
    if that|it|csv isn't|is|not
    as you see|like|prefer|think
    or is|isn't|are|aren't|do|does|not`,
  failing: `
    comes|came|come|jumps|jumped|goes|went|springs|reverts|reverted|falls|resets back|to|again
    i|we did|tried|set|saved it|this|that|to
    tried to|it|this|that|several|three|two|many|everything
    throws an?|the? error|errors|exception
    shows|shown|showing|sees|see|seeing other|another|someone|somebody people's|person's|customer's|customers'|customers|tenant's|else's
    myself
    whenever i|we
    doesn't|does|don't|won't not? save|stick|stay|apply|work|take`,
} as const;

type Doubt = keyof typeof GROUPS;
const DOUBTS = cueTable<Doubt>(GROUPS);

/** These count in the sentence of a request behind its verb, `AFTER` also in later sentences. */
const BEHIND: ReadonlySet<Doubt> = new Set(['later', 'elsewhere']);
const AFTER: ReadonlySet<Doubt> = new Set(['corrected', 'failing', 'alternative']);

/** Where a determined request stands: which sentence, and its verb's first token. */
export interface Asked {
  readonly sentence: Sentence;
  readonly verbFrom: number;
}

/** Why the wholly determined requests of a text are better not acted on. */
export function doubtsIn(sentences: readonly Sentence[], asked: readonly Asked[]): readonly string[] {
  const verbs = new Map<Sentence, number>();
  for (const { sentence, verbFrom } of asked) verbs.set(sentence, Math.min(verbFrom, verbs.get(sentence) ?? verbFrom));
  const reasons = new Set<string>();
  let isAfter = false;
  for (const sentence of sentences) {
    const verb = verbs.get(sentence);
    for (const hit of cuesIn(DOUBTS, sentence.tokens)) {
      const isBehind = verb === undefined ? false : BEHIND.has(hit.group) ? hit.to > verb : hit.from > verb;
      if (BEHIND.has(hit.group) && !isBehind) continue;
      if (AFTER.has(hit.group) && !isBehind && (verb !== undefined || !isAfter)) continue;
      reasons.add(WHY_DOUBTED[hit.group]);
    }
    isAfter ||= verb !== undefined;
  }
  return [...reasons];
}

export const WHY_DOUBTED: Readonly<Record<Doubt, string>> = {
  withdrawn: 'the text takes something back or gives an example',
  corrected: 'the text corrects itself',
  waiting: 'the text wants something else to happen first',
  reverting: 'the request is for later or for a limited time',
  later: 'the request is for later or for a limited time',
  partial: 'the request is for a part of the users only',
  elsewhere: 'the request is for a part of the users only',
  alternative: 'the text leaves the choice open',
  failing: 'the text also tells of a failure',
};
