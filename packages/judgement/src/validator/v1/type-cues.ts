// What people say when something is broken, wanted, asked, or has to go to a human: the words that the model weighs.

const NOT =
  "not|never|don't|doesn't|didn't|won't|can't|cannot|isn't|aren't|wasn't|hasn't|haven't|dont|doesnt|didnt|cant";

/** Groups of patterns about the type. */
export const TYPE_CUES = {
  failure: `
    bug|bugs|buggy|defect|defects|malfunction*|glitch*|crash|crashes|crashed|crashing|segfault*|traceback|stacktrace
    stack|crash trace|dump|report
    segmentation fault
    exception|exceptions|regression|regressions|deadlock*|panic|panics
    memory|data leak|leaks
    null pointer
    fails|failed|failing|fail|failure|failures|broken|broke|breaks|breaking
    hangs|hang|freezes|freeze|frozen|froze|stuck|unresponsive
    times|timed|timing out
    throws|throwing an?|the?|error*?
    stopped|stops|quit working|sending|loading|responding|syncing|updating|receiving|functioning
    went|goes|gone|going|is|are|was|were|been|completely|totally|entirely|all down
    outage|outages|unreachable|unavailable|inaccessible
    is|are|be offline
    internal server error
    error code|message|500|502|503|504|404|403|5003
    http|status 500|502|503|504|404|403|400|413
    blank|white|black|empty screen|page|file
    corrupt|corrupted|corrupts|bricked
    declined|rejected|refused|rejects
    out of order
    ${NOT} working|work|works
    stop|stops|stopped working
    non working|functional|responsive
    won't|doesn't|don't|didn't|does|do|did|will not? load|start|open|save|connect|sync|print|respond|compile|build|install|render
    error|errors with?|when|while|on?`,
  weak_failure: `
    error|errors|problem|problems|issue|issues|trouble|troubles|incorrect|incorrectly|wrong|wrongly|unexpected|unexpectedly
    glitchy|weird|strange|odd|inconsistent|mismatch|invalid|stale|outdated|duplicate|duplicates|duplicated|twice
    missing|vanished|disappeared|disappears|lost|gone|ignored|garbled|garbage|undefined|nan|negative
    off by
    not|don't|doesn't add up
    misspelled|misspelt|misaligned|blurry|overlap*|typo|typos|spelling|unreadable|cut off|alignment
    greyed|grayed out
    slow|slower|slowly|sluggish|laggy|lag|lags|latency|delay|delayed|late|unusable
    takes ages|forever|minutes|hours
    something is|seems|must wrong|off|broken
    drops|skips|eats|rotates|covers|drains|blocks|bricks|wrongly
    too early|often
    instead|even of|though
    although|though
    supposed to
    should have|be
    half empty
    nothing happens|happened|comes|works|arrives|shows
    keeps|keep crash*|growing|running|disconnect*|asking|failing|loading|spinning|restarting|logging|getting|coming|losing
    disconnect*|duplicat*|logged|kicked|signed`,
  cannot: `
    unable to
    not able|possible to
    impossible to
    fails|failed to`,
  since: `
    since|after the?|our?|your?|i?|we? last?|latest?|recent? update*|upgrad*|release|deploy*|migration|install*|restart
    since yesterday|today|monday|tuesday|wednesday|thursday|friday|saturday|sunday|last|this|about|around
    used|worked|working to|before|until|yesterday|fine|previously
    was|were|is working|fine|instant before|until
    no longer
    any more
    anymore
    suddenly
    all of a sudden
    out of nowhere
    again today|yesterday
    noticeably|become|became|gotten worse|slower|slow
    this|since morning`,
  reproduction: `
    steps? to reproduce
    repro|reproduce|reproduces|reproducing|reproducible|reproduction
    expected|actual|current|observed|wrong behav*|result|results|output
    describe the bug
    type bug|defect
    what steps|version|operating
    what do you see instead
    os|vscode|app|application|extension|product|software version
    clean install
    bug report
    what happened|happens
    what did you expect
    minimal example
    system|environment|version info|information|details
    see error
    error|console log|logs|output
    tried three?|two?|different?|several? browser*
    doesn't|does not? happen|occur
    works in|on|with|for chrome|firefox|edge|safari|android|ios|png
    chrome|firefox|safari|edge|windows|macos|ubuntu|fedora|iphone|android
    downgrad*|workaround`,
  fix_asked: `
    please|can|could|pls you? fix|repair|check|investigate|resolve|correct|prüfen
    look|looking into
    have|take a look
    fix this|it|asap|quickly|soon|now
    known issue|problem|bug
    needs fixing`,
  wish: `
    feature request|requests|suggestion|idea|proposal
    would|might|may|could be|it|also? be? great|nice|good|useful|helpful|awesome|handy|cool|lovely|amazing|beneficial|fantastic|wonderful
    it'd|that'd be great|nice|good|useful|helpful|awesome|handy|cool|lovely
    would|we'd|i'd|also|really love
    i|we wish
    wish we|i|it|there
    wish list
    small|big wish
    nice to have
    just? an? idea|suggestion|suggestions|proposal|wishlist|enhancement
    suggestion|suggest|suggesting|propose|proposing|proposal|enhancement|improvement
    please|pls|kindly add|support|implement|introduce|consider|include|build|develop
    can|could|would you|u|we|someone please? add|support|implement|introduce|build|provide|integrate|develop|make
    add an?|the? option|support|ability|button|possibility|way|feature|setting|integration|filter|parameter|flag
    adding support|an?|the?
    support|supporting for
    ability|option|possibility to
    be able to
    able to|have
    should be able
    there should|must|needs be
    allow|allowing|let users|us|me|people|multiple|to|exporting|agents|customers|admins|for|editing|sorting|custom*
    make it possible|easier
    configurable|customizable|customisable
    make|making the?|it? configurable|optional|possible
    new setting|option|flag
    type feature|enhancement
    missing|new|wanted|requested feature|functionality|option
    we|i|we're|users? are? missing
    integration|integrate with|into
    as an? user|developer|admin|administrator|customer|manager
    do|did|are you plan|planning
    any plans|plan|chance|eta
    on the? roadmap
    when will
    expose|exposing the?|a?
    instead|rather of?|than? polling|manual*`,
  wish_template: `
    is your feature request related
    related to a problem
    describe the solution|feature
    solution|feature you'd|you like|want
    describe alternatives
    alternatives you've|considered
    alternatives considered
    additional context
    motivation|use case|rationale
    use case
    proposed|suggested solution|feature|change|api`,
  change_words: `
    raise|raised|raising|increase|increased|increasing|bump|bumped|lift|extend|extended|prolong|adjust|adjusted|upped
    lower|lowered|reduce|reduced|reducing|decrease|decreased|shorten|shortened|cut
    set|setting|change|changed|changing|update|switch|move to|from|the|our|your|it
    instead|rather of|than
    limit|limits|cap|quota|threshold|timeout|interval|maximum|minimum|max|rate|size
    to be raised|increased|lowered|changed|set|adjusted
    make it|them|the|our
    higher|longer|bigger|larger|shorter|lower|more`,
  too_small: `
    too low|small|short|few|little|tight|high|long|big|large|strict|early
    not|isn't|aren't enough|sufficient
    would be? enough|do|suffice|fine
    is enough
    need|needs|require more|higher|bigger|longer|larger
    hitting|hit|reach|reached|reaching|exceed|exceeding|running|run into? the?|our?|your? limit|limits|cap|quota|100|429|429s`,
  toggle_words: `
    enable|enabled|enabling|activate|activated|activating|deactivate|deactivated|disable|disabled|disabling
    turn|turned|turning|switch|switched|switching on|off|it|that|them
    on|off for us|our|all
    access to
    switched|turned on|off`,
  need: `
    we|i|we'd|i'd|they|customers|users|team|department|would like|need|want|require|requires|love
    would|should like
    needed|required|requested|requesting|request`,
  question: `
    how do|can|to|does|would|should|much|many|long|come|is|are|big|often|could
    what is|are|does|do|would|should|happens|kind|exactly|did|can|about
    what's|whats|where's|who's
    where is|can|do|are|does|did|should
    which
    when is|does|do|are|can
    why is|does|do|are|did|can't|isn't
    who is|can|are|should
    can|could|would|please you|someone|anyone|somebody|anybody please? tell|explain|clarify|point|advise|help|share
    tell me|us
    confirm|clarify whether|if|that
    quick|another|one|short|general|small|just? a? question|questions
    question|questions about|regarding|on
    question|questions
    trying|like|want|wanted|love|need|curious|wondering to? know|understand|learn|find|ask|figure
    wondering|curious if|whether|how|what|why|about
    is it normal|correct|true|okay|mandatory|required
    is there a|an|any|some
    are there any|some
    do|does you|it|this|that|the|we|i
    any idea|ideas|advice|hint|pointers|recommendation*|guidance
    the?|your?|api? documentation|docs|manual|guide|tutorial
    difference|differences between
    recommended|best|right|correct|proper way|practice|practices
    don't|do|not understand
    could|couldn't|can't|cannot not? find it?|this?|in|anything
    i followed|read|searched|looked
    should i|we
    possible to
    is it possible`,
  thanks: `
    thanks|thank|thx|cheers|merci|danke|gracias
    happy|glad|pleased|satisfied with
    love|loves|loving your|the|it
    great|excellent|awesome|amazing|good|fantastic service|work|job|product|support|help|tool|design
    keep up
    congratulations|congrats
    works|working great|perfectly|fine|well|again|now|like
    five stars
    sounds good
    happy new|birthday|holidays|easter
    merry christmas
    looks great|good`,
  notice: `
    fyi
    for your information|records|reference
    let|letting you know
    so that? you know
    out of office
    automatic|automated reply|answer|response|message
    do not reply
    was|been sent automatically
    i|we am|are|will away|ooo|moved|moving
    please find attached
    see attachment|attached
    find attached|enclosed
    attached is|are|you
    please|pls update your records
    takes over
    address|mail further mails
    has been paid
    meeting|call|appointment moved|confirmed|scheduled|cancelled
    unsubscribe
    mailing list
    call me
    remove me
    confirm receipt
    is anyone there
    test test
    a test`,
  settled: `
    is|are|works|working|all|everything fine|good|okay|ok|well|resolved|fixed|solved|sorted now|again|meanwhile
    fine|good|okay|resolved|working|back now|again
    works|work fine|again|now|perfectly|great|well
    solved itself
    resolved itself
    has|have|been already? been? resolved|solved|fixed|sorted|stopped
    no action|changes|change needed|required|necessary
    no need to
    nothing for|to you|do
    please? close this?|the?|my?|our? ticket|case|request|issue
    you can|may close
    please|can close
    never mind
    nevermind
    please ignore|disregard
    no longer needed|necessary|relevant|an
    found|find another|a|the way|solution|workaround
    found out
    we|i increased|enabled|changed|raised|fixed|did it?|the?|ourselves
    answers|answered my|our question`,
} as const;
